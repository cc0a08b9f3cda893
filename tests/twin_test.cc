// The indexed rule set gives the verdict of each rule by itself, for random filters over random records. The
// seed is printed with a failure.
#include <gtest/gtest.h>

#include <random>

#include "app/rule_files.h"
#include "lang/tree_walk.h"
#include "normalise/catalogue.h"
#include "normalise/normaliser.h"

namespace vigia {
namespace {

class Maker {
public:
    explicit Maker(uint64_t seed) : random_(seed) {}

    size_t below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }

    template <typename T, size_t N>
    const T& one_of(const std::array<T, N>& items) {
        return items[below(N)];
    }

    std::string filter(size_t depth) {
        const size_t kind = depth == 0 ? 0 : below(6);
        if (kind == 1) return "(" + filter(depth - 1) + " and " + filter(depth - 1) + ")";
        if (kind == 2) return "(" + filter(depth - 1) + " or " + filter(depth - 1) + ")";
        if (kind == 3) return "not " + filter(depth - 1);
        if (kind == 4) return "any(requestParameters.items, " + filter(0) + ")";
        return condition();
    }

    std::string record() {
        return R"({"eventSource":)" + value() + R"(,"eventName":)" + value() + R"(,"errorCode":)" + value() +
               R"(,"requestParameters":{"a":)" + value() + R"(,"a.b":)" + value() + R"(,"items":[{"a":)" +
               value() + R"(,"eventName":)" + value() + R"(},)" + value() + "]}}";
    }

private:
    std::string condition() {
        static constexpr auto fields = std::to_array<std::string_view>(
            {"eventSource", "eventName", "eventName", "eventSource", "errorCode", "requestParameters.a",
             "requestParameters.a.b", "requestParameters.items.a", "user", "event_type", "a",
             "lower(eventName)", "length(eventName)", "count(requestParameters.items)",
             "text(requestParameters.a)"});
        static constexpr auto rights = std::to_array<std::string_view>(
            {"= \"x\"", "!= \"x\"", "= 1", "> 0", "<= \"b\"", "= null", "!= null", "exists", "is not null",
             "in (\"x\", 1, true)", "not in (\"x\", null)", "like \"x\"", "starts_with (\"x\", \"y\")",
             "ends_with \"y\"", "glob \"*x*\"", "matches \"^x\"", "= true", "= eventName", "!= errorCode"});
        return std::string(one_of(fields)) + " " + std::string(one_of(rights));
    }

    std::string value() {
        static constexpr auto values =
            std::to_array<std::string_view>({"\"x\"", "\"X\"", "\"xy\"", "1", "\"1\"", "0", "true", "null",
                                             "[]", "[\"x\",1]", "{\"b\":\"x\"}", "\"\"", "1.0"});
        return std::string(one_of(values));
    }

    std::mt19937_64 random_;
};

TEST(Twin, IndexedRuleSetEqualsEachRuleAlone) {
    const uint64_t seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    Maker maker(seed);
    std::vector<CheckedRule> rules;
    std::vector<ast::Filter> filters;
    while (rules.size() < 200) {
        Rule rule{.id = std::to_string(rules.size()), .filter = maker.filter(3)};
        CheckedRuleResult checked = check_rule(std::move(rule), all_catalogues(), {});
        if (!checked.rule) continue;
        filters.push_back(ast::clone(checked.rule->filter));
        rules.push_back(std::move(*checked.rule));
    }
    Detector detector(std::make_shared<const RuleSet>(std::move(rules), NamedLists{}, all_catalogues()));
    const NamedLists lists;
    const TreeContext context{catalogue(EventType::CloudTrail), lists};
    Normaliser normaliser;
    size_t events = 0;
    for (size_t i = 0; i < 500; i++) {
        const auto done = normaliser.normalise(maker.record(), [&](const Event& event) {
            events++;
            std::vector<uint32_t> expected, found;
            for (uint32_t r = 0; r < filters.size(); r++) {
                if (holds(filters[r], *event.record, context)) expected.push_back(r);
            }
            for (const Hit& hit : detector.walk(event)) found.push_back(hit.rule);
            EXPECT_EQ(expected, found) << event.record->raw;
        });
        (void)done;  // a record without a source and a name is none
    }
    EXPECT_GT(events, 100U);
}

TEST(Twin, PrintedFilterParsesBackToTheSameTree) {
    const uint64_t seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    Maker maker(seed);
    for (size_t i = 0; i < 1000; i++) {
        const std::string text = maker.filter(5);
        const ParseResult once = parse(text);
        ASSERT_TRUE(once.filter) << text;
        const ParseResult again = parse(ast::print(*once.filter));
        ASSERT_TRUE(again.filter) << text;
        EXPECT_TRUE(*once.filter == *again.filter) << text;
    }
}

}  // namespace
}  // namespace vigia
