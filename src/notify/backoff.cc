#include "notify/backoff.h"

#include <algorithm>

namespace vigia {

Duration backoff(int64_t attempts, uint64_t chance) {
    Duration whole = backoff_first;
    for (int64_t i = 1; i < attempts && whole < backoff_max; i++) whole *= 2;
    whole = std::min(whole, backoff_max);
    const Duration half = whole / 2;
    return half + Duration{static_cast<int64_t>(chance % static_cast<uint64_t>(half.count() + 1))};
}

}  // namespace vigia
