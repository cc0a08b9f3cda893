#include "app/api_call.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_json.h"
#include "app/rule_compiler.h"
#include "base/number.h"
#include "base/random.h"
#include "base/utf8.h"
#include "lang/nearest.h"

namespace vigia {

namespace json = boost::json;

namespace {

// Times reach no further.
constexpr int64_t cursor_time_max_us = INT64_MAX / 1000;

}  // namespace

bool is_allowed(Role role, Access access) {
    switch (access) {
        case Access::Public:
        case Access::Reader:
            return true;
        case Access::User:
            return role == Role::Owner || role == Role::User;
        case Access::Owner:
            return role == Role::Owner;
        case Access::Source:
            return false;
    }
    std::unreachable();
}

std::optional<std::vector<std::string>> path_arguments(std::string_view pattern,
                                                       std::span<const std::string> segments) {
    std::vector<std::string> arguments;
    size_t at = 0;
    pattern.remove_prefix(1);
    while (true) {
        const std::string_view part = pattern.substr(0, pattern.find('/'));
        if (at == segments.size()) return std::nullopt;
        if (part.starts_with('{'))
            arguments.push_back(segments[at]);
        else if (part != segments[at])
            return std::nullopt;
        at++;
        if (part.size() == pattern.size()) break;
        pattern.remove_prefix(part.size() + 1);
    }
    if (at != segments.size()) return std::nullopt;
    return arguments;
}

Result<std::optional<Time>> time_parameter(const HttpRequest& request, std::string_view name) {
    const auto text = request.parameter(name);
    if (!text || text->empty()) return std::optional<Time>();
    const auto time = parse_rfc3339(*text);
    if (!time)
        return error(ErrorKind::BadInput,
                     fmt::format("'{}' must be a time as 2026-11-25T10:00:00Z, and is '{}'", name, *text));
    return time;
}

Result<std::optional<Duration>> duration_parameter(const HttpRequest& request, std::string_view name) {
    const auto text = request.parameter(name);
    if (!text || text->empty()) return std::optional<Duration>();
    const auto duration = parse_duration(*text);
    if (!duration)
        return error(ErrorKind::BadInput,
                     fmt::format("'{}' must be a duration as 5m, 1h or 1d, and is '{}'", name, *text));
    return duration;
}

Result<size_t> limit_parameter(const HttpRequest& request, size_t otherwise, size_t most) {
    const auto text = request.parameter("limit");
    if (!text) return otherwise;
    const auto limit = parse_whole<size_t>(*text);
    if (!limit || *limit == 0 || *limit > most)
        return error(ErrorKind::BadInput, fmt::format("'limit' must be a number from 1 to {}", most));
    return *limit;
}

HttpAnswer bad_filter(const std::vector<RuleDiagnostic>& diagnostics) {
    json::array all;
    for (const RuleDiagnostic& one : diagnostics) all.push_back(json_of(one));
    return problem(400, "bad_filter", diagnostics.empty() ? "" : print(diagnostics.front()),
                   {{"diagnostics", std::move(all)}});
}

// "1780000000000000.12.111122223333event-1": the time, the bytes of the account, the account, the id.
std::string print(const EventCursor& cursor) {
    return fmt::format("{}.{}.{}{}", cursor.time_us, cursor.account.size(), cursor.account, cursor.id);
}

std::optional<EventCursor> parse_cursor(std::string_view text) {
    const size_t first = text.find('.');
    if (first == std::string_view::npos) return std::nullopt;
    const size_t second = text.find('.', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const auto time_us = parse_whole<int64_t>(text.substr(0, first));
    const auto bytes = parse_whole<size_t>(text.substr(first + 1, second - first - 1));
    const std::string_view rest = text.substr(second + 1);
    if (!time_us || *time_us > cursor_time_max_us || *time_us < -cursor_time_max_us) return std::nullopt;
    if (!bytes || *bytes > rest.size()) return std::nullopt;
    return EventCursor{*time_us, std::string(rest.substr(*bytes)), std::string(rest.substr(0, *bytes))};
}

Result<std::optional<FieldReader>> columns_parameter(const HttpRequest& request) {
    const auto text = request.parameter("columns");
    if (!text || text->empty()) return std::optional<FieldReader>();
    return TRY(FieldReader::make(split_list(*text)));
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> parts;
    std::string part;
    char quote = 0;
    for (const char c : text) {
        if (quote != 0 ? c == quote : c == '"' || c == '\'') quote = quote == 0 ? c : 0;
        if (c == ',' && quote == 0)
            parts.push_back(std::exchange(part, {}));
        else
            part += c;
    }
    parts.push_back(std::move(part));
    return parts;
}

// Runs `work` with the search that the query says.
Answered with_search(const Call& call, const std::function<Answered(EventSearch& search)>& work) {
    const auto made = SearchFilter::make(call.request.parameter("filter").value_or(""), TRY(lists_of(call)));
    if (!made.filter) return bad_filter(made.diagnostics);
    EventSearch search{.organisation = call.caller.organisation, .filter = &*made.filter};
    search.since = TRY(time_parameter(call.request, "since"));
    search.until = TRY(time_parameter(call.request, "until"));
    search.limit = TRY(limit_parameter(call.request, 50, search_limit_max));
    if (const auto cursor = call.request.parameter("cursor"); cursor && !cursor->empty()) {
        search.after = parse_cursor(*cursor);
        if (!search.after)
            return problem(400, "bad_cursor", "'cursor' is none that an answer gave as 'next'");
    }
    const Timed timed(call.platform.metrics().search_time);
    return work(search);
}

// An empty `next`: there is no other page.
HttpAnswer event_page(const std::vector<FoundEvent>& events, const std::string& next,
                      std::span<const std::string> columns) {
    HttpAnswer made;
    made.body = R"({"events":[)";
    for (size_t i = 0; i < events.size(); i++)
        made.body += (i == 0 ? "\n" : ",\n") + json_text(events[i], columns);
    made.body +=
        fmt::format("],\n\"next\":{}}}\n", next.empty() ? "null" : json::serialize(json::string(next)));
    return made;
}

RuleStore::Expected expected_version(const HttpRequest& request) {
    constexpr int64_t no_version = -1;
    std::string_view seen = request.header("If-Match");
    if (seen.empty() || seen == "*") return std::nullopt;
    if (seen.size() >= 2 && seen.front() == '"' && seen.back() == '"') seen = seen.substr(1, seen.size() - 2);
    return parse_whole<int64_t>(seen).value_or(no_version);
}

HttpAnswer with_etag(HttpAnswer answer, int64_t version) {
    answer.headers.emplace_back("ETag", fmt::format("\"{}\"", version));
    return answer;
}

Result<Paging> paging(const HttpRequest& request, size_t otherwise) {
    Paging asked;
    asked.limit = TRY(limit_parameter(request, otherwise, page_max));
    const std::string_view cursor = request.parameter("cursor").value_or("");
    auto after = from_hex(cursor);
    if (!after) return error(ErrorKind::BadInput, "'cursor' is none that an answer gave as 'next'");
    asked.after = *std::move(after);
    return asked;
}

std::string list_key(std::string_view name, std::string_view id) {
    return fmt::format("{}{}{}", name, '\0', id);
}

HttpAnswer page_of(std::string_view name, std::vector<Listed> all, const Paging& paging) {
    std::ranges::sort(all, {}, &Listed::key);
    json::array shown;
    json::value next;
    for (size_t i = 0; i < all.size(); i++) {
        if (!paging.after.empty() && all[i].key <= paging.after) continue;
        if (shown.size() == paging.limit) {
            next = hex(all[i - 1].key);
            break;
        }
        shown.emplace_back(std::move(all[i].body));
    }
    return answer(json::object{{name, std::move(shown)}, {"next", std::move(next)}});
}

Result<void> check_members(const json::object& object, std::span<const std::string_view> known) {
    for (const auto& member : object) {
        const std::string_view name(member.key().data(), member.key().size());
        if (std::ranges::find(known, name) != known.end()) continue;
        const auto near = nearest(name, known);
        return error(ErrorKind::BadInput,
                     fmt::format("unknown member '{}'{}", valid_utf8(name.substr(0, id_bytes_max)),
                                 near ? fmt::format("; did you mean '{}'?", *near) : std::string()));
    }
    return {};
}

Result<std::optional<bool>> truth_member(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(json::string_view(name.data(), name.size()));
    if (value == nullptr || value->is_null()) return std::optional<bool>();
    if (!value->is_bool()) return error(ErrorKind::BadInput, fmt::format("'{}' must be true or false", name));
    return value->as_bool();
}

Result<std::optional<bool>> truth_parameter(const HttpRequest& request, std::string_view name) {
    const std::string_view text = request.parameter(name).value_or("");
    if (text.empty()) return std::optional<bool>();
    if (text != "true" && text != "false")
        return error(ErrorKind::BadInput, fmt::format("'{}' must be true or false", name));
    return text == "true";
}

Result<Role> role_given(const std::string& name) {
    const auto role = role_of(name);
    if (!role) return error(ErrorKind::BadInput, "'role' must be owner, user or reader");
    return *role;
}

Result<std::string> user_of(const Call& call) {
    if (call.caller.user.empty())
        return error(ErrorKind::Denied, "this is a user's own; sign in, for a key is nobody's");
    return call.caller.user;
}

Result<NamedLists> lists_of(const Call& call) {
    const auto own = TRY(call.platform.lists().all(call.caller.organisation));
    return lists_of(call.platform.shipped(), own);
}

}  // namespace vigia
