#include <fmt/format.h>

#include "app/backtest.h"
#include "app/rule_files.h"
#include "model/rule_type.h"

namespace vigia {

namespace {

TypedSql any_of(const std::vector<ast::Filter>& filters, std::span<const EventType> types,
                const NamedLists& lists, std::vector<std::string>& parameters) {
    TypedSql any;
    for (const ast::Filter& filter : filters) {
        const TypedSql one = typed_sql(filter, types, lists, parameters);
        any.plain += fmt::format(" or ({})", one.plain);
        any.many += fmt::format(" or ({})", one.many);
        any.exact = any.exact && one.exact;
    }
    return any;
}

std::optional<std::vector<std::string>> columns_of(const CheckedRule& rule) {
    std::vector<std::string> columns;
    for (const auto& path : rule.aggregates) {
        const auto column = path ? column_of(*path, rule.event_types) : std::optional<std::string>("null");
        if (!column) return std::nullopt;
        columns.push_back(*column);
    }
    return columns;
}

// One of the rules, asked of the events that its type speaks of, or of all.
CheckedRuleResult check(Rule rule, bool of_all, const NamedLists& lists) {
    if (of_all) return check_rule(std::move(rule), all_event_types(), all_catalogues(), lists);
    return check_rule(std::move(rule), all_catalogues(), lists);
}

MadeBacktest make(Rule rule, bool of_all, const std::string& old_filter, NamedLists lists) {
    MadeBacktest made;
    Rule old{.id = "old", .name = "old", .title = "old", .type = rule.type, .filter = old_filter};
    rule.enabled = true;
    CheckedRuleResult checked = check(std::move(rule), of_all, lists);
    made.diagnostics = std::move(checked.diagnostics);
    if (!checked.rule) return made;
    BacktestRules tested;
    const CheckedRule& is = *checked.rule;
    tested.filter = typed_sql(is.filter, is.event_types, lists, tested.parameters);
    if (!is.suppressions.empty())
        tested.suppression = any_of(is.suppressions, is.event_types, lists, tested.parameters);
    tested.aggregates = columns_of(is);
    std::vector<CheckedRule> rules;
    rules.push_back(std::move(*checked.rule));
    if (!old_filter.empty()) {
        CheckedRuleResult before = check(std::move(old), of_all, lists);
        for (RuleDiagnostic& one : before.diagnostics) {
            one.part = "old_filter";
            made.diagnostics.push_back(std::move(one));
        }
        if (!before.rule) return made;
        tested.old = typed_sql(before.rule->filter, before.rule->event_types, lists, tested.parameters);
        rules.push_back(std::move(*before.rule));
    }
    tested.rules = make_rule_set(std::move(rules), std::move(lists));
    made.rules = std::move(tested);
    return made;
}

}  // namespace

MadeBacktest make_backtest(Rule rule, const std::string& old_filter, NamedLists lists) {
    return make(std::move(rule), false, old_filter, std::move(lists));
}

MadeBacktest make_filter_backtest(const std::string& filter, const std::string& old_filter,
                                  NamedLists lists) {
    Rule rule{
        .id = "filter", .name = "filter", .title = "an event that the filter holds of", .filter = filter};
    return make(std::move(rule), true, old_filter, std::move(lists));
}

}  // namespace vigia
