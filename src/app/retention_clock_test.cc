#include "app/retention_clock.h"

#include <gtest/gtest.h>

namespace vigia {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr Time begin{std::chrono::seconds{1'780'000'000}};

// A machine whose clock can be set; it is asked every minute.
class Machine {
public:
    explicit Machine(Time last = begin) : retention_(last) {}

    Time run(Duration time) {
        Time at = retention_.at(clock, steady_);
        for (Duration passed{0}; passed < time; passed += minutes{1}) {
            clock += minutes{1};
            steady_ += minutes{1};
            at = retention_.at(clock, steady_);
        }
        return at;
    }

    Time clock = begin;

private:
    SteadyTime steady_{hours{100}};
    RetentionClock retention_;
};

TEST(RetentionClock, FollowsAClockThatIsRight) {
    Machine machine;
    EXPECT_EQ(machine.run(days{3}), begin + days{3});
}

TEST(RetentionClock, TakesNoNoticeOfAMoment) {
    Machine machine;
    machine.run(hours{1});
    machine.clock += days{400};
    EXPECT_EQ(machine.run(minutes{50}), begin + hours{1} + minutes{50});
    machine.clock -= days{400};
    EXPECT_EQ(machine.run(hours{30}), machine.clock);
}

TEST(RetentionClock, TakesNoNoticeOfAJumpBeforeItIsFirstAsked) {
    Machine machine;
    machine.clock += days{400};
    EXPECT_EQ(machine.run(minutes{50}), begin + minutes{50});
}

TEST(RetentionClock, CatchesUpByADayAnHour) {
    Machine machine;
    machine.run(hours{1});
    machine.clock += days{10};
    const Time settled = machine.run(hours{1});
    EXPECT_LT(settled, begin + hours{3});
    EXPECT_LE(machine.run(hours{2}), settled + days{2} + hours{1});
    EXPECT_EQ(machine.run(hours{12}), machine.clock);
}

TEST(RetentionClock, GoesBackAtOnce) {
    Machine machine;
    machine.run(hours{1});
    machine.clock -= days{5};
    EXPECT_EQ(machine.run(minutes{1}), machine.clock);
    EXPECT_EQ(machine.run(hours{2}), machine.clock);
}

TEST(RetentionClock, TakesALongPauseForAJump) {
    Machine after_pause(begin - days{30});
    EXPECT_LE(after_pause.run(minutes{59}), begin - days{30} + hours{1});
    EXPECT_EQ(after_pause.run(hours{40}), after_pause.clock);
    Machine after_restart(begin - minutes{2});
    EXPECT_EQ(after_restart.run(minutes{1}), begin + minutes{1});
    Machine from_the_future(begin + days{300});
    EXPECT_EQ(from_the_future.run(minutes{1}), begin + minutes{1});
}

}  // namespace
}  // namespace vigia
