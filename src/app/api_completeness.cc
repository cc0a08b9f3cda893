// Whether all is there that CloudTrail recorded, as its digests tell.
#include "app/api_completeness.h"

#include <boost/json.hpp>

#include "app/api_values.h"
#include "base/number.h"
#include "model/rule_type.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr std::chrono::days span_usual{7};
constexpr std::chrono::days span_max{400};
constexpr size_t page_usual = 200;

json::object json_of(const FileCounts& counts) {
    json::object made;
    for (const TrailFileState state :
         {TrailFileState::Verified, TrailFileState::Missing, TrailFileState::Altered,
          TrailFileState::Unsigned, TrailFileState::Unproven})
        made[name(state)] = counts[state];
    return made;
}

// The page begins behind so many rows.
Result<size_t> skipped(const Call& call) {
    const auto cursor = call.request.parameter("cursor");
    if (!cursor) return 0;
    const auto count = parse_whole<uint32_t>(*cursor);
    if (!count) return error(ErrorKind::BadInput, "'cursor' must be the 'next' of the page before");
    return *count;
}

Result<CompletenessQuery> query_of(const Call& call) {
    CompletenessQuery query{.organisation = call.caller.organisation,
                            .account = text_parameter(call.request, "account"),
                            .region = text_parameter(call.request, "region")};
    query.until = TRY(time_parameter(call.request, "until")).value_or(call.platform.clock().now());
    query.from = TRY(time_parameter(call.request, "since")).value_or(query.until - span_usual);
    if (query.until - query.from > span_max)
        return error(ErrorKind::BadInput, "from 'since' to 'until' must be no more than 400 days");
    query.from = hour_of(query.from);
    query.limit = TRY(limit_parameter(call.request, page_usual, completeness_page_max));
    query.skip = TRY(skipped(call));
    return query;
}

// The rows of the page, of which one more was asked for.
template <typename Row>
json::value take_next(std::vector<Row>& rows, const CompletenessQuery& query) {
    if (rows.size() < query.limit) return nullptr;
    rows.pop_back();
    return json::value(std::to_string(query.skip + rows.size()));
}

Answered hours(Call& call) {
    CompletenessQuery query = TRY(query_of(call));
    CompletenessQuery all = query;
    all.limit = completeness_page_max;
    all.skip = 0;
    json::array places;
    for (const HourFigure& one : TRY(call.platform.digests().places(all)))
        places.push_back(
            json::object{{"account", one.account}, {"region", one.region}, {"files", json_of(one.counts)}});
    query.limit++;
    auto rows = TRY(call.platform.digests().hours(query));
    json::value next = take_next(rows, query);
    json::array shown;
    for (const HourFigure& one : rows)
        shown.push_back(json::object{{"account", one.account},
                                     {"region", one.region},
                                     {"hour", format_rfc3339(one.hour)},
                                     {"files", json_of(one.counts)}});
    return answer(
        json::object{{"places", std::move(places)}, {"hours", std::move(shown)}, {"next", std::move(next)}});
}

Answered files(Call& call) {
    CompletenessQuery query = TRY(query_of(call));
    query.limit++;
    auto rows = TRY(call.platform.digests().findings(query));
    json::value next = take_next(rows, query);
    json::array shown;
    for (const HourFinding& one : rows)
        shown.push_back(json::object{{"state", name(one.finding.state)},
                                     {"kind", name(one.finding.kind)},
                                     {"file", printed(one.finding.name)},
                                     {"reason", one.finding.reason},
                                     {"account", one.account},
                                     {"region", one.region},
                                     {"hour", format_rfc3339(one.hour)}});
    return answer(json::object{{"files", std::move(shown)}, {"next", std::move(next)}});
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/completeness", Access::Reader, hours},
    {Method::Get, "/api/v1/completeness/files", Access::Reader, files},
});

}  // namespace

Result<json::value> completeness_of(Call& call, const StoredAlert& alert) {
    if (alert.rule_type != name(RuleType::CloudTrail) || alert.account.empty()) return nullptr;
    const auto counts =
        TRY(call.platform.digests().figure(alert.organisation, alert.account, alert.region, alert.last_at));
    if (!counts) return nullptr;
    return json::object{{"hour", format_rfc3339(hour_of(alert.last_at))}, {"files", json_of(*counts)}};
}

std::span<const Route> completeness_routes() { return routes; }

}  // namespace vigia
