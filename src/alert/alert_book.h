#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/rule.h"

namespace vigia {

// When a rule's matches become an alert.
struct AlertPolicy {
    Duration window;
    uint32_t threshold;
};

// Matches → alerts. Windows run on event time, and a late match is sorted in where it belongs: any order of
// the same matches gives the same alerts. All matches are held until alerts() is asked, which is the
// allowance: the whole run. For one thread.
class AlertBook {
public:
    // One policy a rule, by its index.
    explicit AlertBook(std::vector<AlertPolicy> policies) : policies_(std::move(policies)) {}

    void add(Match match);

    // An alert is made when `threshold` matches with equal aggregates lie within `window`, at the time of the
    // last of them; while it is open, until created_at + window, later matches add to its count; after that,
    // counting begins anew. By creation time, then key.
    std::vector<Alert> alerts() const;

private:
    std::vector<AlertPolicy> policies_;
    std::map<std::string, std::vector<Match>> matches_;
};

}  // namespace vigia
