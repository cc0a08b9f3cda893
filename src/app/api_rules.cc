// Rules: their list, each of them, and what is wrong with a text before it is kept.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "app/api_rule_view.h"
#include "base/utf8.h"
#include "model/rule_type.h"

namespace vigia {

namespace json = boost::json;

namespace {

// What the list of rules is narrowed to.
struct RuleQuery {
    std::optional<std::string> ruleset;  // a shipped one or an own one, by name
    std::optional<RuleType> type;
    std::vector<int> severities;
    std::optional<bool> enabled;
    std::optional<bool> managed;
    std::string text;  // in lower case
    RuleTests tests = RuleTests::LeftOut;
};

Result<RuleQuery> rule_query(const HttpRequest& request) {
    RuleQuery query;
    if (const auto ruleset = request.parameter("ruleset")) query.ruleset = std::string(*ruleset);
    if (const auto type = request.parameter("type")) query.type = TRY(rule_type_given(*type));
    for (const auto& [name, value] : request.query) {
        if (name != "severity") continue;
        if (value != "1" && value != "2" && value != "3")
            return error(ErrorKind::BadInput, "'severity' must be 1, 2 or 3");
        query.severities.push_back(value[0] - '0');
    }
    query.enabled = TRY(truth_parameter(request, "enabled"));
    query.managed = TRY(truth_parameter(request, "managed"));
    if (TRY(truth_parameter(request, "tests")).value_or(false)) query.tests = RuleTests::Shown;
    query.text = lower_ascii(request.parameter("text").value_or(""));
    return query;
}

bool is_wanted(const ViewedRule& one, const RuleView& view, const RuleQuery& query) {
    const Rule& rule = one.rule;
    if (query.ruleset && !is_in_ruleset(rule, view, *query.ruleset)) return false;
    if (query.type && rule.type != *query.type) return false;
    if (!query.severities.empty() &&
        std::ranges::find(query.severities, rule.severity) == query.severities.end())
        return false;
    if (query.enabled && rule.enabled != *query.enabled) return false;
    if (query.managed && one.managed != *query.managed) return false;
    return query.text.empty() ||
           std::ranges::any_of(std::to_array<std::string_view>(
                                   {rule.id, rule.name, rule.title, rule.description, rule.filter}),
                               [&](std::string_view text) {
                                   return lower_ascii(text).find(query.text) != std::string::npos;
                               });
}

Answered rules(Call& call) {
    const RuleQuery query = TRY(rule_query(call.request));
    const Paging asked = TRY(paging(call.request, page_max));
    const RuleView view = TRY(rule_view(call));
    std::vector<Listed> all;
    each_rule(call, view, [&](const ViewedRule& one) {
        if (is_wanted(one, view, query))
            all.push_back({list_key(one.rule.name, one.rule.id), rule_json(one, view, query.tests)});
    });
    return page_of("rules", std::move(all), asked);
}

Answered rule(Call& call) { return rule_answer(call, call.arguments[0]); }

Answered add_rule(Call& call) {
    return with_rule(call, [&](const Rule& rule) -> Answered {
        const auto stored =
            TRY(call.platform.rules().add_rule(call.caller.actor, call.caller.organisation, rule));
        TRY_VOID(call.platform.take_rules());
        return rule_answer(call, stored.id, 201);
    });
}

// With `If-None-Match: *` the rule is made, under the id of the path: what a folder of rules in git needs.
Answered put_rule(Call& call) {
    return with_rule(call, [&](const Rule& given) -> Answered {
        const std::string& id = call.arguments[0];
        const bool is_new = call.request.header("If-None-Match") == "*";
        RuleStore& store = call.platform.rules();
        Rule rule = given;
        // Lists show rules without their tests: who sends one back means no change of them.
        if (!is_new && !TRY(read_object(call.request.body)).contains("tests"))
            rule.tests = TRY(store.rule(call.caller.organisation, id)).body.tests;
        if (is_new)
            TRY(store.add_rule_as(call.caller.actor, call.caller.organisation, id, rule));
        else
            TRY(store.update_rule(call.caller.actor, call.caller.organisation, id, rule,
                                  expected_version(call.request)));
        TRY_VOID(call.platform.take_rules());
        return rule_answer(call, id, is_new ? 201 : 200);
    });
}

Answered remove_rule(Call& call) {
    TRY_VOID(call.platform.rules().remove_rule(call.caller.actor, call.caller.organisation, call.arguments[0],
                                               expected_version(call.request)));
    TRY_VOID(call.platform.take_rules());
    return no_content();
}

constexpr auto clone_members = std::to_array<std::string_view>({"name", "enabled"});

// A copy under another name, disabled unless the body says otherwise: two rules of one filter alert twice.
Answered clone_rule(Call& call) {
    const json::object body =
        call.request.body.empty() ? json::object() : TRY(read_object(call.request.body));
    TRY_VOID(check_members(body, clone_members));
    Rule copy = TRY(rule_there(call, call.arguments[0]));
    copy.name = TRY(text_member(body, "name")).value_or("Copy of " + copy.name);
    copy.enabled = TRY(truth_member(body, "enabled")).value_or(false);
    const auto stored =
        TRY(call.platform.rules().add_rule(call.caller.actor, call.caller.organisation, copy));
    TRY_VOID(call.platform.take_rules());
    return rule_answer(call, stored.id, 201);
}

HttpAnswer verdict(const ast::Filter* filter, const std::vector<RuleDiagnostic>& diagnostics) {
    json::array all;
    for (const RuleDiagnostic& one : diagnostics) all.push_back(json_of(one));
    json::value canonical, understood;
    if (filter != nullptr) {
        canonical = ast::print(*filter);
        understood = ast::print_grouped(*filter);
    }
    return answer(json::object{{"valid", filter != nullptr},
                               {"canonical", std::move(canonical)},
                               {"understood", std::move(understood)},
                               {"diagnostics", std::move(all)}});
}

// The whole rule; what its bounds refuse is an error as of a rule that is kept.
Answered check_whole_rule(Call& call) {
    Rule rule;
    if (auto refused = refuse_rule(call, rule)) return std::move(*refused);
    const CheckedRuleResult checked = TRY(check_own_rule(call, rule));
    return verdict(checked.rule ? &checked.rule->filter : nullptr, checked.diagnostics);
}

constexpr auto check_members_known = std::to_array<std::string_view>({"filter", "type", "rule"});

// A filter by itself: as one of rules of a type, as a suppression of a rule, or as a search.
Answered check_filter(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    TRY_VOID(check_members(body, check_members_known));
    const std::string filter = TRY(needed_text(body, "filter"));
    std::optional<RuleType> type = TRY(rule_type_member(body));
    if (const auto id = TRY(text_member(body, "rule"))) type = TRY(rule_there(call, *id)).type;
    const CheckedFilter checked = TRY(check_filter_of(call, filter, type, "filter"));
    return verdict(checked.parsed.filter ? &*checked.parsed.filter : nullptr, checked.diagnostics);
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/rules", Access::Reader, rules},
    {Method::Post, "/api/v1/rules", Access::User, add_rule},
    {Method::Post, "/api/v1/rules/check", Access::Reader, check_whole_rule},
    {Method::Post, "/api/v1/filters/check", Access::Reader, check_filter},
    {Method::Get, "/api/v1/rules/{id}", Access::Reader, rule},
    {Method::Put, "/api/v1/rules/{id}", Access::User, put_rule},
    {Method::Delete, "/api/v1/rules/{id}", Access::User, remove_rule},
    {Method::Post, "/api/v1/rules/{id}/clone", Access::User, clone_rule},
});

}  // namespace

std::span<const Route> rule_routes() { return routes; }

}  // namespace vigia
