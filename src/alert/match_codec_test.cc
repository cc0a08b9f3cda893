#include "alert/match_codec.h"

#include <gtest/gtest.h>

#include <random>

#include "base/hash.h"

namespace vigia {
namespace {

constexpr unsigned seed = 20261125;

class Random {
public:
    explicit Random(unsigned from) : engine_(from) {}
    uint64_t below(uint64_t end) { return std::uniform_int_distribution<uint64_t>(0, end - 1)(engine_); }
    uint64_t any() { return engine_(); }
    std::string text() {
        std::string out(below(4) == 0 ? below(300) : below(12), ' ');
        for (char& c : out) c = static_cast<char>(below(256));
        return out;
    }

private:
    std::mt19937_64 engine_;
};

AlertMatch any_match(Random& random) {
    AlertMatch match{.organisation = random.text(),
                     .rule_id = random.text(),
                     .rule_name = random.text(),
                     .ruleset = random.text(),
                     .rule_type = random.text(),
                     .severity = static_cast<int>(1 + random.below(3)),
                     .window = Duration{static_cast<int64_t>(1 + random.below(INT64_MAX))},
                     .threshold = static_cast<uint32_t>(1 + random.below(threshold_max)),
                     .title = random.text(),
                     .time = Time{Duration{static_cast<int64_t>(random.any())}},
                     .event_id = random.text(),
                     .event_type = random.text(),
                     .record = random.text(),
                     .account = random.text(),
                     .region = random.text(),
                     .host = random.text(),
                     .agent = random.text()};
    for (uint64_t i = random.below(aggregate_fields_max + 1); i > 0; i--)
        match.aggregates.push_back({random.text(), random.text()});
    return match;
}

BatchMatches any_batch(Random& random) {
    BatchMatches batch;
    for (uint64_t i = random.below(5); i > 0; i--) batch.matches.push_back(any_match(random));
    for (uint64_t i = random.below(5); i > 0; i--)
        batch.counts.push_back({random.text(), random.text(), random.text(), random.any(), random.any()});
    return batch;
}

// A batch may wait in an inbox while the program is replaced.
TEST(MatchCodec, WhatThePreviousVersionWroteHasNoAgents) {
    Random random(seed);
    BatchMatches batch;
    batch.matches.push_back(any_match(random));
    batch.matches[0].agent.clear();
    std::string bytes = encode(batch);
    bytes.resize(bytes.size() - 16);   // of the checksum
    bytes.erase(bytes.size() - 2, 1);  // the length of the agent, before the number of counts
    bytes[0] = 1;
    const Hash128 hash = hash128(bytes, 0);
    for (const uint64_t half : {hash.low, hash.high}) {
        for (unsigned shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(half >> shift);
    }
    const auto read = decode(bytes);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, batch);
}

TEST(MatchCodec, WhatIsEncodedReadsBackEqual) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Random random(seed);
    for (int i = 0; i < 500; i++) {
        const BatchMatches batch = any_batch(random);
        const auto back = decode(encode(batch));
        ASSERT_TRUE(back) << "batch " << i;
        EXPECT_EQ(*back, batch) << "batch " << i;
    }
}

TEST(MatchCodec, DamageIsCorruptWhereverItIs) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Random random(seed);
    for (int i = 0; i < 5000; i++) {
        const std::string whole = encode(any_batch(random));
        std::string damaged = whole;
        switch (random.below(3)) {
            case 0:
                damaged.resize(random.below(damaged.size()));
                break;
            case 1:
                damaged[random.below(damaged.size())] ^= static_cast<char>(1 + random.below(255));
                break;
            default:
                damaged.insert(random.below(damaged.size() + 1), std::string(1 + random.below(9), '\xff'));
        }
        const auto read = decode(damaged);
        ASSERT_FALSE(read) << "damage " << i;
        EXPECT_EQ(read.error().kind, ErrorKind::Corrupt);
    }
    for (size_t bytes = 0; bytes < 200; bytes++) EXPECT_FALSE(decode(std::string(bytes, '\x01')));
}

TEST(MatchCodec, ValuesOutOfTheirBoundsAreCorrupt) {
    const auto is_refused = [](auto change) {
        BatchMatches batch{.matches = {AlertMatch{.organisation = "o"}}};
        change(batch.matches[0]);
        const auto read = decode(encode(batch));
        return !read && read.error().kind == ErrorKind::Corrupt;
    };
    EXPECT_FALSE(is_refused([](AlertMatch&) {}));
    EXPECT_TRUE(is_refused([](AlertMatch& match) { match.severity = severity_lowest + 1; }));
    EXPECT_TRUE(is_refused([](AlertMatch& match) { match.severity = severity_highest - 1; }));
    EXPECT_TRUE(is_refused([](AlertMatch& match) { match.threshold = 0; }));
    EXPECT_TRUE(is_refused([](AlertMatch& match) { match.threshold = threshold_max + 1; }));
    EXPECT_TRUE(is_refused([](AlertMatch& match) { match.window = Duration{0}; }));
    EXPECT_TRUE(is_refused([](AlertMatch& match) { match.aggregates.resize(aggregate_fields_max + 1); }));
}

}  // namespace
}  // namespace vigia
