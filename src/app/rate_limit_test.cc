#include "app/rate_limit.h"

#include <gtest/gtest.h>

namespace vigia {
namespace {

TEST(RateLimit, LetsSoManyInWithinAWindow) {
    FakeClock clock(*parse_rfc3339("2026-11-25T10:00:00Z"));
    RateLimit limit(clock);
    for (int64_t left = 2; left >= 0; left--) {
        const RateLimit::Left one = limit.take("acme", 3);
        EXPECT_TRUE(one.allowed);
        EXPECT_EQ(one.calls, left);
        EXPECT_EQ(one.reset, rate_window);
    }
    clock.advance(std::chrono::microseconds{59'999'500});
    const RateLimit::Left refused = limit.take("acme", 3);
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.calls, 0);
    EXPECT_EQ(refused.reset.count(), 1);
    EXPECT_TRUE(limit.take("other", 3).allowed) << "each name has its own";
    clock.advance(std::chrono::microseconds{500});
    EXPECT_EQ(limit.take("acme", 3).calls, 2);
    EXPECT_EQ(limit.take("acme", 1).calls, 0) << "the limit may change meanwhile";
    EXPECT_FALSE(limit.take("acme", 1).allowed);
    clock.advance(-std::chrono::hours{1});
    EXPECT_TRUE(limit.take("acme", 1).allowed) << "a clock that is set back locks nobody out";
}

}  // namespace
}  // namespace vigia
