#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "base/time.h"

namespace vigia {

constexpr std::chrono::minutes rate_window{1};

// Counts calls by name, within a window from the first of them on. In memory, for one process. Safe to use
// from many threads.
class RateLimit {
public:
    explicit RateLimit(const Clock& clock) : clock_(clock) {}

    struct Left {
        bool allowed = false;
        int64_t calls = 0;                   // that may still come in this window
        std::chrono::milliseconds reset{0};  // until the next one begins, at least 1
    };
    // Counts a call, of which there may be `calls_max` in a window. Names are not forgotten: they must be
    // few.
    Left take(const std::string& name, int64_t calls_max);

private:
    struct Window {
        Time begin;
        int64_t calls = 0;
    };
    const Clock& clock_;
    std::mutex mutex_;
    std::map<std::string, Window> windows_;
};

}  // namespace vigia
