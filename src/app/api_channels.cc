// Channels, and what became of the notifications that were put into them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <semaphore>

#include "app/api_call.h"
#include "app/api_json.h"
#include "app/channel_log.h"

namespace vigia {

namespace json = boost::json;

namespace {

// A test is waited for: shorter than a delivery, and so few together that the other calls go on.
constexpr NetworkBounds test_bounds{.connect_timeout_ms = std::chrono::milliseconds{5'000},
                                    .total_timeout_ms = std::chrono::milliseconds{10'000}};
constexpr ptrdiff_t tests_at_once_max = 2;
std::counting_semaphore<tests_at_once_max> free_tests{tests_at_once_max};

std::string_view name_of(SecretUse use) {
    switch (use) {
        case SecretUse::None:
            return "none";
        case SecretUse::Optional:
            return "optional";
        case SecretUse::Needed:
            return "needed";
    }
    return "";
}

std::string_view name_of(SettingType type) {
    switch (type) {
        case SettingType::Text:
            return "text";
        case SettingType::Flag:
            return "flag";
        case SettingType::Number:
            return "number";
        case SettingType::Texts:
            return "texts";
    }
    return "";
}

json::string as_text(std::string_view text) { return json::string(text.data(), text.size()); }

json::object json_of(const ChannelKind& kind) {
    json::array settings;
    for (const SettingRule& one : kind.settings)
        settings.push_back(json::object{{"name", as_text(one.name)},
                                        {"type", as_text(name_of(one.type))},
                                        {"needed", one.needed},
                                        {"is_place", one.is_place},
                                        {"fallback", as_text(one.fallback)},
                                        {"help", as_text(one.help)}});
    return {{"name", as_text(kind.name)},
            {"secret", as_text(name_of(kind.secret))},
            {"secret_help", as_text(kind.secret_help)},
            {"settings", std::move(settings)}};
}

json::object json_of(const Channel& channel, const std::map<std::string, Backlog>& backlogs) {
    json::object made = vigia::json_of(channel);
    const auto own = backlogs.find(channel.id);
    const Backlog backlog = own == backlogs.end() ? Backlog{} : own->second;
    made["waiting"] = backlog.waiting;
    made["dead"] = backlog.dead;
    return made;
}

json::object json_of(const Outgoing& one) {
    const auto notification = read_notification(one.body);
    return {{"id", one.id},
            {"channel", one.channel},
            {"alert", one.alert},
            {"title", notification ? notification->title : ""},
            {"state", as_text(name(one.state))},
            {"attempts", one.attempts},
            {"last_error", one.last_error},
            {"created_at", format_rfc3339(one.created_at)},
            {"next_at", one.state == OutgoingState::Waiting ? json::value(format_rfc3339(one.next_at))
                                                            : json::value(nullptr)},
            {"sent_at", one.sent_at ? json::value(format_rfc3339(*one.sent_at)) : json::value(nullptr)}};
}

constexpr auto draft_members = std::to_array<std::string_view>(
    {"name", "kind", "settings", "secret", "severity_max", "filter", "enabled"});

Result<ChannelDraft> read_draft(const std::string& text) {
    const json::object body = TRY(read_object(text));
    for (const auto& [key, value] : body) {
        if (std::ranges::find(draft_members, std::string_view(key)) == draft_members.end())
            return error(ErrorKind::BadInput,
                         fmt::format("a channel has no member '{}'; it has name, kind, settings, secret, "
                                     "severity_max, filter and enabled",
                                     one_line(cut(key, 40))));
    }
    ChannelDraft draft;
    draft.name = TRY(needed_text(body, "name"));
    draft.kind = TRY(needed_text(body, "kind"));
    draft.secret = TRY(text_member(body, "secret"));
    draft.filter = TRY(text_member(body, "filter")).value_or("");
    if (const json::value* const settings = body.if_contains("settings")) {
        if (!settings->is_object()) return error(ErrorKind::BadInput, "'settings' must be an object");
        draft.settings = json::serialize(*settings);
    }
    if (const json::value* const severity = body.if_contains("severity_max")) {
        const int64_t* const number = severity->if_int64();
        if (number == nullptr || *number < severity_highest || *number > severity_lowest)
            return error(ErrorKind::BadInput, "'severity_max' must be 1, 2 or 3");
        draft.severity_max = static_cast<int>(*number);
    }
    if (const json::value* const enabled = body.if_contains("enabled")) {
        if (!enabled->is_bool()) return error(ErrorKind::BadInput, "'enabled' must be true or false");
        draft.enabled = enabled->as_bool();
    }
    return draft;
}

// The channel as it is, with its version as ETag.
Answered channel_answer(const Call& call, const Channel& channel, unsigned status) {
    const auto backlogs = TRY(call.platform.outbox().backlogs(call.caller.organisation));
    HttpAnswer made = answer(json_of(channel, backlogs), status);
    made.headers.emplace_back("ETag", fmt::format("\"{}\"", channel.version));
    return made;
}

// Runs `work` with the body as a channel whose filter is understood.
Answered with_draft(const Call& call, const std::function<Result<Channel>(const ChannelDraft&)>& work,
                    unsigned status) {
    const ChannelDraft draft = TRY(read_draft(call.request.body));
    if (draft.filter.size() > channel_filter_bytes_max)
        return error(ErrorKind::BadInput,
                     fmt::format("'filter' has more than {} bytes", channel_filter_bytes_max));
    const AlertFilter::Made made = AlertFilter::make(draft.filter, call.platform.shipped().lists());
    if (!made.filter) return bad_filter(made.diagnostics);
    const Channel channel = TRY(work(draft));
    return channel_answer(call, channel, status);
}

Answered kinds(Call&) {
    json::array kinds;
    for (const ChannelKind& one : channel_kinds()) kinds.push_back(json_of(one));
    json::array fields;
    for (const FieldSpec& one : alert_fields())
        fields.push_back(json::object{{"field", as_text(one.path)}, {"meaning", as_text(one.meaning)}});
    return answer(json::object{{"kinds", std::move(kinds)}, {"alert_fields", std::move(fields)}});
}

Answered channels(Call& call) {
    const auto backlogs = TRY(call.platform.outbox().backlogs(call.caller.organisation));
    json::array all;
    for (const Channel& one : TRY(call.platform.channels().list(call.caller.organisation)))
        all.push_back(json_of(one, backlogs));
    return answer(json::object{{"channels", std::move(all)}});
}

Answered channel(Call& call) {
    const Channel found = TRY(call.platform.channels().find(call.caller.organisation, call.arguments[0]));
    return channel_answer(call, found, 200);
}

Answered add_channel(Call& call) {
    return with_draft(
        call,
        [&](const ChannelDraft& draft) {
            return call.platform.channels().add(
                call.caller.organisation, draft,
                logged(call.caller.actor, call.platform.clock(), "channel added"));
        },
        201);
}

Answered change_channel(Call& call) {
    return with_draft(
        call,
        [&](const ChannelDraft& draft) {
            return call.platform.channels().change(
                call.caller.organisation, call.arguments[0], draft, expected_version(call.request),
                logged(call.caller.actor, call.platform.clock(), "channel changed"));
        },
        200);
}

Answered remove_channel(Call& call) {
    TRY_VOID(call.platform.channels().remove(
        call.caller.organisation, call.arguments[0], expected_version(call.request),
        logged(call.caller.actor, call.platform.clock(), "channel removed")));
    return no_content();
}

Answered test_channel(Call& call) {
    TRY(call.platform.channels().find(call.caller.organisation, call.arguments[0]));
    std::string organisation_name;
    TRY_VOID(call.platform.catalog().database().snapshot([&](SqlSession& session) -> Result<void> {
        organisation_name = TRY(name_of_organisation(session, call.caller.organisation));
        return {};
    }));
    if (!free_tests.try_acquire())
        return error(ErrorKind::Busy, "other channels are being tested: try again in some seconds");
    const auto done = call.platform.channels().send_test(call.caller.organisation, organisation_name,
                                                         call.arguments[0], test_bounds);
    free_tests.release();
    if (!done && done.error().kind != ErrorKind::Io) return std::unexpected(done.error());
    return answer(json::object{{"outcome", done ? "sent" : "failed"},
                               {"error", done ? std::string() : done.error().message}});
}

Answered delivery_page(const Call& call, OutgoingQuery query) {
    if (const auto state = call.request.parameter("state"); state && !state->empty()) {
        query.state = outgoing_state_of(*state);
        if (!query.state) return error(ErrorKind::BadInput, "'state' must be waiting, sent or dead");
    }
    query.cursor = call.request.parameter("cursor").value_or("");
    query.limit = TRY(limit_parameter(call.request, 50, outgoing_page_max));
    const OutgoingPage page = TRY(call.platform.outbox().list(query));
    json::array all;
    for (const Outgoing& one : page.rows) all.push_back(json_of(one));
    return answer(json::object{{"deliveries", std::move(all)},
                               {"next", page.next.empty() ? json::value() : json::value(page.next)}});
}

Answered deliveries(Call& call) { return delivery_page(call, {.organisation = call.caller.organisation}); }

Answered channel_deliveries(Call& call) {
    TRY(call.platform.channels().find(call.caller.organisation, call.arguments[0]));
    return delivery_page(call, {.organisation = call.caller.organisation, .channel = call.arguments[0]});
}

Answered alert_deliveries(Call& call) {
    TRY(call.platform.alerts().find(call.caller.organisation, call.arguments[0]));
    return delivery_page(call, {.organisation = call.caller.organisation, .alert = call.arguments[0]});
}

Answered retry_delivery(Call& call) {
    TRY_VOID(call.platform.outbox().retry(call.caller.organisation, call.arguments[0]));
    return no_content();
}

Answered retry_channel(Call& call) {
    TRY(call.platform.channels().find(call.caller.organisation, call.arguments[0]));
    const uint64_t count = TRY(call.platform.outbox().retry_all(call.caller.organisation, call.arguments[0]));
    return answer(json::object{{"count", count}});
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/channels", Access::Owner, channels},
    {Method::Post, "/api/v1/channels", Access::Owner, add_channel},
    {Method::Get, "/api/v1/channels/kinds", Access::Owner, kinds},
    {Method::Get, "/api/v1/channels/{id}", Access::Owner, channel},
    {Method::Put, "/api/v1/channels/{id}", Access::Owner, change_channel},
    {Method::Delete, "/api/v1/channels/{id}", Access::Owner, remove_channel},
    {Method::Post, "/api/v1/channels/{id}/test", Access::Owner, test_channel},
    {Method::Get, "/api/v1/channels/{id}/deliveries", Access::Owner, channel_deliveries},
    {Method::Post, "/api/v1/channels/{id}/retry", Access::Owner, retry_channel},
    {Method::Get, "/api/v1/deliveries", Access::Owner, deliveries},
    {Method::Post, "/api/v1/deliveries/{id}/retry", Access::Owner, retry_delivery},
    {Method::Get, "/api/v1/alerts/{id}/deliveries", Access::Reader, alert_deliveries},
});

}  // namespace

std::span<const Route> channel_routes() { return routes; }

}  // namespace vigia
