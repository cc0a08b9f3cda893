#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lang/value_list.h"
#include "model/rule.h"

namespace vigia {

// The rules and lists that Vigia ships, read once from their files.
class ShippedRules {
public:
    static ShippedRules load();

    std::span<const Rule> rules() const { return rules_; }
    // Null when there is none of the id.
    const Rule* find(const std::string& id) const;
    // By id.
    void each(const std::function<void(const Rule&)>& visit) const;
    bool has_ruleset(std::string_view name) const;
    // A copy, for whoever compiles a filter: what is compiled owns its lists.
    NamedLists lists() const;
    // What of the files could not be read and was left out.
    std::span<const std::string> problems() const { return problems_; }

private:
    std::vector<Rule> rules_;
    std::map<std::string, size_t> by_id_;
    NamedLists lists_;
    std::vector<std::string> problems_;
};

}  // namespace vigia
