#include "app/api_call.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_json.h"
#include "base/number.h"

namespace vigia {

namespace json = boost::json;

namespace {

// Times reach no further.
constexpr int64_t cursor_time_max_us = INT64_MAX / 1000;

}  // namespace

Result<std::optional<Time>> time_parameter(const HttpRequest& request, std::string_view name) {
    const auto text = request.parameter(name);
    if (!text || text->empty()) return std::optional<Time>();
    const auto time = parse_rfc3339(*text);
    if (!time)
        return error(ErrorKind::BadInput,
                     fmt::format("'{}' must be a time as 2026-11-25T10:00:00Z, and is '{}'", name, *text));
    return time;
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

// Runs `work` with the search that the query says.
Answered with_search(const Call& call, const std::function<Answered(const EventSearch& search)>& work) {
    const auto made =
        SearchFilter::make(call.request.parameter("filter").value_or(""), call.platform.shipped().lists());
    if (!made.filter) return bad_filter(made.diagnostics);
    EventSearch search{.organisation = call.caller.organisation, .filter = &*made.filter};
    search.since = TRY(time_parameter(call.request, "since"));
    search.until = TRY(time_parameter(call.request, "until"));
    search.limit = TRY(limit_parameter(call.request, 50, search_limit_max));
    if (const auto cursor = call.request.parameter("cursor"); cursor && !cursor->empty()) {
        const size_t point = cursor->find('.');
        const auto time_us = parse_whole<int64_t>(cursor->substr(0, point));
        const bool is_time = time_us && *time_us <= cursor_time_max_us && *time_us >= -cursor_time_max_us;
        if (!is_time || point == std::string_view::npos)
            return problem(400, "bad_cursor", "'cursor' is none that an answer gave as 'next'");
        search.after = EventCursor{*time_us, std::string(cursor->substr(point + 1))};
    }
    return work(search);
}

// An empty `next`: there is no other page.
HttpAnswer event_page(const std::vector<FoundEvent>& events, const std::string& next) {
    HttpAnswer made;
    made.body = R"({"events":[)";
    for (size_t i = 0; i < events.size(); i++) made.body += (i == 0 ? "\n" : ",\n") + json_text(events[i]);
    made.body +=
        fmt::format("],\n\"next\":{}}}\n", next.empty() ? "null" : json::serialize(json::string(next)));
    return made;
}

// The version that the client saw, by If-Match.
RuleStore::Expected expected_version(const HttpRequest& request) {
    std::string_view seen = request.header("If-Match");
    if (seen.size() >= 2 && seen.front() == '"' && seen.back() == '"') seen = seen.substr(1, seen.size() - 2);
    return parse_whole<int64_t>(seen);
}

}  // namespace vigia
