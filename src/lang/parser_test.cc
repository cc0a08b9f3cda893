// The bounds of the language: each at its limit, and one past it.
#include "lang/parser.h"

#include <gtest/gtest.h>

#include <functional>

namespace vigia {
namespace {

std::string repeat(const std::string& text, size_t count) {
    std::string out;
    for (size_t i = 0; i < count; i++) out += text;
    return out;
}

TEST(FilterText, IsUtf8) {
    const std::string text = "a = \"Jos\xc3\xa9\"\nor b = \"Jos\xe9\"";
    const ParseResult found = parse(text);
    EXPECT_FALSE(found.filter);
    ASSERT_EQ(found.diagnostics.size(), 1U);
    EXPECT_EQ(found.diagnostics[0].finding.code, "not_utf8");
    EXPECT_EQ(print_place(text, found.diagnostics[0].span.begin), "line 2, column 12");
    EXPECT_EQ(
        print(found.diagnostics[0], text),
        "or b = \"Jos\xEF\xBF\xBD\"\n           ^\nerror: the byte E9 is no UTF-8; save the filter as UTF-8");
}

TEST(FilterLimits, HoldAtTheLimitAndNotBeyond) {
    struct Limit {
        std::string_view message;
        size_t max;
        std::function<std::string(size_t)> text;
    };
    const std::vector<Limit> limits{
        {"longer than", filter_bytes_max, [](size_t n) { return "a = \"" + std::string(n - 6, 'x') + "\""; }},
        {"nested deeper", filter_depth_max,
         [](size_t n) { return repeat("(", n) + "a = 1" + repeat(")", n); }},
        {"nested deeper", filter_depth_max, [](size_t n) { return repeat("not ", n) + "a = 1"; }},
        {"conditions", filter_conditions_max, [](size_t n) { return "a = 1" + repeat(" or b = 2", n - 1); }},
        {"parts", path_segments_max, [](size_t n) { return "a" + repeat(".b", n - 1) + " = 1"; }},
    };
    for (const Limit& limit : limits) {
        EXPECT_TRUE(parse(limit.text(limit.max)).filter) << limit.message;
        const ParseResult beyond = parse(limit.text(limit.max + 1));
        EXPECT_FALSE(beyond.filter) << limit.message;
        ASSERT_FALSE(beyond.diagnostics.empty()) << limit.message;
        EXPECT_NE(beyond.diagnostics[0].message.find(limit.message), std::string::npos)
            << beyond.diagnostics[0].message;
    }
}

TEST(Diagnostics, SpansLieInsideTheText) {
    for (const std::string text :
         {"", "a =", "(((", "a = “x”", "any(", "a in (", "\xff", "a = \"\\q\"", "not", "a..b", "$x"}) {
        for (const Diagnostic& one : parse(text).diagnostics) {
            EXPECT_LE(one.span.begin, one.span.end) << text;
            EXPECT_LE(one.span.end, text.size()) << text;
        }
    }
}

}  // namespace
}  // namespace vigia
