#include <boost/json.hpp>

#include <algorithm>

#include "app/api_call.h"
#include "app/api_json.h"
#include "app/api_values.h"
#include "app/field_values.h"
#include "model/rule_type.h"
#include "normalise/catalogue.h"
#include "store/columns.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr size_t field_values_max = 200;

std::string_view word(FieldType type) { return type == FieldType::Boolean ? "boolean" : name(type); }

json::array rule_types_of(EventType type) {
    json::array names;
    for (const std::string_view one : rule_type_names()) {
        const auto speaks_of = event_types_of(*rule_type_of(one));
        if (std::ranges::find(speaks_of, type) != speaks_of.end()) names.emplace_back(std::string(one));
    }
    return names;
}

// What checking reads, in its order.
json::object json_of(const FieldCatalogue& catalogue, EventType type) {
    json::array fields, aliases;
    for (const FieldSpec& one : catalogue.fields)
        fields.push_back(json::object{{"path", std::string(one.path)},
                                      {"type", std::string(word(one.type))},
                                      {"meaning", std::string(one.meaning)}});
    for (const AliasSpec& one : catalogue.aliases) {
        const bool is_type = one.name == "event_type";  // reads nothing of the record, and is always there
        aliases.push_back(json::object{{"name", std::string(one.name)},
                                       {"meaning", std::string(one.meaning)},
                                       {"empty", one.readings.empty() && !is_type}});
    }
    return {{"event_type", std::string(catalogue.event_type)},
            {"rule_types", rule_types_of(type)},
            {"open", catalogue.open},
            {"fields", std::move(fields)},
            {"aliases", std::move(aliases)}};
}

Answered fields(Call&) {
    json::array columns, sources;
    for (const EventColumn& one : event_columns())
        columns.push_back(json::object{{"name", std::string(one.name)},
                                       {"field", std::string(one.field)},
                                       {"meaning", std::string(one.meaning)}});
    for (const EventType type : all_event_types()) sources.push_back(json_of(catalogue(type), type));
    return answer(json::object{{"columns", std::move(columns)}, {"sources", std::move(sources)}});
}

Answered values_of_field(Call& call) {
    const std::string name = text_parameter(call.request, "field");
    if (name.empty()) return error(ErrorKind::BadInput, "'field' is missing: name a field of events");
    auto field = TRY(FieldReader::make({name}));
    const FieldValuesQuestion question{.organisation = call.caller.organisation,
                                       .prefix = text_parameter(call.request, "prefix"),
                                       .limit = TRY(limit_parameter(call.request, 20, field_values_max)),
                                       .until = call.platform.clock().now()};
    const Timed timed(call.platform.metrics().search_time);
    const ValuesOfField found = TRY(field_values(call.platform.events(), question, field));
    json::array values;
    for (const FacetValue& one : found.values)
        values.push_back(json::object{{"value", one.value}, {"count", one.count}});
    return answer(json::object{{"field", name},
                               {"values", std::move(values)},
                               {"more", found.has_more},
                               {"sampled", found.is_sampled},
                               {"span", format_duration(found.span)}});
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/fields", Access::Reader, fields},
    {Method::Get, "/api/v1/fields/values", Access::Reader, values_of_field},
});

}  // namespace

std::span<const Route> field_routes() { return routes; }

}  // namespace vigia
