#include "investigate/event_title.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace vigia {
namespace {

TEST(EventTitle, SaysEachCodeOnce) {
    std::set<std::string_view> codes;
    for (const TitleSentence& one : title_sentences()) EXPECT_TRUE(codes.insert(one.code).second) << one.code;
}

// An event of which nothing is known but its type and kind still has a sentence.
TEST(EventTitle, HasASentenceForEachTypeAndKind) {
    constexpr auto types = std::to_array<std::string_view>(
        {"cloudtrail", "awsevent", "audit", "file", "login", "host", "container", "threatintel", "winsec",
         "kubernetes_audit", "kubernetes_config", "another"});
    constexpr auto kinds =
        std::to_array<std::string_view>({"", "start", "connect", "open", "create", "modify", "delete", "move",
                                         "attrib", "login", "logout", "failed", "exec", "die", "destroy"});
    std::set<std::string_view> codes;
    for (const std::string_view type : types) {
        for (const std::string_view kind : kinds) {
            EventTexts texts;
            texts.set("kind", kind);
            const EventTitle title = event_title(type, texts);
            EXPECT_FALSE(title.text.empty()) << type << " " << kind;
            EXPECT_EQ(title.text.find_first_of("{}[]|"), std::string::npos) << title.text;
            codes.insert(title.code);
        }
    }
    EXPECT_EQ(codes.size(), title_sentences().size()) << "a sentence that nothing says";
}

}  // namespace
}  // namespace vigia
