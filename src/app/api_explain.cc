// Why a filter holds of an event, or does not: condition by condition.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_rule_view.h"
#include "app/api_values.h"
#include "lang/explain.h"
#include "model/rule_type.h"
#include "normalise/catalogue.h"
#include "normalise/normaliser.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr auto explain_members =
    std::to_array<std::string_view>({"filter", "type", "rule", "record", "event", "alert"});

// A filter and what it is asked of, as a body names them.
struct Question {
    std::string filter;
    std::optional<RuleType> type;
    std::optional<std::string> alert;
    std::optional<std::string> event;
    std::string record;
};

// Of an alert, the contributing event of the id, or the latest.
Result<std::string> record_of_alert(const Call& call, const std::string& alert,
                                    const std::optional<std::string>& event) {
    AlertStore& alerts = call.platform.alerts();
    if (event) return TRY(alerts.event(call.caller.organisation, alert, *event)).record;
    const AlertEventPage page = TRY(alerts.events(call.caller.organisation, alert, "", 1));
    if (page.events.empty()) return error(ErrorKind::NotFound, "none of the alert's events was kept");
    return page.events[0].record;
}

Result<std::string> record_asked(const Call& call, const json::object& body, const Question& question) {
    const auto record = TRY(text_member(body, "record"));
    if (record && (question.event || question.alert))
        return error(ErrorKind::BadInput, "say 'record', or which event is meant: not both");
    if (record) return *record;
    if (question.alert) return record_of_alert(call, *question.alert, question.event);
    if (!question.event)
        return error(ErrorKind::BadInput,
                     "say which event: by 'event', by 'alert', or by 'record', its JSON as a text");
    const auto found =
        TRY(call.platform.searcher().find(call.caller.organisation, *question.event, api_bound));
    if (!found) return error(ErrorKind::NotFound, "there is no such event");
    return found->record;
}

Result<Question> question_of(const Call& call, const json::object& body) {
    Question question;
    question.alert = TRY(text_member(body, "alert"));
    question.event = TRY(text_member(body, "event"));
    question.type = TRY(rule_type_member(body));
    auto filter = TRY(text_member(body, "filter"));
    auto rule = TRY(text_member(body, "rule"));
    if (!rule && !filter && question.alert)
        rule = TRY(call.platform.alerts().find(call.caller.organisation, *question.alert)).rule_id;
    if (rule) {
        Rule there = TRY(rule_there(call, *rule));
        question.type = there.type;
        if (!filter) filter = std::move(there.filter);
    }
    if (!filter) return error(ErrorKind::BadInput, "say which filter: by 'filter', or by 'rule'");
    question.filter = std::move(*filter);
    question.record = TRY(record_asked(call, body, question));
    return question;
}

std::string_view word(Truth verdict) {
    switch (verdict) {
        case Truth::False:
            return "false";
        case Truth::True:
            return "true";
        case Truth::Undecided:
            return "undecided";
    }
    std::unreachable();
}

std::string_view word(ValueKind kind) {
    switch (kind) {
        case ValueKind::Text:
            return "text";
        case ValueKind::Number:
            return "number";
        case ValueKind::True:
        case ValueKind::False:
            return "boolean";
        case ValueKind::Object:
            return "object";
    }
    std::unreachable();
}

json::object json_of(const ExplainedField& field) {
    json::array values;
    for (const ExplainedValue& one : field.values)
        values.push_back(
            json::object{{"text", one.text}, {"type", json::string_view(word(one.kind))}, {"cut", one.cut}});
    return {{"field", field.field}, {"values", std::move(values)}, {"count", field.count}};
}

// Deep as the filter is, which has a bound.
json::object json_of(const Explanation& one) {
    json::array fields, children;
    for (const ExplainedField& field : one.fields) fields.push_back(json_of(field));
    for (const Explanation& child : one.children) children.push_back(json_of(child));
    json::object made{{"kind", json::string_view(kind_of(*one.part))},
                      {"verdict", json::string_view(word(one.verdict))},
                      {"begin", one.part->span.begin},
                      {"end", one.part->span.end},
                      {"children", std::move(children)}};
    if (const auto* condition = std::get_if<ast::Condition>(&one.part->node)) {
        made["field"] = ast::print(condition->left);
        made["operator"] = json::string_view(ast::word(condition->op));
        made["fields"] = std::move(fields);
    }
    if (std::holds_alternative<ast::Quantified>(one.part->node)) {
        made["elements"] = one.elements;
        made["element"] = one.element ? json::value(*one.element) : json::value();
    }
    return made;
}

json::object json_of(const Event& event) {
    return {{"id", text_or_null(event.id)},
            {"time", time_or_null(event.time)},
            {"type", json::string_view(catalogue(event.type).event_type)}};
}

bool is_asked_of(const std::optional<RuleType>& type, EventType event) {
    const auto types = type ? event_types_of(*type) : all_event_types();
    return std::ranges::find(types, event) != types.end();
}

// The first event of the record: an envelope may have more.
Answered explain_record(const Question& question, const ast::Filter& filter, const NamedLists& lists) {
    json::object made{{"filter", question.filter}};
    EvaluationCache cache;
    Normaliser normaliser;
    TRY(normaliser.normalise(question.record, [&](const Event& event) {
        if (made.contains("event")) return;
        made["event"] = json_of(event);
        const bool asked = is_asked_of(question.type, event.type);
        made["asked"] = asked;
        made["verdict"] = json::string_view(word(Truth::Undecided));
        made["explanation"] = nullptr;
        if (!asked) return;
        const TreeContext context{catalogue(event.type), lists, &cache};
        const Explanation whole = explain(filter, *event.record, context);
        made["verdict"] = json::string_view(word(whole.verdict));
        made["explanation"] = json_of(whole);
    }));
    if (!made.contains("event")) return error(ErrorKind::BadInput, "there is no event in the record");
    return answer(made);
}

Answered explain_filter(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    TRY_VOID(check_members(body, explain_members));
    const Question question = TRY(question_of(call, body));
    const CheckedFilter checked = TRY(check_filter_of(call, question.filter, question.type, "filter"));
    if (!checked.parsed.filter) return bad_filter(checked.diagnostics);
    const NamedLists lists = TRY(lists_of(call));
    return explain_record(question, *checked.parsed.filter, lists);
}

constexpr auto routes = std::to_array<Route>({
    {Method::Post, "/api/v1/filters/explain", Access::Reader, explain_filter},
});

}  // namespace

std::span<const Route> explain_routes() { return routes; }

}  // namespace vigia
