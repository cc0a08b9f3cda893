#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "detect/rule_set.h"

namespace vigia {

// The rule set in force. Whoever detects takes it at the beginning of each batch, and keeps what it took
// until the batch is done: a change is in force with the next batch, whole.
class LiveRules {
public:
    explicit LiveRules(std::shared_ptr<const RuleSet> rules) : rules_(std::move(rules)) {}

    std::shared_ptr<const RuleSet> get() const {
        const std::lock_guard lock(mutex_);
        return rules_;
    }

    void swap(std::shared_ptr<const RuleSet> rules) {
        {
            const std::lock_guard lock(mutex_);
            rules_.swap(rules);
        }
        // The old set goes here, outside of the lock, or with the last batch that holds it.
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const RuleSet> rules_;
};

}  // namespace vigia
