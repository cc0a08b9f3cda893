#include "app/search_filter.h"

#include <fmt/format.h>

#include <map>

#include "app/column_reader.h"
#include "app/rule_files.h"
#include "model/rule_type.h"
#include "normalise/catalogue.h"
#include "store/duck.h"

namespace vigia {

namespace {

// The conditions of types that are asked the same, joined.
std::string join_types(const std::map<std::string, std::vector<std::string>>& types_by_sql) {
    if (types_by_sql.size() == 1) return types_by_sql.begin()->first;
    std::string text;
    for (const auto& [sql, types] : types_by_sql) {
        std::string names;
        for (const std::string& type : types) names += (names.empty() ? "" : ", ") + quote_sql(type);
        text += fmt::format("{}(type in ({}) and {})", text.empty() ? "(" : " or ", names, sql);
    }
    return text + ")";
}

}  // namespace

SearchFilter::Made SearchFilter::make(std::string_view text, NamedLists lists) {
    Made made;
    SearchFilter filter;
    std::vector<CheckedRule> rules;
    if (text.find_first_not_of(" \t\r\n") != std::string_view::npos) {
        CheckedRuleResult checked = check_search(std::string(text), lists);
        made.diagnostics = std::move(checked.diagnostics);
        if (!checked.rule) return made;
        std::map<std::string, std::vector<std::string>> plain, many;
        for (const EventType type : checked.rule->event_types) {
            const FieldCatalogue& fields = catalogue(type);
            const SqlFilter sql =
                compile_sql(checked.rule->filter, fields, lists, sql_columns(fields), filter.parameters_);
            plain[sql.plain].emplace_back(fields.event_type);
            many[sql.many].emplace_back(fields.event_type);
            filter.exact_ = filter.exact_ && sql.exact;
        }
        // Types that the filter rules out are not among the rule's.
        const bool all = checked.rule->event_types.size() == event_types;
        const std::string types = [&] {
            std::string names;
            for (const EventType type : checked.rule->event_types)
                names += (names.empty() ? "" : ", ") + quote_sql(catalogue(type).event_type);
            return all || names.empty() ? std::string() : fmt::format(" and type in ({})", names);
        }();
        const bool none = checked.rule->event_types.empty();
        filter.plain_ = none ? "false" : fmt::format("many = 0{} and {}", types, join_types(plain));
        filter.many_ = none ? "false" : fmt::format("many <> 0{} and {}", types, join_types(many));
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

Rechecker::Rechecker(const SearchFilter& filter) : detector_(filter.rules()) {}

// A filter without a rule holds of everything.
std::vector<bool> Rechecker::holds(std::span<const std::string_view> records) {
    if (detector_.rules().rules().empty()) return std::vector<bool>(records.size(), true);
    std::vector<bool> holds(records.size(), false);
    records_.each(records, detector_, [&](const Event& event, size_t record) {
        if (event.record != nullptr) {
            holds[record] = holds[record] || !detector_.walk(event).empty();
            return true;
        }
        const auto hits = detector_.detect(event);
        if (hits) holds[record] = !hits->empty();
        return hits.has_value();
    });
    return holds;
}

}  // namespace vigia
