#pragma once

#include <string>
#include <vector>

#include "app/api_call.h"

namespace vigia {

// All that quiets a rule in an organisation: what stands in the rule, and suppressions beside it that are in
// force. Threat Stack's clients see one list of filters, and write it whole.
class V2Suppressions {
public:
    V2Suppressions(const Rule& rule, std::vector<Stored<Suppression>> beside, Time now);

    // Each once, those of the rule first.
    const std::vector<std::string>& filters() const { return filters_; }
    // BadInput for a filter twice, or too many; Denied when one that stands in a shipped rule is missing.
    Result<void> check(const std::vector<std::string>& wanted, bool managed) const;
    // Those of the rule that are wanted still.
    std::vector<std::string> kept_in_rule(const std::vector<std::string>& wanted) const;
    // Adds those beside the rule that are new, then removes those that are not wanted.
    Result<void> put(const Call& call, const std::vector<std::string>& wanted) const;

private:
    std::string rule_;
    std::vector<std::string> in_rule_;
    std::vector<Stored<Suppression>> beside_;
    std::vector<std::string> filters_;
};

Result<V2Suppressions> v2_suppressions(const Call& call, const Rule& rule);

}  // namespace vigia
