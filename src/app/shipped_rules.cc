#include "app/shipped_rules.h"

#include <algorithm>

#include "app/rule_files.h"

namespace vigia {

ShippedRules ShippedRules::load() {
    LoadedRules loaded = load_rules({shipped_rules_folder()});
    ShippedRules shipped;
    for (CheckedRule& one : loaded.rules) {
        shipped.by_id_.emplace(one.rule.id, shipped.rules_.size());
        shipped.rules_.push_back(std::move(one.rule));
    }
    shipped.lists_ = std::move(loaded.lists);
    for (const FileProblem& one : loaded.problems) {
        if (one.level == Diagnostic::Level::Error) shipped.problems_.push_back(print(one));
    }
    return shipped;
}

const Rule* ShippedRules::find(const std::string& id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &rules_[found->second];
}

void ShippedRules::each(const std::function<void(const Rule&)>& visit) const {
    for (const auto& [id, at] : by_id_) visit(rules_[at]);
}

bool ShippedRules::has_ruleset(std::string_view name) const {
    return std::ranges::any_of(rules_, [&](const Rule& rule) { return rule.ruleset == name; });
}

NamedLists ShippedRules::lists() const {
    NamedLists copies;
    for (const auto& [name, list] : lists_)
        copies.emplace(name, std::make_unique<const ValueList>(list->items()));
    return copies;
}

}  // namespace vigia
