#include "app/v2_values.h"

#include <gtest/gtest.h>

#include <random>

namespace vigia {
namespace {

std::string read(std::string_view text) {
    const auto time = parse_v2_time(text);
    return time ? format_rfc3339(*time) : "none";
}

TEST(V2Time, IsReadInEveryPrecision) {
    EXPECT_EQ(read("2026"), "2026-01-01T00:00:00Z");
    EXPECT_EQ(read("2026-11"), "2026-11-01T00:00:00Z");
    EXPECT_EQ(read("2026-11-25"), "2026-11-25T00:00:00Z");
    EXPECT_EQ(read("2026-11-25T10"), "2026-11-25T10:00:00Z");
    EXPECT_EQ(read("2026-11-25T10:30"), "2026-11-25T10:30:00Z");
    EXPECT_EQ(read("2026-11-25T10:30Z"), "2026-11-25T10:30:00Z");
    EXPECT_EQ(read("2026-11-25T10:30:15"), "2026-11-25T10:30:15Z");
    EXPECT_EQ(read("2026-11-25 10:30:15"), "2026-11-25T10:30:15Z");
    EXPECT_EQ(read("2026-11-25T10:30:15.123456"), "2026-11-25T10:30:15.123456Z");
    EXPECT_EQ(read("2026-11-25T10:30:15.5+01:00"), "2026-11-25T09:30:15.5Z");
    EXPECT_EQ(read("2026-11-25T10:30:15-0100"), "2026-11-25T11:30:15Z");
}

TEST(V2Time, IsNothingElse) {
    for (const char* const text : {"",
                                   "26",
                                   "20261",
                                   "2026-",
                                   "2026-1",
                                   "2026-13",
                                   "2026-02-30",
                                   "2026-11-25T",
                                   "2026-11-25T1",
                                   "2026-11-25T10:",
                                   "2026-11-25T10:30.5",
                                   "2026-11-25.5",
                                   "2026-11-25T10:30:15.",
                                   "2026-11-25T10:30:15+",
                                   "2026-11-25T10:30:15Z1",
                                   "2026-11-25X10",
                                   "2026-11-25T24",
                                   "yesterday",
                                   "1732531200",
                                   "2026-11-25Z"})
        EXPECT_EQ(read(text), "none") << text;
}

TEST(V2Time, IsWrittenToTheMillisecond) {
    EXPECT_EQ(format_v2_time(*parse_v2_time("2026-11-25")), "2026-11-25T00:00:00.000Z");
    EXPECT_EQ(format_v2_time(*parse_v2_time("2026-11-25T10:30:15.0129")), "2026-11-25T10:30:15.012Z");
    EXPECT_EQ(format_v2_time(Time{Duration{-1}}), "1969-12-31T23:59:59.999Z");
}

TEST(V2Token, ReadsBackEqual) {
    constexpr unsigned seed = 20261125;
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    const auto text = [&] {
        std::string out(random() % 20, ' ');
        for (char& c : out) c = static_cast<char>(' ' + random() % 95);
        return out;
    };
    for (int i = 0; i < 1000; i++) {
        V2Query query{.list = "alerts", .parameters = {}, .cursor = text()};
        for (size_t count = random() % 5; count > 0; count--) query.parameters.emplace_back(text(), text());
        const auto token = write_v2_token(query);
        ASSERT_TRUE(token) << token.error().message;
        EXPECT_EQ(token->find_first_not_of("0123456789abcdef"), std::string::npos) << *token;
        const auto read = read_v2_token("alerts", *token);
        ASSERT_TRUE(read) << read.error().message << " " << *token;
        EXPECT_EQ(*read, query);
        EXPECT_FALSE(read_v2_token("rulesets", *token));
    }
}

TEST(V2Token, IsRefusedWhenItIsNone) {
    for (const std::string& token :
         {std::string(), std::string("0"), std::string("zz"), std::string("00"), std::string("ff"),
          std::string("616c65727473"),  // "alerts"
          std::string(v2_token_bytes_max + 2, '6')}) {
        const auto read = read_v2_token("alerts", token);
        ASSERT_FALSE(read) << token;
        EXPECT_EQ(read.error().kind, ErrorKind::BadInput);
    }
    const V2Query long_one{
        .list = "alerts", .parameters = {{"x", std::string(v2_token_bytes_max, 'x')}}, .cursor = "c"};
    EXPECT_FALSE(write_v2_token(long_one));
}

}  // namespace
}  // namespace vigia
