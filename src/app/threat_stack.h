#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/rule.h"

namespace vigia {

// A rule of an export that cannot become one of ours, and why.
struct NotImported {
    std::string name;
    std::string reason;
};

struct ImportedRules {
    std::vector<Rule> rules;  // `ruleset` is the name that the export gives
    std::vector<NotImported> refused;
};

constexpr size_t export_bytes_max = 16 * 1024 * 1024;

// The rules of a Threat Stack export: one rule of the v2 API, a list of them, {"rules":[…]}, a ruleset or a
// list of rulesets that hold their rules, or the policy of the v1 API. A rule without an id gets one from its
// name, the same each time. BadInput when the text is none of these.
Result<ImportedRules> read_threat_stack(std::string_view json);

// A UUID of version 8 (RFC 9562), from a hash of the name: for what has a name alone, the same each time.
std::string id_of_name(std::string_view name);

// The rule as the v2 API has it, on one line. The description is cut to the 300 characters that the API
// takes.
std::string print_threat_stack(const Rule& rule);

constexpr size_t alert_description_max = 300;  // characters

}  // namespace vigia
