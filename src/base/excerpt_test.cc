#include "base/excerpt.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace vigia {
namespace {

TEST(Excerpt, ShowsTextAsItIs) {
    EXPECT_EQ(excerpt(""), "");
    EXPECT_EQ(excerpt(R"({"user":"ana \"x\" <b>"})"), R"({"user":"ana \"x\" <b>"})");
    EXPECT_EQ(excerpt("olá, 世界 🦉"), "olá, 世界 🦉");
}

TEST(Excerpt, EscapesWhatWouldNotBeSeen) {
    EXPECT_EQ(excerpt("a\r\n\tb"), "a\\r\\n\\tb");
    EXPECT_EQ(excerpt(std::string_view("\x1f\x8b\x08\0", 4)), "\\x1f\\x8b\\x08\\x00");
    EXPECT_EQ(excerpt("\x1b[31mred\x7f"), "\\x1b[31mred\\x7f");
    EXPECT_EQ(excerpt("a\xE2\x80\xAE"
                      "b"),
              "a\\u202eb");
    EXPECT_EQ(excerpt("a\xC2\x9B"
                      "b\xEF\xBB\xBF"),
              "a\\u009bb\\ufeff");
    EXPECT_EQ(excerpt("caf\xE9 \xC3"), "caf\\xe9 \\xc3");
    EXPECT_EQ(excerpt("\xED\xA0\x80"), "\\xed\\xa0\\x80");
}

TEST(Excerpt, EndsAtItsBound) {
    const std::string whole(excerpt_characters_max, 'x');
    EXPECT_EQ(excerpt(whole), whole);
    EXPECT_EQ(excerpt(whole + "y"), whole + "…");
    std::string owls;
    for (size_t i = 0; i < 2 * excerpt_characters_max; i++) owls += "🦉";
    const std::string shown = excerpt(owls);
    EXPECT_TRUE(is_utf8(shown));
    EXPECT_EQ(characters(shown), excerpt_characters_max + 1);
    // What is cut before it is read shows the same.
    EXPECT_EQ(excerpt(owls.substr(0, excerpt_bytes_max)), shown);
}

}  // namespace
}  // namespace vigia
