#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "base/time.h"

namespace vigia {

// How many may fail before one must wait; then 1 s, doubled with each failure, up to login_wait_max.
constexpr uint32_t account_failures_free = 5;
constexpr uint32_t origin_failures_free = 20;
constexpr std::chrono::minutes login_wait_max{15};
// What is known of a name is forgotten so long after its last failure.
constexpr std::chrono::hours login_memory{24};
// Names that are known at a time; then the one whose last failure is oldest goes.
constexpr size_t login_names_max = 100'000;

// Slows down whoever guesses: counts failures by name (an account, an address), in memory alone. Safe to use
// from many threads.
class LoginThrottle {
public:
    LoginThrottle(const Clock& clock, uint32_t failures_free) : clock_(clock), free_(failures_free) {}

    // Counts an attempt as a failure until it is known to be none, so that many at once are counted, too.
    // Busy, with the seconds to wait, when it comes too soon; such an attempt does not count.
    Result<void> begin(const std::string& name);
    // Takes the one attempt back.
    void take_back(const std::string& name);
    // Knows nothing of the name any more.
    void forget(const std::string& name);

private:
    struct Entry {
        uint32_t failures = 0;
        Time last;
        std::list<std::string>::iterator place;
    };
    void drop_old(Time now);
    void drop(const std::string& name);

    const Clock& clock_;
    uint32_t free_;
    std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;
    std::list<std::string> by_age_;  // the oldest failure first
};

}  // namespace vigia
