#include "app/text_diff.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <sstream>
#include <vector>

namespace vigia {
namespace {

using Lines = std::vector<std::string>;

std::string joined(const Lines& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

// The text with the hunks of the diff applied to it, as `patch` does.
std::string patched(const Lines& before, const std::string& diff) {
    std::istringstream stream(diff);
    Lines after;
    size_t taken = 0;
    for (std::string line; std::getline(stream, line);) {
        if (line.starts_with("---") || line.starts_with("+++")) continue;
        if (line.starts_with("@@")) {
            const size_t comma = line.find(',');
            const bool is_empty = comma < line.find(" +") && line.substr(comma, 3) == ",0 ";
            const size_t first = std::stoul(line.substr(4)) - (is_empty ? 0 : 1);
            while (taken < first) after.push_back(before.at(taken++));
            continue;
        }
        if (line[0] != '+') {
            EXPECT_EQ(before.at(taken++), line.substr(1));
        }
        if (line[0] != '-') after.push_back(line.substr(1));
    }
    while (taken < before.size()) after.push_back(before[taken++]);
    return joined(after);
}

TEST(TextDiff, ShowsThreeLinesAroundEachChange) {
    EXPECT_EQ(unified_diff("a\n", "a\n", "x", "y"), "");
    EXPECT_EQ(unified_diff("1\n2\n3\n4\n5\n6\n7\n8\n", "1\n2\n3\n4\nfive\n6\n7\n8\n", "old", "new"),
              "--- old\n+++ new\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
    EXPECT_EQ(unified_diff("", "a\n", "old", "new"), "--- old\n+++ new\n@@ -0,0 +1 @@\n+a\n");
}

TEST(TextDiff, AppliedToTheOneTextGivesTheOther) {
    const unsigned seed = std::random_device()();
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937 random(seed);
    const auto lines = [&] {
        Lines made(random() % 40);
        for (std::string& line : made) line = std::string(1, static_cast<char>('a' + random() % 4));
        return made;
    };
    for (int round = 0; round < 500; round++) {
        const Lines before = lines();
        Lines after = random() % 2 == 0 ? lines() : before;
        if (!after.empty()) after[random() % after.size()] = "changed";
        EXPECT_EQ(patched(before, unified_diff(joined(before), joined(after), "a", "b")), joined(after));
    }
}

TEST(TextDiff, OfVeryManyLinesShowsThemAsReplaced) {
    Lines before, after;
    for (int i = 0; i < 3000; i++) {
        before.push_back(fmt::format("before {}", i));
        after.push_back(fmt::format("after {}", i));
    }
    EXPECT_EQ(patched(before, unified_diff(joined(before), joined(after), "a", "b")), joined(after));
}

}  // namespace
}  // namespace vigia
