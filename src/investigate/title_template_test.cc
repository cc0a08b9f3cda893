#include "investigate/title_template.h"

#include <gtest/gtest.h>

#include <array>

namespace vigia {
namespace {

constexpr std::string_view called = "{user|somebody} called {name}[ from {ip}][ ({error})]";

TEST(TitleTemplate, NamesItsParametersOnce) {
    EXPECT_EQ(title_parameter_names(called), (std::vector<std::string_view>{"user", "name", "ip", "error"}));
    EXPECT_EQ(title_parameter_names("{a} and {a|none}"), std::vector<std::string_view>{"a"});
    EXPECT_TRUE(title_parameter_names("nothing").empty());
}

TEST(TitleTemplate, PutsValuesInTheirPlaces) {
    const auto all = std::to_array<TitleParameter>(
        {{"user", "alice"}, {"name", "GetObject"}, {"ip", "203.0.113.7"}, {"error", "AccessDenied"}});
    EXPECT_EQ(render_title(called, all), "alice called GetObject from 203.0.113.7 (AccessDenied)");
}

TEST(TitleTemplate, LeavesOutWhatHasNoValue) {
    const auto some =
        std::to_array<TitleParameter>({{"user", ""}, {"name", "GetObject"}, {"error", "Throttled"}});
    EXPECT_EQ(render_title(called, some), "somebody called GetObject (Throttled)");
    EXPECT_EQ(render_title(called, {}), "somebody called ");
}

TEST(TitleTemplate, TakesNoValueForATemplate) {
    const auto sly =
        std::to_array<TitleParameter>({{"user", "{name}"}, {"name", "[ from {ip}]"}, {"ip", "}"}});
    EXPECT_EQ(render_title(called, sly), "{name} called [ from {ip}] from }");
}

}  // namespace
}  // namespace vigia
