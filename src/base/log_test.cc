#include "base/log.h"

#include <gtest/gtest.h>

namespace vigia {
namespace {

const Time noon = *parse_rfc3339("2026-11-25T12:00:00.1239Z");

TEST(Log, WritesALineOfTextWhoseFieldsCannotBeMistaken) {
    EXPECT_EQ(log_line(LogFormat::Text, noon, LogLevel::Info, "store", "a part was sealed",
                       {{"rows", 12}, {"path", "a/b"}, {"why", "x y=\"1\"\nlevel=error"}, {"ms", 1.5}}),
              "2026-11-25T12:00:00.123Z info    store: a part was sealed rows=12 path=a/b "
              "why=\"x y=\\\"1\\\"\\nlevel=error\" ms=1.500");
}

TEST(Log, WritesAnObjectALine) {
    EXPECT_EQ(log_line(LogFormat::Json, noon, LogLevel::Warning, "http", "one\ntwo",
                       {{"status", 401U}, {"who", "\xff\x01"}}),
              "{\"time\":\"2026-11-25T12:00:00.123Z\",\"level\":\"warning\",\"component\":\"http\","
              "\"message\":\"one\\ntwo\",\"status\":401,\"who\":\"\xEF\xBF\xBD\\u0001\"}");
}

TEST(Log, AMessageOfManyLinesIsOneLineOfText) {
    EXPECT_EQ(log_line(LogFormat::Text, noon, LogLevel::Error, "sql", "one\ntwo\x1b[31m", {}),
              "2026-11-25T12:00:00.123Z error   sql: one two [31m");
}

TEST(Log, LevelsBelowTheOneThatIsSetAreNotLogged) {
    set_log(LogLevel::Warning, LogFormat::Text);
    EXPECT_FALSE(is_logged(LogLevel::Info));
    EXPECT_TRUE(is_logged(LogLevel::Error));
    set_log(LogLevel::Debug, LogFormat::Json);
    EXPECT_TRUE(is_logged(LogLevel::Debug));
    for (const LogLevel one : {LogLevel::Debug, LogLevel::Info, LogLevel::Warning, LogLevel::Error})
        EXPECT_EQ(log_level_of(name(one)), one);
    EXPECT_EQ(log_level_of("loud"), std::nullopt);
}

}  // namespace
}  // namespace vigia
