#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_call.h"
#include "app/api_json.h"
#include "store/columns.h"

namespace vigia {

namespace json = boost::json;

namespace {

Answered events(Call& call) {
    return with_search(call, [&](const EventSearch& search) -> Answered {
        const EventPage page = TRY(call.platform.searcher().page(search, api_bound));
        return event_page(page.events,
                          page.next ? fmt::format("{}.{}", page.next->time_us, page.next->id) : "");
    });
}

Answered event(Call& call) {
    const auto found =
        TRY(call.platform.searcher().find(call.caller.organisation, call.arguments[0], api_bound));
    if (!found) return error(ErrorKind::NotFound, "there is no such event");
    HttpAnswer made;
    made.body = json_text(*found) + "\n";
    return made;
}

Answered event_count(Call& call) {
    return with_search(call, [&](const EventSearch& search) -> Answered {
        const uint64_t count = TRY(call.platform.searcher().count(search, api_bound));
        return answer(json::object{{"count", count}});
    });
}

Answered event_histogram(Call& call) {
    const auto width = parse_duration(call.request.parameter("width").value_or("1h"));
    if (!width) return error(ErrorKind::BadInput, "'width' must be a duration as 5m, 1h or 1d");
    return with_search(call, [&](const EventSearch& search) -> Answered {
        json::array bars;
        for (const HistogramBar& bar : TRY(call.platform.searcher().histogram(search, *width, api_bound)))
            bars.push_back(
                json::object{{"begin", format_rfc3339(Time{std::chrono::microseconds{bar.begin_us}})},
                             {"count", bar.count}});
        return answer(json::object{{"bars", std::move(bars)}});
    });
}

Answered event_facets(Call& call) {
    const std::string column(call.request.parameter("column").value_or(""));
    return with_search(call, [&](const EventSearch& search) -> Answered {
        json::array values;
        for (const FacetValue& one : TRY(call.platform.searcher().facet(search, column, api_bound)))
            values.push_back(json::object{{"value", one.value}, {"count", one.count}});
        return answer(json::object{{"values", std::move(values)}});
    });
}

Answered event_explain(Call& call) {
    return with_search(call, [&](const EventSearch& search) -> Answered {
        return answer(json::object{{"exact", search.filter->exact()}, {"sql", search.filter->print()}});
    });
}

Answered fields(Call&) {
    json::array columns;
    for (const EventColumn& one : event_columns())
        columns.push_back(json::object{{"name", std::string(one.name)},
                                       {"field", std::string(one.field)},
                                       {"meaning", std::string(one.meaning)}});
    return answer(json::object{{"columns", std::move(columns)}});
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/events", Access::Reader, events},
    {Method::Get, "/api/v1/events/count", Access::Reader, event_count},
    {Method::Get, "/api/v1/events/histogram", Access::Reader, event_histogram},
    {Method::Get, "/api/v1/events/facets", Access::Reader, event_facets},
    {Method::Get, "/api/v1/events/explain", Access::Reader, event_explain},
    {Method::Get, "/api/v1/events/{id}", Access::Reader, event},
    {Method::Get, "/api/v1/fields", Access::Reader, fields},
});

}  // namespace

std::span<const Route> event_routes() { return routes; }

}  // namespace vigia
