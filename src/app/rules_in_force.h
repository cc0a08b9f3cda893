#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/live.h"
#include "detect/rule_set.h"

namespace vigia {

// The rules of all organisations as intake follows them. Immutable, swapped whole.
struct RulesInForce {
    struct Policy {
        Duration window;
        uint32_t threshold;
    };
    std::shared_ptr<const RuleSet> rules;
    std::map<std::string, uint32_t, std::less<>> organisations;  // their indexes in the rule set
    std::map<std::pair<uint32_t, uint32_t>, Policy>
        policies;                       // by organisation and rule, where it is not the rule's own
    std::vector<std::string> problems;  // rules that were left out, and why
    int64_t generation = 0;

    Policy policy(uint32_t organisation, uint32_t rule) const {
        const auto own = policies.find({organisation, rule});
        if (own != policies.end()) return own->second;
        const Rule& whole = rules->rules()[rule].rule;
        return {whole.window, whole.threshold};
    }
};

// What intake detects by, and whoever changes rules replaces.
using LiveRules = Live<RulesInForce>;

}  // namespace vigia
