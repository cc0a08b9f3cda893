#include "app/api_alert_query.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/names.h"
#include "base/utf8.h"
#include "catalog/ruleset_store.h"
#include "model/rule_type.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr size_t shown_name_bytes_max = 40;

// A query as it is being read.
struct QueryReading {
    const Call& call;
    AlertQuery query;
};

using Take = Result<void> (*)(QueryReading& reading, const std::string& value);

// One row, one parameter that says which alerts.
struct Parameter {
    std::string_view name;
    Take take;
};

Result<void> take_status(QueryReading& reading, const std::string& value) {
    static constexpr auto statuses = std::to_array<std::pair<std::string_view, AlertStatus>>(
        {{"active", AlertStatus::Active}, {"dismissed", AlertStatus::Dismissed}, {"all", AlertStatus::All}});
    const auto status = value_in(statuses, value);
    if (!status) return error(ErrorKind::BadInput, "'status' must be active, dismissed or all");
    reading.query.status = *status;
    return {};
}

Result<void> take_severity(QueryReading& reading, const std::string& value) {
    if (value != "1" && value != "2" && value != "3")
        return error(ErrorKind::BadInput, "'severity' must be 1, 2 or 3");
    reading.query.severities.push_back(value[0] - '0');
    return {};
}

// A ruleset of the organisation's own, by its id or its name, else the one that rules came in.
Result<void> take_ruleset(QueryReading& reading, const std::string& value) {
    const Call& call = reading.call;
    const ShippedRules& shipped = call.platform.shipped();
    const RulesetStore own(
        call.platform.catalog().database(), call.platform.clock(),
        Shipped{[&shipped](const std::string& id) { return shipped.find(id) != nullptr; },
                [&shipped](const std::string& name) { return shipped.has_ruleset(name); }});
    for (const Stored<Ruleset>& one : TRY(own.all(call.caller.organisation))) {
        if (one.id != value && one.body.name != value) continue;
        reading.query.rule_ids = one.body.rules;
        return {};
    }
    reading.query.ruleset = value;
    return {};
}

Result<void> take_type(QueryReading& reading, const std::string& value) {
    if (!value.empty() && !rule_type_of(value))
        return error(ErrorKind::BadInput,
                     fmt::format("'type' must be one of {}", fmt::join(rule_type_names(), ", ")));
    reading.query.rule_type = value;
    return {};
}

Result<AlertOrder> order_parameter(const HttpRequest& request) {
    static constexpr auto orders = std::to_array<std::pair<std::string_view, AlertOrder>>(
        {{"newest", AlertOrder::Newest}, {"oldest", AlertOrder::Oldest}});
    const auto order = value_in(orders, request.parameter("order").value_or("newest"));
    if (!order) return error(ErrorKind::BadInput, "'order' must be newest or oldest");
    return *order;
}

Result<std::optional<Time>> time_of_text(std::string_view name, const std::string& value) {
    if (value.empty()) return std::optional<Time>();
    const auto time = parse_rfc3339(value);
    if (!time)
        return error(ErrorKind::BadInput,
                     fmt::format("'{}' must be a time as 2026-11-25T10:00:00Z, and is '{}'", name, value));
    return time;
}

constexpr auto parameters = std::to_array<Parameter>({
    {"status", take_status},
    {"severity", take_severity},
    {"rule",
     [](QueryReading& reading, const std::string& value) -> Result<void> {
         reading.query.rule_id = value;
         return {};
     }},
    {"ruleset", take_ruleset},
    {"type", take_type},
    {"title",
     [](QueryReading& reading, const std::string& value) -> Result<void> {
         reading.query.title = value;
         return {};
     }},
    {"host",
     [](QueryReading& reading, const std::string& value) -> Result<void> {
         reading.query.host = value;
         return {};
     }},
    {"assignee",
     [](QueryReading& reading, const std::string& value) -> Result<void> {
         reading.query.assignee = value;
         return {};
     }},
    {"from",
     [](QueryReading& reading, const std::string& value) -> Result<void> {
         reading.query.from = TRY(time_of_text("from", value));
         return {};
     }},
    {"until",
     [](QueryReading& reading, const std::string& value) -> Result<void> {
         reading.query.until = TRY(time_of_text("until", value));
         return {};
     }},
});

QueryReading begin_query(const Call& call) {
    return {call, {.organisation = call.caller.organisation, .status = AlertStatus::Active}};
}

Result<std::string> text_of(std::string_view name, const json::value& value) {
    if (value.is_string()) return std::string(std::string_view(value.get_string()));
    if (value.is_int64()) return fmt::to_string(value.get_int64());
    return error(ErrorKind::BadInput, fmt::format("the filter's '{}' must be a text or a number", name));
}

Result<void> take_member(QueryReading& reading, const Parameter& parameter, const json::value& value) {
    if (!value.is_array()) {
        const std::string text = TRY(text_of(parameter.name, value));
        // In a query an empty one is not given; here it may be a mistake that dismisses everything.
        if (text.empty() && parameter.name != "assignee")
            return error(ErrorKind::BadInput,
                         fmt::format("the filter's '{}' is empty: leave it out", parameter.name));
        return parameter.take(reading, text);
    }
    // Of no value of a list, no alert; so it is not to be read as all of them.
    if (parameter.take != take_severity || value.get_array().empty())
        return error(ErrorKind::BadInput,
                     fmt::format("the filter's '{}' must be one value; 'severity' may be a list of some",
                                 parameter.name));
    for (const json::value& one : value.get_array()) {
        const std::string text = TRY(text_of(parameter.name, one));
        TRY_VOID(parameter.take(reading, text));
    }
    return {};
}

}  // namespace

Result<AlertQuery> alert_query(const Call& call) {
    QueryReading reading = begin_query(call);
    for (const auto& [name, value] : call.request.query) {
        const auto parameter = std::ranges::find(parameters, name, &Parameter::name);
        if (parameter != parameters.end()) TRY_VOID(parameter->take(reading, value));
    }
    reading.query.order = TRY(order_parameter(call.request));
    reading.query.cursor = call.request.parameter("cursor").value_or("");
    reading.query.limit = TRY(limit_parameter(call.request, 50, alerts_page_max));
    return std::move(reading.query);
}

Result<AlertQuery> alert_filter_of(const Call& call, const json::object& filter) {
    QueryReading reading = begin_query(call);
    for (const auto& [key, value] : filter) {
        const std::string_view name = key;
        const auto parameter = std::ranges::find(parameters, name, &Parameter::name);
        if (parameter == parameters.end()) {
            std::vector<std::string_view> known;
            for (const Parameter& one : parameters) known.push_back(one.name);
            return error(ErrorKind::BadInput, fmt::format("the filter has no member '{}'; it has {}",
                                                          valid_utf8(name.substr(0, shown_name_bytes_max)),
                                                          fmt::join(known, ", ")));
        }
        TRY_VOID(take_member(reading, *parameter, value));
    }
    return std::move(reading.query);
}

}  // namespace vigia
