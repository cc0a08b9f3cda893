#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_call.h"
#include "app/api_json.h"
#include "base/number.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr std::chrono::milliseconds stream_period{15'000};  // a comment at least so often

Result<AlertQuery> alert_query(const Call& call) {
    AlertQuery query{.organisation = call.caller.organisation};
    const std::string_view status = call.request.parameter("status").value_or("active");
    if (status != "active" && status != "dismissed" && status != "all")
        return error(ErrorKind::BadInput, "'status' must be active, dismissed or all");
    query.status = status == "active"      ? AlertStatus::Active
                   : status == "dismissed" ? AlertStatus::Dismissed
                                           : AlertStatus::All;
    for (const auto& [name, value] : call.request.query) {
        if (name != "severity") continue;
        if (value != "1" && value != "2" && value != "3")
            return error(ErrorKind::BadInput, "'severity' must be 1, 2 or 3");
        query.severities.push_back(value[0] - '0');
    }
    query.rule_id = call.request.parameter("rule").value_or("");
    query.title = call.request.parameter("title").value_or("");
    query.host = call.request.parameter("host").value_or("");
    if (const auto assignee = call.request.parameter("assignee")) query.assignee = std::string(*assignee);
    query.from = TRY(time_parameter(call.request, "from"));
    query.until = TRY(time_parameter(call.request, "until"));
    query.cursor = call.request.parameter("cursor").value_or("");
    query.limit = TRY(limit_parameter(call.request, 50, alerts_page_max));
    return query;
}

Answered alerts(Call& call) {
    const AlertQuery query = TRY(alert_query(call));
    const AlertPage page = TRY(call.platform.alerts().list(query));
    json::array all;
    for (const StoredAlert& one : page.alerts) all.push_back(json_of(one));
    return answer(json::object{{"alerts", std::move(all)},
                               {"next", page.next.empty() ? json::value() : json::value(page.next)}});
}

Answered alert(Call& call) {
    const StoredAlert found = TRY(call.platform.alerts().find(call.caller.organisation, call.arguments[0]));
    return answer(json_of(found));
}

Answered alert_events(Call& call) {
    const size_t limit = TRY(limit_parameter(call.request, 50, alerts_page_max));
    const AlertEventPage page =
        TRY(call.platform.alerts().events(call.caller.organisation, call.arguments[0],
                                          std::string(call.request.parameter("cursor").value_or("")), limit));
    std::vector<FoundEvent> events;
    for (const AlertEvent& one : page.events)
        events.push_back({.time_us = microseconds(one.time),
                          .id = one.event_id,
                          .type = one.event_type,
                          .record = one.record});
    return event_page(events, page.next);
}

Answered alert_counts(Call& call) {
    const auto from = TRY(time_parameter(call.request, "from"));
    const auto until = TRY(time_parameter(call.request, "until"));
    const SeverityCounts counts = TRY(
        call.platform.alerts().severity_counts(call.caller.organisation, from, until, AlertStatus::Active));
    json::array all;
    for (size_t i = 0; i < counts.size(); i++)
        all.push_back(json::object{{"severity", i + 1}, {"count", counts[i]}});
    return answer(json::object{{"counts", std::move(all)}});
}

json::array history_json(const std::vector<AlertHistoryEntry>& entries) {
    json::array all;
    for (const AlertHistoryEntry& one : entries)
        all.push_back(json::object{{"time", format_rfc3339(one.time)},
                                   {"who", one.actor.who},
                                   {"action", std::string(name(one.action))},
                                   {"detail", one.detail}});
    return all;
}

Answered alert_history(Call& call) {
    const auto entries = TRY(call.platform.alerts().history(call.caller.organisation, call.arguments[0]));
    return answer(json::object{{"history", history_json(entries)}});
}

Answered dismiss(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    const std::string reason_text = TRY(needed_text(body, "reason"));
    const auto reason = dismiss_reason_of(reason_text);
    if (!reason)
        return error(ErrorKind::BadInput,
                     "'reason' must be BUSINESS_OP, COMPANY_POLICY, MAINTENANCE, OTHER or NONE");
    const std::string text = TRY(text_member(body, "text")).value_or("");
    const json::value* const ids = body.if_contains("ids");
    if (ids == nullptr || !ids->is_array())
        return error(ErrorKind::BadInput, "'ids' must be a list of the alerts' ids");
    std::vector<std::string> wanted;
    for (const json::value& one : ids->as_array()) {
        if (!one.is_string()) return error(ErrorKind::BadInput, "'ids' must be a list of texts");
        wanted.emplace_back(one.as_string().c_str());
    }
    const Dismissal done = TRY(
        call.platform.alerts().dismiss(call.caller.actor, call.caller.organisation, wanted, *reason, text));
    call.platform.changes().raise();
    return answer(json::object{{"dismissal", done.id}, {"count", done.count}});
}

Answered undo_dismissal(Call& call) {
    const uint64_t count =
        TRY(call.platform.alerts().undo(call.caller.actor, call.caller.organisation, call.arguments[0]));
    call.platform.changes().raise();
    return answer(json::object{{"count", count}});
}

Answered add_note(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    const std::string text = TRY(needed_text(body, "text"));
    TRY_VOID(call.platform.alerts().add_note(call.caller.actor, call.caller.organisation, call.arguments[0],
                                             text));
    return no_content();
}

Answered assign(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    const std::string assignee = TRY(needed_text(body, "assignee"));
    const StoredAlert changed = TRY(call.platform.alerts().assign(call.caller.actor, call.caller.organisation,
                                                                  call.arguments[0], assignee));
    call.platform.changes().raise();
    return answer(json_of(changed));
}

// Alerts as they change: "event: alert", with the number of the change as id, by which a client goes on.
class AlertStream final : public BodyStream {
public:
    AlertStream(Platform& platform, std::string organisation, int64_t after)
        : platform_(platform), organisation_(std::move(organisation)), after_(after) {}

    bool next(std::string& piece) override {
        piece.clear();
        if (!begun_) {
            begun_ = true;
            piece = "retry: 2000\n\n";
            return true;
        }
        const SteadyTime until = steady_now() + stream_period;
        while (!cancelled_) {
            const uint64_t seen = platform_.changes().raises();
            const auto changed = platform_.alerts().changes_after(organisation_, after_);
            if (!changed) return false;
            for (const StoredAlert& one : *changed) {
                after_ = one.change;
                piece += fmt::format("id: {}\nevent: alert\ndata: {}\n\n", one.change,
                                     json::serialize(json_of(one)));
            }
            if (!piece.empty()) return true;
            if (steady_now() >= until) {
                piece = ": still here\n\n";
                return true;
            }
            platform_.changes().wait(seen, std::chrono::milliseconds{500});
        }
        return false;
    }

    void cancel() override { cancelled_ = true; }

private:
    Platform& platform_;
    std::string organisation_;
    int64_t after_;
    bool begun_ = false;
    std::atomic<bool> cancelled_ = false;
};

Answered alert_stream(Call& call) {
    int64_t after = TRY(call.platform.alerts().last_change(call.caller.organisation));
    if (const std::string_view last = call.request.header("Last-Event-ID"); !last.empty()) {
        const auto number = parse_whole<int64_t>(last);
        if (!number) return error(ErrorKind::BadInput, "Last-Event-ID is none that the stream gave");
        after = *number;
    }
    HttpAnswer made;
    made.content_type = "text/event-stream";
    made.stream = std::make_unique<AlertStream>(call.platform, call.caller.organisation, after);
    return made;
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/alerts", Access::Reader, alerts},
    {Method::Get, "/api/v1/alerts/severity-counts", Access::Reader, alert_counts},
    {Method::Get, "/api/v1/alerts/stream", Access::Reader, alert_stream},
    {Method::Post, "/api/v1/alerts/dismiss", Access::User, dismiss},
    {Method::Delete, "/api/v1/alerts/dismissals/{id}", Access::User, undo_dismissal},
    {Method::Get, "/api/v1/alerts/{id}", Access::Reader, alert},
    {Method::Get, "/api/v1/alerts/{id}/events", Access::Reader, alert_events},
    {Method::Get, "/api/v1/alerts/{id}/history", Access::Reader, alert_history},
    {Method::Post, "/api/v1/alerts/{id}/notes", Access::User, add_note},
    {Method::Put, "/api/v1/alerts/{id}/assignee", Access::User, assign},
});

}  // namespace

std::span<const Route> alert_routes() { return routes; }

}  // namespace vigia
