#pragma once

#include <algorithm>
#include <cstdint>
#include <ranges>
#include <span>
#include <utility>
#include <vector>

#include "base/time.h"

namespace vigia {

// How the matches of one key become alerts, whatever is kept of a match (Item, with `time`, ordered by
// in_order()) and of an alert (Made, with `first_at` and `expires_at`).
//
// An alert is made when `threshold` items lie within `window`, of all that wait within it; while it is open,
// later items are counted in it; after that, counting begins anew. Items come in order; a late one is sorted
// in where it belongs.
template <typename Item, typename Made>
class KeyWindows {
public:
    struct Policy {
        Duration window;
        uint32_t threshold;
    };

    // `open` makes an alert of its items, `count` adds one item to an alert.
    template <typename Open, typename Count>
    void take(const Policy& policy, Item item, Open open, Count count) {
        for (Made& alert : std::views::reverse(alerts_)) {
            if (item.time >= alert.first_at && item.time < alert.expires_at) return count(alert, item);
            if (alert.expires_at <= item.time) break;
        }
        const auto order = [](const Item& one) { return in_order(one); };
        auto at = waiting_.insert(std::ranges::upper_bound(waiting_, in_order(item), {}, order), item);
        // In order, the new one is the last; a late one may complete what waits behind it.
        for (; at != waiting_.end(); ++at) {
            const auto begin = std::ranges::find_if(
                waiting_, [&](const Item& one) { return at->time - one.time < policy.window; });
            if (at - begin + 1 < static_cast<std::ptrdiff_t>(policy.threshold)) continue;
            alerts_.push_back(open(std::span<const Item>(begin, at + 1)));
            waiting_.erase(begin, at + 1);
            break;
        }
        forget(policy.window);
    }

    const std::vector<Made>& alerts() const { return alerts_; }
    size_t waiting() const { return waiting_.size(); }

private:
    // What no later item can stand in a window with.
    void forget(Duration window) {
        if (waiting_.empty()) return;
        const Time latest = waiting_.back().time;
        std::erase_if(waiting_, [&](const Item& one) { return latest - one.time >= window; });
    }

    std::vector<Item> waiting_;  // in order, too few for an alert
    std::vector<Made> alerts_;
};

}  // namespace vigia
