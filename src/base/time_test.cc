#include "base/time.h"

#include <gtest/gtest.h>

namespace vigia {
namespace {

TEST(Time, ReadsAndPrintsRfc3339) {
    for (const auto* text : {"2024-02-29T23:59:59Z", "1970-01-01T00:00:00Z", "2026-03-04T10:11:12.5Z",
                             "2026-03-04T10:11:12.000000001Z"}) {
        const auto time = parse_rfc3339(text);
        ASSERT_TRUE(time) << text;
        EXPECT_EQ(text, format_rfc3339(*time));
    }
    EXPECT_EQ(parse_rfc3339("2026-03-04T11:00:00+01:00"), parse_rfc3339("2026-03-04T10:00:00Z"));
    EXPECT_EQ(parse_rfc3339("2026-03-04T11:00:00+0100"), parse_rfc3339("2026-03-04T10:00:00Z"));
}

TEST(Time, RefusesWhatIsNone) {
    for (const auto* text : {"", "2023-02-29T00:00:00Z", "2026-03-04", "Jul 3, 2023, 11:42:38 AM",
                             "1.688560107857E9", "2026-03-04T10:11:12", "2026-03-04T24:00:00Z",
                             "2026-03-04T10:11:12.Z", "0001-01-01T00:00:00Z", "2026-13-04T10:11:12Z"}) {
        EXPECT_FALSE(parse_rfc3339(text)) << text;
    }
}

TEST(Time, ReadsMillisecondsSince1970) {
    const auto read = [](std::string_view text) {
        const auto time = parse_epoch_ms(text);
        return time ? format_rfc3339(*time) : "none";
    };
    EXPECT_EQ(read("1654113399912"), "2022-06-01T19:56:39.912Z");
    EXPECT_EQ(read("0"), "1970-01-01T00:00:00Z");
    EXPECT_EQ(read("9223372036854"), "2262-04-11T23:47:16.854Z");
    for (const auto* text :
         {"9223372036855", "99999999999999999999", "-1", "-0", "+1", "1.5", "1e3", " 1", "1 ", ""})
        EXPECT_EQ(read(text), "none") << text;
}

TEST(Duration, ReadsAndPrints) {
    EXPECT_EQ(parse_duration("90s"), std::chrono::seconds(90));
    EXPECT_EQ(parse_duration("366d"), std::chrono::days(366));
    for (const auto* text : {"367d", "0s", "5", "h", "-1h", "1.5h", "24 h"})
        EXPECT_FALSE(parse_duration(text)) << text;
    for (const auto* text : {"90s", "15m", "24h", "7d"})
        EXPECT_EQ(text, format_duration(*parse_duration(text)));
}

}  // namespace
}  // namespace vigia
