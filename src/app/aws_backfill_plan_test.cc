#include "app/aws_backfill_plan.h"

#include <gtest/gtest.h>

namespace vigia {

namespace {

std::string span(const char* prefix) {
    const auto found = span_of_prefix(prefix);
    return found ? format_rfc3339(found->from) + " " + format_rfc3339(found->until) : "";
}

TEST(BackfillPlan, KnowsTheDaysOfAPrefix) {
    const std::string trail = "AWSLogs/111122223333/CloudTrail/eu-west-1/";
    EXPECT_EQ(span((trail + "2024/").c_str()), "2024-01-01T00:00:00Z 2025-01-01T00:00:00Z");
    EXPECT_EQ(span((trail + "2024/12/").c_str()), "2024-12-01T00:00:00Z 2025-01-01T00:00:00Z");
    EXPECT_EQ(span((trail + "2024/02/29/").c_str()), "2024-02-29T00:00:00Z 2024-03-01T00:00:00Z");
    for (const char* const prefix : {"", "AWSLogs/111122223333/", "a/2024", "a/2024/13/", "a/2023/02/29/",
                                     "a/2024/1/", "a/2024/x/", "a/1999/"})
        EXPECT_EQ(span(prefix), "") << prefix;
}

TEST(BackfillPlan, KnowsWhenAFileWasWritten) {
    const auto time = [](const char* key) {
        const auto found = time_of_key(key);
        return found ? format_rfc3339(*found) : "";
    };
    EXPECT_EQ(time("a/111122223333_CloudTrail_eu-west-1_20261126T0730Z_x.json.gz"), "2026-11-26T07:30:00Z");
    for (const char* const key : {"", "x", "a_20261126T0730Z", "a_20261326T0730Z_x", "20261126T0730Z_x"})
        EXPECT_EQ(time(key), "") << key;
}

TEST(BackfillPlan, RefusesWhatCannotBe) {
    const AwsBackfill right{.bucket = "trail", .prefix = "AWSLogs/"};
    EXPECT_TRUE(check_backfill(right));
    for (const auto& wrong :
         {AwsBackfill{.bucket = "a/b"}, AwsBackfill{.region = "../", .bucket = "trail"},
          AwsBackfill{.bucket = "trail", .prefix = std::string(1'025, 'x')},
          AwsBackfill{.bucket = "trail", .prefix = "\xff"},
          AwsBackfill{
              .bucket = "trail", .from = Time{std::chrono::hours{2}}, .until = Time{std::chrono::hours{2}}}})
        EXPECT_EQ(check_backfill(wrong).error().kind, ErrorKind::BadInput);
}

}  // namespace

}  // namespace vigia
