#include "app/retention_clock.h"

#include <algorithm>

namespace vigia {

Time RetentionClock::at(Time clock, SteadyTime steady) {
    const Duration passed = clock_ ? steady - steady_ : Duration{0};
    const Duration jumped = clock - (clock_ ? *clock_ + passed : at_);
    if (jumped > clock_jump_min || jumped < -clock_jump_min) settled_ = steady + clock_settle;
    const Duration most = steady < settled_ ? passed : passed * retention_catch_up;
    clock_ = clock;
    steady_ = steady;
    at_ = std::min(clock, at_ + most);
    return at_;
}

}  // namespace vigia
