#include "lang/explain.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>

#include "model/fields.h"

namespace vigia {
namespace {

constexpr FieldCatalogue any_fields{"", true, "", "", {}, {}};

Json text(std::string_view content) { return {.kind = Json::Kind::Text, .text = content, .raw = content}; }

// Explains a filter over {"a": [text …]}.
class Explained : public testing::Test {
protected:
    const Explanation& of(const std::string& filter, const std::vector<std::string>& values) {
        parsed_ = parse(filter);
        EXPECT_TRUE(parsed_.filter) << filter;
        values_ = values;
        Json list{.kind = Json::Kind::Array};
        for (const std::string& one : values_) list.elements.push_back(text(one));
        record_ = {.kind = Json::Kind::Object};
        record_.members.push_back({"a", std::move(list)});
        made_ = explain(*parsed_.filter, record_, {any_fields, lists_});
        return made_;
    }

private:
    NamedLists lists_;
    ParseResult parsed_;
    std::vector<std::string> values_;
    Json record_;
    Explanation made_;
};

TEST_F(Explained, PartsHaveTheirPlacesInTheFilter) {
    const Explanation& all = of("a = \"x\"  and (a = \"y\" or not a exists)", {"x"});
    EXPECT_EQ(all.verdict, Truth::False);
    EXPECT_EQ(all.part->span, (Span{0, 38}));
    ASSERT_EQ(all.children.size(), 2U);
    EXPECT_EQ(all.children[0].verdict, Truth::True);
    EXPECT_EQ(all.children[0].part->span, (Span{0, 7}));
    EXPECT_EQ(all.children[1].part->span, (Span{14, 37}));
    EXPECT_EQ(all.children[1].children[1].part->span, (Span{25, 37}));
    EXPECT_EQ(kind_of(*all.children[1].children[1].part), "not");
}

TEST_F(Explained, ValuesAreBoundedInNumber) {
    std::vector<std::string> values;
    for (size_t i = 0; i < explained_values_max; i++) values.push_back(fmt::to_string(i));
    const ExplainedField at_limit = of("a exists", values).fields.at(0);
    EXPECT_EQ(at_limit.values.size(), explained_values_max);
    EXPECT_EQ(at_limit.count, explained_values_max);
    values.emplace_back("one more");
    const ExplainedField past_it = of("a exists", values).fields.at(0);
    EXPECT_EQ(past_it.values.size(), explained_values_max);
    EXPECT_EQ(past_it.count, explained_values_max + 1);
}

TEST_F(Explained, ValuesAreBoundedInLengthByWholeCharacters) {
    const std::string whole(explained_value_bytes_max, 'x');
    const ExplainedValue at_limit = of("a exists", {whole}).fields.at(0).values.at(0);
    EXPECT_EQ(at_limit.text, whole);
    EXPECT_FALSE(at_limit.cut);
    const std::string beginning(explained_value_bytes_max - 1, 'x');
    const ExplainedValue past_it = of("a exists", {beginning + "é"}).fields.at(0).values.at(0);
    EXPECT_EQ(past_it.text, beginning);
    EXPECT_TRUE(past_it.cut);
}

TEST_F(Explained, WithoutAnElementItsConditionsAreUndecided) {
    const Explanation& all = of("all(b, c = \"x\")", {});
    EXPECT_EQ(all.verdict, Truth::True);
    EXPECT_EQ(all.elements, 0U);
    EXPECT_FALSE(all.element);
    ASSERT_EQ(all.children.size(), 1U);
    EXPECT_EQ(all.children[0].verdict, Truth::Undecided);
    EXPECT_TRUE(all.children[0].fields.empty());
}

}  // namespace
}  // namespace vigia
