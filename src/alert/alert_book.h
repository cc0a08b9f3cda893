#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "alert/key_windows.h"
#include "model/rule.h"

namespace vigia {

// When a rule's matches become an alert.
struct AlertPolicy {
    Duration window;
    uint32_t threshold;
    std::vector<std::string> aggregate_fields;
};

// Matches held until their order is settled.
constexpr size_t held_matches_max = 250'000;

// Matches → alerts. Windows run on event time, and a late match is sorted in where it belongs: any order of
// the same matches gives the same alerts, as long as no match comes after `held_max` / 2 others that are
// later than it. One that comes later still is counted in the alert that was open at its time, or else
// towards a new one. For one thread.
class AlertBook {
public:
    // One policy a rule, by its index.
    explicit AlertBook(std::vector<AlertPolicy> policies, size_t held_max = held_matches_max)
        : policies_(std::move(policies)), held_max_(held_max) {}

    void add(Match match);

    // An alert is made when `threshold` matches with equal aggregates lie within `window`, at the time of the
    // last of them; while it is open, until created_at + window, later matches add to its count; after that,
    // counting begins anew. By creation time, then key. Settles all that was added.
    std::vector<Alert> alerts();

private:
    struct Key {
        std::vector<Match> held;  // not yet in order
        KeyWindows<Match, Alert> windows;
    };

    void settle(const std::string& name, Key& key, Time before);
    void take(const std::string& name, Key& key, Match match);
    void settle_earlier_half();

    std::vector<AlertPolicy> policies_;
    size_t held_max_;
    size_t held_ = 0;
    std::map<std::string, Key> keys_;
};

}  // namespace vigia
