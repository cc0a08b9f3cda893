#include "app/rate_limit.h"

#include <algorithm>

namespace vigia {

RateLimit::Left RateLimit::take(const std::string& name, int64_t calls_max) {
    const Time now = clock_.now();
    const std::lock_guard lock(mutex_);
    Window& window = windows_[name];
    // A clock that was set back begins anew, too.
    if (now < window.begin || now >= window.begin + rate_window) window = {now, 0};
    Left left{.allowed = window.calls < calls_max};
    if (left.allowed) window.calls++;
    left.calls = std::max<int64_t>(calls_max - window.calls, 0);
    left.reset = std::chrono::ceil<std::chrono::milliseconds>(window.begin + rate_window - now);
    return left;
}

}  // namespace vigia
