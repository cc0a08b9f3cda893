#include "app/search_filter.h"

#include <fmt/format.h>

#include "app/rule_files.h"
#include "app/typed_sql.h"

namespace vigia {

SearchFilter::Made SearchFilter::make(std::string_view text, NamedLists lists) {
    Made made;
    SearchFilter filter;
    std::vector<CheckedRule> rules;
    if (text.find_first_not_of(" \t\r\n") != std::string_view::npos) {
        CheckedRuleResult checked = check_search(std::string(text), lists);
        made.diagnostics = std::move(checked.diagnostics);
        if (!checked.rule) return made;
        const TypedSql sql =
            typed_sql(checked.rule->filter, checked.rule->event_types, lists, filter.parameters_);
        filter.plain_ = "many = 0 and " + sql.plain;
        filter.many_ = "many <> 0 and " + sql.many;
        filter.exact_ = sql.exact;
        rules.push_back(std::move(*checked.rule));
    }
    filter.rules_ = make_rule_set(std::move(rules), std::move(lists));
    made.filter = std::move(filter);
    return made;
}

std::string SearchFilter::print() const {
    std::string text = fmt::format("plain: {}\nmany:  {}\n", plain_, many_);
    for (size_t i = 0; i < parameters_.size(); i++) text += fmt::format("${}: {}\n", i + 1, parameters_[i]);
    return text + (exact_ ? "exact\n" : "checked again by the program\n");
}

// A filter without a rule holds of everything.
std::vector<bool> Rechecker::holds(std::span<const std::string_view> records) {
    if (judge_.rules().rules().empty()) return std::vector<bool>(records.size(), true);
    std::vector<bool> holds(records.size(), false);
    judge_.judge(records, [&](size_t record, const Event&, std::span<const Hit>) { holds[record] = true; });
    return holds;
}

}  // namespace vigia
