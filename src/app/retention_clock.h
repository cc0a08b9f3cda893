#pragma once

#include <optional>

#include "base/time.h"

namespace vigia {

// The time of day for those who remove what is old, which cannot be taken back. A clock may lie for a moment:
// a battery that is empty, a server of time that is wrong, a mistake. So this one goes back with the clock at
// once and forward only slowly: after a jump, and after a time in which nobody asked, it goes no faster than
// time itself until the clock has been steady for an hour, and then catches up by a day each hour. For one
// thread, which asks every few seconds or oftener.
class RetentionClock {
public:
    // `last` is what an earlier process was answered last; of the first one, when it began.
    explicit RetentionClock(Time last) : at_(last) {}

    // What it is by the clock, and how long a process has gone on by one that never jumps.
    Time at(Time clock, SteadyTime steady);

private:
    Time at_;
    std::optional<Time> clock_;  // when it was asked last; so below
    SteadyTime steady_;
    SteadyTime settled_;  // when the clock will have been steady for long enough
};

// What is no jump yet: clocks are corrected by so much all the time, and a restart takes as long.
constexpr std::chrono::minutes clock_jump_min{5};
constexpr std::chrono::hours clock_settle{1};
constexpr int retention_catch_up = 24;

}  // namespace vigia
