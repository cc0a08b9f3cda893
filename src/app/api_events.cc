#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_call.h"
#include "app/api_json.h"
#include "app/api_values.h"
#include "app/event_facets.h"

namespace vigia {

namespace json = boost::json;

namespace {

Answered events(Call& call) {
    auto columns = TRY(columns_parameter(call.request));
    return with_search(call, [&](EventSearch& search) -> Answered {
        if (columns) search.fields = &*columns;
        const EventPage page = TRY(call.platform.searcher().page(search, api_bound));
        const std::string next = page.next ? print(*page.next) : "";
        return event_page(page.events, next, columns ? columns->names() : std::span<const std::string>());
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
    return with_search(call, [&](EventSearch& search) -> Answered {
        const uint64_t count = TRY(call.platform.searcher().count(search, api_bound));
        return answer(json::object{{"count", count}});
    });
}

Answered event_histogram(Call& call) {
    const auto width = parse_duration(call.request.parameter("width").value_or("1h"));
    if (!width) return error(ErrorKind::BadInput, "'width' must be a duration as 5m, 1h or 1d");
    return with_search(call, [&](EventSearch& search) -> Answered {
        json::array bars;
        for (const HistogramBar& bar : TRY(call.platform.searcher().histogram(search, *width, api_bound)))
            bars.push_back(
                json::object{{"begin", format_rfc3339(Time{std::chrono::microseconds{bar.begin_us}})},
                             {"count", bar.count}});
        return answer(json::object{{"bars", std::move(bars)}});
    });
}

json::object json_of(const Facet& facet) {
    json::array values;
    for (const FacetValue& one : facet.values)
        values.push_back(json::object{{"value", one.value}, {"count", one.count}});
    json::value sample;
    if (facet.sample)
        sample = json::object{{"events", facet.sample->events},
                              {"of", facet.sample->of ? json::value(*facet.sample->of) : json::value()}};
    return {{"field", facet.field},
            {"values", std::move(values)},
            {"more", facet.has_more},
            {"sample", std::move(sample)}};
}

Answered event_facet_list(Call& call) {
    std::vector<std::string> names;
    for (const auto& [name, value] : call.request.query) {
        if (name == "field") names.push_back(value);
    }
    if (names.empty())
        return error(ErrorKind::BadInput, "'field' is missing: name a field of events, or several");
    auto fields = TRY(FieldReader::make(std::move(names)));
    const size_t limit = TRY(limit_parameter(call.request, 100, facet_values_max));
    return with_search(call, [&](EventSearch& search) -> Answered {
        json::array facets;
        for (const Facet& one : TRY(event_facets(call.platform.events(), search, fields, limit, api_bound)))
            facets.push_back(json_of(one));
        return answer(json::object{{"facets", std::move(facets)}});
    });
}

Answered event_explain(Call& call) {
    return with_search(call, [&](EventSearch& search) -> Answered {
        return answer(json::object{{"exact", search.filter->exact()}, {"sql", search.filter->print()}});
    });
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/events", Access::Reader, events},
    {Method::Get, "/api/v1/events/count", Access::Reader, event_count},
    {Method::Get, "/api/v1/events/histogram", Access::Reader, event_histogram},
    {Method::Get, "/api/v1/events/facets", Access::Reader, event_facet_list},
    {Method::Get, "/api/v1/events/explain", Access::Reader, event_explain},
    {Method::Get, "/api/v1/events/{id}", Access::Reader, event},
});

}  // namespace

std::span<const Route> event_routes() { return routes; }

}  // namespace vigia
