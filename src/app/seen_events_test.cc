#include "app/seen_events.h"

#include <gtest/gtest.h>

namespace vigia {
namespace {

Hash128 id(uint64_t number) { return hash128(std::to_string(number), 7); }

TEST(SeenEvents, KnowsEveryIdOfAGenerationAndForgetsTheOneBeforeTheLast) {
    SeenEvents seen(10'000);
    for (uint64_t i = 0; i < 20'000; i++) ASSERT_TRUE(seen.insert(id(i))) << i;
    for (uint64_t i = 0; i < 20'000; i++) ASSERT_FALSE(seen.insert(id(i))) << i;
    ASSERT_TRUE(seen.insert(id(20'000)));
    EXPECT_TRUE(seen.insert(id(0)));
    EXPECT_FALSE(seen.insert(id(10'000)));
}

TEST(SeenEvents, TakesTheHashOfZeroes) {
    SeenEvents seen;
    EXPECT_TRUE(seen.insert({}));
    EXPECT_FALSE(seen.insert({}));
}

}  // namespace
}  // namespace vigia
