#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/api_call.h"

namespace vigia {

// A ruleset as Threat Stack's clients see it. Each rule is in one at least: those that Vigia ships in the one
// of their folder, own ones that no ruleset names in one that nobody made.
struct V2Ruleset {
    enum class Origin : uint8_t { Own, Shipped, Rest };
    Origin origin = Origin::Own;
    std::string id;
    std::string name;
    std::string description;
    std::vector<std::string> rules;  // ids
    std::optional<Time> created_at;  // of own ones
    std::optional<Time> updated_at;
    int64_t version = 0;
};

// All that the organisation has, by id.
class V2Rulesets {
public:
    explicit V2Rulesets(std::vector<V2Ruleset> all);

    const std::vector<V2Ruleset>& all() const { return all_; }
    // The id of a ruleset that the rule is in: of the shipped one, where there is one. Empty for a rule that
    // is not there any more.
    std::string of_rule(const std::string& rule) const;

private:
    std::vector<V2Ruleset> all_;
    std::map<std::string, std::string> by_rule_;
};

Result<V2Rulesets> v2_rulesets(const Call& call);
// NotFound for none of the organisation.
Result<V2Ruleset> v2_ruleset(const Call& call, const std::string& id);

}  // namespace vigia
