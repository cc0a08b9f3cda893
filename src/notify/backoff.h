#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace vigia {

// How a failed delivery is tried again: 10 s after the first attempt, twice as long after each further one,
// an hour at most. 24 attempts span 7 to 16 hours: an endpoint may be away for a night.
constexpr Duration backoff_first = std::chrono::seconds{10};
constexpr Duration backoff_max = std::chrono::hours{1};
constexpr int64_t attempts_max = 24;
// A receiver that asks for more patience gets this much.
constexpr Duration retry_after_max = std::chrono::hours{24};

// How long to wait after that many attempts: between half of the time above and all of it, as `chance` has
// it, so that what failed together does not come again together.
Duration backoff(int64_t attempts, uint64_t chance);

}  // namespace vigia
