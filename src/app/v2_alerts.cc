#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>

#include "app/v2_call.h"
#include "app/v2_rulesets.h"
#include "base/utf8.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr size_t v2_dismissed_ids_max = 512;

json::value text_or_null(const std::string& text) {
    if (text.empty()) return nullptr;
    return json::value(text);
}
json::value time_or_null(const std::optional<Time>& time) {
    if (!time) return nullptr;
    return json::value(format_v2_time(*time));
}

json::object alert_json(const StoredAlert& alert, const V2Rulesets& rulesets) {
    json::array aggregates;
    for (const NamedValue& one : alert.aggregates)
        aggregates.push_back(json::object{{"fieldName", one.name}, {"value", one.value}});
    const auto reason = name(alert.dismiss_reason);
    return {{"id", alert.id},
            {"title", alert.title},
            {"type", alert.rule_type},
            {"dataSource", lower_ascii(alert.rule_type)},
            {"createdAt", format_v2_time(alert.created_at)},
            {"severity", alert.severity},
            {"isDismissed", alert.dismissed},
            {"dismissedAt", time_or_null(alert.dismissed_at)},
            {"dismissReason", alert.dismissed ? text_or_null(std::string(reason)) : json::value()},
            {"dismissReasonText", text_or_null(alert.dismiss_text)},
            {"dismissedBy", text_or_null(alert.dismissed_by)},
            {"agentId", text_or_null(alert.agent)},
            {"ruleId", alert.rule_id},
            {"rulesetId", text_or_null(rulesets.of_rule(alert.rule_id))},
            {"aggregates", std::move(aggregates)},
            {"eventCount", alert.count}};
}

Result<int> severity_of(std::string_view text) {
    if (text.size() != 1 || text[0] < '0' + severity_highest || text[0] > '0' + severity_lowest)
        return error(ErrorKind::BadInput, "'severity' must be 1, 2 or 3");
    return text[0] - '0';
}

Result<AlertQuery> alert_query(const Call& call, const V2Query& asked) {
    AlertQuery query{.organisation = call.caller.organisation, .limit = v2_page_size};
    const std::string_view status = asked.find("status").value_or("");
    if (status != "active" && status != "dismissed")
        return error(ErrorKind::BadInput, "'status' must be active or dismissed");
    query.status = status == "active" ? AlertStatus::Active : AlertStatus::Dismissed;
    if (const auto severity = asked.find("severity")) query.severities.push_back(TRY(severity_of(*severity)));
    query.rule_id = asked.find("ruleId").value_or("");
    query.agent = asked.find("agentId").value_or("");
    if (const auto ruleset = asked.find("rulesetId"))
        query.rule_ids = TRY(v2_ruleset(call, std::string(*ruleset))).rules;
    query.from = TRY(v2_time("from", asked.find("from")));
    query.until = TRY(v2_time("until", asked.find("until")));
    query.cursor = asked.cursor;
    return query;
}

Answered alerts(Call& call) {
    const V2Query asked = TRY(v2_query(call, "alerts"));
    const AlertQuery query = TRY(alert_query(call, asked));
    const AlertPage page = TRY(call.platform.alerts().list(query));
    const V2Rulesets rulesets = TRY(v2_rulesets(call));
    json::array all;
    for (const StoredAlert& one : page.alerts) all.push_back(alert_json(one, rulesets));
    return v2_page(asked, "alerts", std::move(all), page.next);
}

Answered alert(Call& call) {
    const StoredAlert found = TRY(call.platform.alerts().find(call.caller.organisation, call.arguments[0]));
    const V2Rulesets rulesets = TRY(v2_rulesets(call));
    json::object body = alert_json(found, rulesets);
    // The latest of them; all are to be had by the list of events.
    const auto events =
        TRY(call.platform.alerts().events(call.caller.organisation, found.id, "", v2_page_size));
    json::array ids;
    for (const AlertEvent& one : events.events) ids.emplace_back(one.event_id);
    body["eventIds"] = std::move(ids);
    return answer(body);
}

// The record as it was sent, with the name by which it is asked for.
json::value event_json(const AlertEvent& event) {
    boost::system::error_code failure;
    json::value record = json::parse(event.record, failure);
    // What the store holds was read as JSON before; deeper than this library follows, it stands as a text.
    if (failure || !record.is_object()) record = json::object{{"record", event.record}};
    json::object& object = record.get_object();
    object["_id"] = event.event_id;
    if (!object.contains("event_type")) object["event_type"] = event.event_type;
    if (!object.contains("event_time"))
        object["event_time"] =
            std::chrono::floor<std::chrono::milliseconds>(event.time.time_since_epoch()).count();
    return record;
}

Answered alert_events(Call& call) {
    const V2Query asked = TRY(v2_query(call, "events"));
    const AlertEventPage page = TRY(call.platform.alerts().events(call.caller.organisation, call.arguments[0],
                                                                  asked.cursor, v2_page_size));
    json::array all;
    for (const AlertEvent& one : page.events) all.push_back(event_json(one));
    return v2_page(asked, "events", std::move(all), page.next);
}

Answered alert_event(Call& call) {
    const AlertEvent found =
        TRY(call.platform.alerts().event(call.caller.organisation, call.arguments[0], call.arguments[1]));
    return answer(json::object{{"details", event_json(found)}});
}

Answered severity_counts(Call& call) {
    const auto from = TRY(v2_time("from", call.request.parameter("from")));
    const auto until = TRY(v2_time("until", call.request.parameter("until")));
    const AlertQuery query{.organisation = call.caller.organisation,
                           .status = AlertStatus::Active,
                           .from = from,
                           .until = until};
    const SeverityCounts counts = TRY(call.platform.alerts().severity_counts(query));
    json::array all;
    for (size_t i = 0; i < counts.size(); i++)
        all.push_back(json::object{{"severity", i + severity_highest}, {"count", counts[i]}});
    return answer(json::object{{"severityCounts", std::move(all)}});
}

struct Reason {
    DismissReason reason = DismissReason::None;
    std::string text;
};

Result<Reason> reason_of(const json::object& body) {
    const std::string name = TRY(needed_text(body, "dismissReason"));
    const auto reason = dismiss_reason_of(name);
    if (!reason)
        return error(ErrorKind::BadInput,
                     "'dismissReason' must be BUSINESS_OP, COMPANY_POLICY, MAINTENANCE or OTHER");
    Reason made{*reason, ""};
    made.text = TRY(text_member(body, "dismissReasonText")).value_or("");
    return made;
}

Result<std::vector<std::string>> ids_of(const json::value& ids) {
    const auto* const list = ids.if_array();
    if (list == nullptr || list->empty() || list->size() > v2_dismissed_ids_max)
        return error(ErrorKind::BadInput,
                     fmt::format("'ids' must be a list of 1 to {} ids", v2_dismissed_ids_max));
    std::vector<std::string> all;
    for (const json::value& one : *list) {
        if (!one.is_string()) return error(ErrorKind::BadInput, "'ids' must be a list of texts");
        all.emplace_back(one.get_string().data(), one.get_string().size());
    }
    return all;
}

// Clients send "" and 0 for what they leave out, and write ids with a capital D.
Result<std::string> either_text(const json::object& body, std::string_view one, std::string_view other) {
    const auto first = TRY(text_member(body, one));
    const auto second = TRY(text_member(body, other));
    return first && !first->empty() ? *first : second.value_or("");
}

Result<AlertQuery> dismissal_query(const Call& call, const json::object& body) {
    AlertQuery query{.organisation = call.caller.organisation, .status = AlertStatus::Active};
    const std::string from = TRY(needed_text(body, "from")), until = TRY(needed_text(body, "until"));
    query.from = TRY(v2_time("from", from));
    query.until = TRY(v2_time("until", until));
    if (!query.from || !query.until)
        return error(ErrorKind::BadInput, "say 'ids', or 'from' and 'until' of the alerts to dismiss");
    if (const json::value* const severity = body.if_contains("severity");
        severity != nullptr && !severity->is_null() && *severity != 0) {
        const std::string text =
            severity->is_string() ? std::string(severity->get_string()) : json::serialize(*severity);
        query.severities.push_back(TRY(severity_of(text)));
    }
    query.rule_id = TRY(either_text(body, "ruleID", "ruleId"));
    query.agent = TRY(either_text(body, "agentID", "agentId"));
    query.raised_until = call.platform.clock().now();
    return query;
}

Answered dismiss(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    const Reason reason = TRY(reason_of(body));
    Dismissal done;
    if (const json::value* const ids = body.if_contains("ids"); ids != nullptr && !ids->is_null()) {
        const std::vector<std::string> wanted = TRY(ids_of(*ids));
        done = TRY(call.platform.alerts().dismiss(call.caller.actor, call.caller.organisation, wanted,
                                                  reason.reason, reason.text));
    } else {
        const AlertQuery query = TRY(dismissal_query(call, body));
        done = TRY(
            call.platform.alerts().dismiss_matching(call.caller.actor, query, reason.reason, reason.text));
    }
    call.platform.changes().raise();
    return answer(json::object{{"dismissed", done.count}});
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/v2/alerts", Access::Reader, alerts},
    {Method::Get, "/v2/alerts/severity-counts", Access::Reader, severity_counts},
    {Method::Post, "/v2/alerts/dismiss", Access::User, dismiss},
    {Method::Get, "/v2/alerts/{id}", Access::Reader, alert},
    {Method::Get, "/v2/alerts/{id}/events", Access::Reader, alert_events},
    {Method::Get, "/v2/alerts/{id}/events/{event}", Access::Reader, alert_event},
});

}  // namespace

std::span<const Route> v2_alert_routes() { return routes; }

}  // namespace vigia
