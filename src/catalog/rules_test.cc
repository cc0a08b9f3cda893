// Rules, settings, suppressions, tags, rulesets and lists, on SQLite and PostgreSQL.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "catalog/list_store.h"
#include "catalog/rule_book.h"
#include "catalog/rule_store.h"
#include "catalog/ruleset_store.h"
#include "catalog/test_catalog.h"
#include "lang/parser.h"

namespace vigia {
namespace {

constexpr auto any_version = std::nullopt;

Rule rule_named(const std::string& name) {
    return {.name = name, .title = "{{user}}", .filter = "eventName = \"PutImage\""};
}

// Every member is another than its default.
Rule full_rule() {
    return {.name = "quoted ' \" \\ é 🚀",
            .title = "{{user}} did\t{{eventName}}",
            .type = RuleType::AwsEvent,
            .severity = 1,
            .description = "two\nlines",
            .filter = "eventName = \"PutImage\"\r\nand user != \"\\u0001\x01\"",
            .suppressions = {"user = \"a\"", ""},
            .aggregate_fields = {"user", "ip"},
            .window = std::chrono::seconds{3661},
            .threshold = threshold_max,
            .enabled = false,
            .attack = {"T1078"},
            .references = {"https://example.org/?a=b&c=<d>"},
            .ruleset = "ECR",
            .tests = {{.name = "é", .fires = true, .events = {R"({"a":1.0})"}},
                      {.name = "two", .fires = false, .whole_alert = true, .events = {"{}", "{}"}}}};
}

class RulesTest : public WithCatalog {
protected:
    void SetUp() override {
        WithCatalog::SetUp();
        if (IsSkipped()) return;
        rules_ = std::make_unique<RuleStore>(database(), clock_, shipped());
        rulesets_ = std::make_unique<RulesetStore>(database(), clock_, shipped());
        lists_ = std::make_unique<ListStore>(database(), clock_);
    }

    Stored<Rule> add_rule(const std::string& name) {
        const auto made = rules_->add_rule(somebody, one_, rule_named(name));
        EXPECT_TRUE(made) << made.error().message;
        return *made;
    }
    int64_t generation() { return *rules_generation(database()); }

    std::unique_ptr<RuleStore> rules_;
    std::unique_ptr<RulesetStore> rulesets_;
    std::unique_ptr<ListStore> lists_;
};

TEST_P(RulesTest, ARuleComesBackAsItWasGiven) {
    auto rule = full_rule();
    const auto made = rules_->add_rule({"bob", "192.0.2.1"}, one_, rule);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->id.size(), 36U);
    rule.id = made->id;
    open();
    RuleStore again(database(), clock_, shipped());
    const auto found = again.rule(one_, made->id);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->body, rule);
    EXPECT_EQ(found->version, 1);
    EXPECT_EQ(found->updated_by, "bob");
    EXPECT_EQ(found->created_at, clock_.now());
    EXPECT_EQ(again.rules(one_)->at(0).body, rule);
}

TEST_P(RulesTest, NamesAreTheOrganisationsOwn) {
    const auto first = add_rule("one"), second = add_rule("two");
    expect_error(rules_->add_rule(somebody, one_, rule_named("one")), ErrorKind::Conflict, "'one' already");
    expect_error(rules_->update_rule(somebody, one_, second.id, rule_named("one"), any_version),
                 ErrorKind::Conflict, "'one' already");
    EXPECT_TRUE(rules_->add_rule(somebody, two_, rule_named("one")));
    ASSERT_TRUE(rules_->remove_rule(somebody, one_, first.id, first.version));
    EXPECT_TRUE(rules_->update_rule(somebody, one_, second.id, rule_named("one"), any_version));
    expect_error(rules_->add_rule(somebody, "nowhere", rule_named("one")), ErrorKind::NotFound);
}

TEST_P(RulesTest, AnUpdateTakesTheVersionThatItsCallerSaw) {
    const auto made = add_rule("one");
    clock_.advance(std::chrono::seconds{1});
    const auto changed = rules_->update_rule({"bob", ""}, one_, made.id, rule_named("new"), 1);
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->version, 2);
    EXPECT_EQ(changed->updated_by, "bob");
    EXPECT_EQ(changed->created_at, made.created_at);
    EXPECT_EQ(changed->updated_at, clock_.now());
    expect_error(rules_->update_rule(somebody, one_, made.id, rule_named("x"), 1), ErrorKind::Conflict,
                 "was changed meanwhile");
    expect_error(rules_->remove_rule(somebody, one_, made.id, 1), ErrorKind::Conflict, "meanwhile");
    // What says the same is no change.
    const int64_t before = generation();
    EXPECT_EQ(rules_->update_rule(somebody, one_, made.id, rule_named("new"), 2)->version, 2);
    EXPECT_EQ(generation(), before);
    EXPECT_EQ(rules_->update_rule(somebody, one_, made.id, rule_named("y"), any_version)->version, 3);
}

TEST_P(RulesTest, OfTwoUpdatesOfOneVersionOneIsAConflict) {
    const auto made = add_rule("one");
    for (int64_t version = 1; version <= 10; version++) {
        std::atomic<int> changed = 0, conflicts = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 3; i++)
                threads.emplace_back([&, i] {
                    const std::string name = std::to_string(version) + "." + std::to_string(i);
                    const auto done = rules_->update_rule(somebody, one_, made.id, rule_named(name), version);
                    if (done) changed++;
                    if (!done && done.error().kind == ErrorKind::Conflict) conflicts++;
                });
        }
        EXPECT_EQ(changed, 1);
        EXPECT_EQ(conflicts, 2);
        EXPECT_EQ(rules_->rule(one_, made.id)->version, version + 1);
    }
}

TEST_P(RulesTest, WhatIsOutOfBoundsIsRefused) {
    const auto refused = [&](auto change) {
        Rule rule = rule_named("one");
        change(rule);
        expect_error(rules_->add_rule(somebody, one_, rule), ErrorKind::BadInput);
    };
    refused([](Rule& rule) { rule.name = ""; });
    refused([](Rule& rule) { rule.name = std::string(name_characters_max + 1, 'x'); });
    refused([](Rule& rule) { rule.name = "\x80"; });
    refused([](Rule& rule) { rule.title = std::string(title_bytes_max + 1, 'x'); });
    refused([](Rule& rule) { rule.title = std::string("a\0b", 3); });
    refused([](Rule& rule) { rule.description = std::string(description_bytes_max + 1, 'x'); });
    refused([](Rule& rule) { rule.filter = ""; });
    refused([](Rule& rule) { rule.filter = std::string(filter_bytes_max + 1, 'x'); });
    refused([](Rule& rule) { rule.severity = severity_highest - 1; });
    refused([](Rule& rule) { rule.severity = severity_lowest + 1; });
    refused([](Rule& rule) { rule.threshold = 0; });
    refused([](Rule& rule) { rule.threshold = threshold_max + 1; });
    refused([](Rule& rule) { rule.window = Duration::zero(); });
    refused([](Rule& rule) { rule.window = window_max + std::chrono::seconds{1}; });
    refused([](Rule& rule) { rule.window = std::chrono::milliseconds{1500}; });
    refused([](Rule& rule) { rule.suppressions.resize(rule_texts_max + 1); });
    refused([](Rule& rule) { rule.suppressions = {std::string(filter_bytes_max + 1, 'x')}; });
    refused([](Rule& rule) { rule.aggregate_fields.resize(aggregate_fields_max + 1); });
    refused([](Rule& rule) { rule.attack = {std::string(rule_text_bytes_max + 1, 'x')}; });
    refused([](Rule& rule) { rule.references.resize(rule_texts_max + 1); });
    const RuleTest test{.name = "t", .fires = true, .events = {"{}"}};
    RuleTest alert{.name = "t", .fires = true, .whole_alert = true};
    refused([&](Rule& rule) { rule.tests.assign(rule_tests_max + 1, test); });
    refused([&](Rule& rule) { rule.tests = {{.name = "", .fires = true, .events = {"{}"}}}; });
    refused([&](Rule& rule) { rule.tests = {alert}; });
    refused([&](Rule& rule) { rule.tests = {{.name = "t", .fires = true, .events = {"{}", "{}"}}}; });
    alert.events.assign(rule_test_events_max + 1, "{}");
    refused([&](Rule& rule) { rule.tests = {alert}; });
    refused([&](Rule& rule) {
        rule.tests = {test, test};
        for (RuleTest& one : rule.tests) one.events[0] = std::string(rule_tests_bytes_max / 2 + 1, 'x');
    });
    EXPECT_TRUE(rules_->rules(one_)->empty());
    Rule most = rule_named(std::string(name_characters_max, 'x'));
    most.filter = std::string(filter_bytes_max, 'x');
    most.window = window_max;
    most.tests.assign(rule_tests_max, test);
    alert.events.pop_back();
    most.tests[0] = alert;
    EXPECT_TRUE(rules_->add_rule(somebody, one_, most));
}

TEST_P(RulesTest, OfAShippedRuleOnlySettingsAreKept) {
    EXPECT_EQ(rules_->settings(one_, shipped_rule)->version, 0);
    const ManagedSettings settings{
        .severity = 1, .enabled = false, .threshold = 5, .window = std::chrono::hours{1}};
    const auto made = rules_->set_settings(somebody, one_, shipped_rule, settings, 0);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(rules_->settings(one_, shipped_rule)->body, settings);
    EXPECT_EQ(rules_->settings(two_, shipped_rule)->body, ManagedSettings{});
    EXPECT_EQ(rules_->all_settings(one_)->at(0).id, shipped_rule);
    EXPECT_TRUE(rules_->all_settings(two_)->empty());
    expect_error(rules_->set_settings(somebody, one_, shipped_rule, {}, 0), ErrorKind::Conflict);
    const auto less = rules_->set_settings(somebody, one_, shipped_rule, {.enabled = true}, 1);
    EXPECT_EQ(less->version, 2);
    EXPECT_EQ(rules_->settings(one_, shipped_rule)->body, ManagedSettings{.enabled = true});
    expect_error(rules_->reset_settings(somebody, two_, shipped_rule, any_version), ErrorKind::NotFound);
    ASSERT_TRUE(rules_->reset_settings(somebody, one_, shipped_rule, 2));
    EXPECT_TRUE(logged(one_, "settings removed"));
    EXPECT_EQ(rules_->settings(one_, shipped_rule)->version, 0);
    // A version is not given twice.
    EXPECT_EQ(rules_->set_settings(somebody, one_, shipped_rule, settings, 0)->version, 4);
    expect_error(rules_->set_settings(somebody, one_, add_rule("own").id, settings, 0), ErrorKind::NotFound);
    expect_error(rules_->set_settings(somebody, one_, shipped_rule, {.severity = 4}, any_version),
                 ErrorKind::BadInput);
    expect_error(rules_->set_settings(somebody, one_, shipped_rule, {.threshold = 0}, any_version),
                 ErrorKind::BadInput);
    expect_error(rules_->set_settings(somebody, one_, shipped_rule, {.window = Duration{1}}, any_version),
                 ErrorKind::BadInput);
}

TEST_P(RulesTest, SuppressionsBelongToARule) {
    const auto own = add_rule("own");
    const Suppression suppression{own.id, "user = \"a\"", "known", "bob",
                                  clock_.now() + std::chrono::hours{1}};
    const auto made = rules_->add_suppression(somebody, one_, suppression);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(rules_->suppressions(one_, own.id)->at(0).body, suppression);
    EXPECT_EQ(rules_->suppression(one_, made->id)->body, suppression);
    Suppression of_shipped = suppression;
    of_shipped.rule = shipped_rule;
    ASSERT_TRUE(rules_->add_suppression(somebody, one_, of_shipped));
    EXPECT_EQ(rules_->suppressions(one_, own.id)->size(), 1U);
    EXPECT_EQ(rules_->all_suppressions(one_)->size(), 2U);
    EXPECT_TRUE(rules_->all_suppressions(two_)->empty());
    expect_error(rules_->update_suppression(somebody, one_, made->id, of_shipped, 1), ErrorKind::BadInput);
    Suppression changed = suppression;
    changed.expires_at.reset();
    EXPECT_EQ(rules_->update_suppression(somebody, one_, made->id, changed, 1)->version, 2);
    expect_error(rules_->update_suppression(somebody, one_, made->id, suppression, 1), ErrorKind::Conflict);
    Suppression bad = suppression;
    bad.filter = "";
    expect_error(rules_->add_suppression(somebody, one_, bad), ErrorKind::BadInput);
    bad = suppression;
    bad.reason = std::string(reason_bytes_max + 1, 'x');
    expect_error(rules_->add_suppression(somebody, one_, bad), ErrorKind::BadInput);
    ASSERT_TRUE(rules_->remove_suppression(somebody, one_, made->id, 2));
    EXPECT_TRUE(logged(one_, "suppression removed"));
    EXPECT_TRUE(rules_->suppressions(one_, own.id)->empty());
}

TEST_P(RulesTest, TagsSayWhatHostsARuleIsFor) {
    EXPECT_EQ(rules_->tags(one_, shipped_rule)->version, 0);
    const RuleTags tags{{{"ec2", "env", "prod"}}, {{"ec2", "team", ""}}};
    ASSERT_TRUE(rules_->set_tags(somebody, one_, shipped_rule, tags, 0));
    EXPECT_EQ(rules_->tags(one_, shipped_rule)->body, tags);
    EXPECT_EQ(rules_->tags(two_, shipped_rule)->body, RuleTags{});
    expect_error(rules_->set_tags(somebody, one_, shipped_rule, {{{"", "a", "b"}}, {}}, any_version),
                 ErrorKind::BadInput);
    expect_error(rules_->set_tags(somebody, one_, shipped_rule,
                                  {std::vector<Tag>(tags_max + 1, {"ec2", "a", "b"}), {}}, any_version),
                 ErrorKind::BadInput);
}

TEST_P(RulesTest, RulesetsHoldShippedAndOwnRules) {
    const auto own = add_rule("own");
    const Ruleset both{"mine", "", {shipped_rule, own.id}};
    const auto made = rulesets_->add(somebody, one_, both);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_TRUE(rulesets_->add(somebody, one_, {"again", "", {own.id}}));
    EXPECT_EQ(rulesets_->find(one_, made->id)->body, both);
    expect_error(rulesets_->add(somebody, one_, both), ErrorKind::Conflict, "'mine' already");
    expect_error(rulesets_->add(somebody, one_, {"CloudTrail: EC2", "", {}}), ErrorKind::Conflict, "shipped");
    expect_error(rulesets_->add(somebody, two_, both), ErrorKind::NotFound, own.id);
    expect_error(rulesets_->add(somebody, one_, {"x", "", {own.id, own.id}}), ErrorKind::BadInput);
    expect_error(rulesets_->add(somebody, one_, {std::string(201, 'x'), "", {}}), ErrorKind::BadInput);
    expect_error(rulesets_->add(somebody, one_, {"", "", {}}), ErrorKind::BadInput);
    ASSERT_TRUE(rules_->remove_rule(somebody, one_, own.id, any_version));
    EXPECT_EQ(rulesets_->find(one_, made->id)->body.rules, std::vector{shipped_rule});
    EXPECT_EQ(rulesets_->update(somebody, one_, made->id, {"new", "text", {shipped_rule}}, 1)->version, 2);
    expect_error(rulesets_->update(somebody, one_, made->id, both, 1), ErrorKind::Conflict);
    ASSERT_EQ(rulesets_->all(one_)->size(), 2U);
    EXPECT_EQ(rulesets_->all(one_)->at(1).body.name, "new");
    ASSERT_TRUE(rulesets_->remove(somebody, one_, made->id, 2));
    EXPECT_EQ(rulesets_->all(one_)->size(), 1U);
}

TEST_P(RulesTest, ListsAreBounded) {
    const NamedList list{"office", "where we are", {"192.0.2.1", "", "é"}};
    const auto made = lists_->add(somebody, one_, list);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(lists_->find(one_, made->id)->body, list);
    expect_error(lists_->add(somebody, one_, list), ErrorKind::Conflict, "'office' already");
    for (const std::string bad : {"", "1st", "a-b", "a b", "é"})
        expect_error(lists_->add(somebody, one_, {bad, "", {}}), ErrorKind::BadInput);
    NamedList most{"most", "", std::vector<std::string>(list_items_max, "192.0.2.1")};
    EXPECT_TRUE(lists_->add(somebody, one_, most));
    most.items.emplace_back("x");
    expect_error(lists_->update(somebody, one_, made->id, most, 1), ErrorKind::BadInput);
    expect_error(
        lists_->update(somebody, one_, made->id, {"a", "", {std::string(list_item_bytes_max + 1, 'x')}}, 1),
        ErrorKind::BadInput);
    const std::vector<std::string> heavy(list_bytes_max / list_item_bytes_max + 1,
                                         std::string(list_item_bytes_max, 'x'));
    expect_error(lists_->update(somebody, one_, made->id, {"a", "", heavy}, 1), ErrorKind::BadInput);
    EXPECT_EQ(lists_->update(somebody, one_, made->id, {"office", "", {}}, 1)->version, 2);
    ASSERT_TRUE(lists_->remove(somebody, one_, made->id, 2));
    EXPECT_EQ(lists_->all(one_)->size(), 1U);
    // In the log stands what a long list hashes to; the history has it whole.
    clock_.advance(std::chrono::seconds{1});
    ASSERT_TRUE(lists_->remove(somebody, one_, lists_->all(one_)->at(0).id, any_version));
    EXPECT_LT(catalog().audit(one_, 1)->at(0).before.size(), 200U);
    EXPECT_NE(catalog().audit(one_, 1)->at(0).before.find("sha256"), std::string::npos);
}

TEST_P(RulesTest, ThereAreSoManyOfAKindAndNoMore) {
    constexpr int most = 1000;
    ASSERT_TRUE(database().transaction([&](SqlSession& session) -> Result<void> {
        for (int i = 1; i < most; i++)
            TRY_VOID(session.execute(
                "insert into documents (organisation, kind, id, parent, name, body, version, created_at, "
                "updated_at, updated_by) values (:organisation, 'list', :id, '', :name, '{}', 1, 0, 0, '')",
                {one_, std::to_string(i), std::to_string(i)}));
        return {};
    }));
    EXPECT_TRUE(lists_->add(somebody, one_, {"last", "", {}}));
    expect_error(lists_->add(somebody, one_, {"more", "", {}}), ErrorKind::Conflict, "1000 of kind list");
    EXPECT_TRUE(lists_->add(somebody, two_, {"more", "", {}}));
    const Ruleset large{"large", "", std::vector<std::string>(ruleset_rules_max + 1, shipped_rule)};
    expect_error(rulesets_->add(somebody, one_, large), ErrorKind::BadInput, "10000 is the most");
}

TEST_P(RulesTest, NothingOfAnotherOrganisationIsToBeHad) {
    const auto own = add_rule("own");
    const Suppression suppression{own.id, "user = \"a\"", "", "", {}};
    const auto quiet = rules_->add_suppression(somebody, one_, suppression);
    const auto ruleset = rulesets_->add(somebody, one_, {"mine", "", {own.id}});
    const auto list = lists_->add(somebody, one_, {"office", "", {}});
    ASSERT_TRUE(quiet && ruleset && list);
    const int64_t before = generation();
    constexpr auto unknown = ErrorKind::NotFound;
    expect_error(rules_->rule(two_, own.id), unknown);
    expect_error(rules_->update_rule(somebody, two_, own.id, rule_named("x"), any_version), unknown);
    expect_error(rules_->remove_rule(somebody, two_, own.id, any_version), unknown);
    expect_error(rules_->suppressions(two_, own.id), unknown);
    expect_error(rules_->suppression(two_, quiet->id), unknown);
    expect_error(rules_->add_suppression(somebody, two_, suppression), unknown);
    expect_error(rules_->update_suppression(somebody, two_, quiet->id, suppression, any_version), unknown);
    expect_error(rules_->remove_suppression(somebody, two_, quiet->id, any_version), unknown);
    expect_error(rules_->tags(two_, own.id), unknown);
    expect_error(rules_->set_tags(somebody, two_, own.id, {}, any_version), unknown);
    expect_error(rulesets_->find(two_, ruleset->id), unknown);
    expect_error(rulesets_->update(somebody, two_, ruleset->id, {"x", "", {}}, any_version), unknown);
    expect_error(rulesets_->remove(somebody, two_, ruleset->id, any_version), unknown);
    expect_error(lists_->find(two_, list->id), unknown);
    expect_error(lists_->update(somebody, two_, list->id, {"x", "", {}}, any_version), unknown);
    expect_error(lists_->remove(somebody, two_, list->id, any_version), unknown);
    EXPECT_TRUE(rules_->rules(two_)->empty() && rulesets_->all(two_)->empty() && lists_->all(two_)->empty());
    EXPECT_EQ(generation(), before);
    EXPECT_EQ(catalog().audit(two_, 100)->size(), 1U);
    EXPECT_EQ(rules_->rule(one_, own.id)->version, 1);
}

TEST_P(RulesTest, TheGenerationGrowsWithWhatDetectionFollows) {
    int64_t last = generation();
    const auto grew = [&] { return std::exchange(last, generation()) < last; };
    EXPECT_FALSE(grew());
    const auto own = add_rule("own");
    EXPECT_TRUE(grew());
    ASSERT_TRUE(rules_->update_rule(somebody, one_, own.id, rule_named("new"), 1));
    EXPECT_TRUE(grew());
    ASSERT_TRUE(rules_->set_settings(somebody, one_, shipped_rule, {.enabled = false}, 0));
    EXPECT_TRUE(grew());
    const auto quiet = rules_->add_suppression(somebody, one_, {own.id, "user = \"a\"", "", "", {}});
    EXPECT_TRUE(quiet && grew());
    ASSERT_TRUE(lists_->add(somebody, one_, {"office", "", {}}));
    EXPECT_TRUE(grew());
    ASSERT_TRUE(catalog().add_organisation(somebody, "three"));
    EXPECT_TRUE(grew());
    ASSERT_TRUE(rules_->remove_rule(somebody, one_, own.id, any_version));
    EXPECT_TRUE(grew());
    ASSERT_TRUE(rulesets_->add(somebody, one_, {"mine", "", {}}));
    EXPECT_FALSE(grew());
    EXPECT_FALSE(rules_->remove_rule(somebody, one_, own.id, any_version));
    EXPECT_FALSE(lists_->add(somebody, one_, {"office", "", {}}));
    EXPECT_FALSE(grew());
}

TEST_P(RulesTest, TheBookHasAllThatIsInForce) {
    const auto own = add_rule("own");
    ASSERT_TRUE(rules_->add_rule(somebody, two_, rule_named("other")));
    ASSERT_TRUE(rules_->set_settings(somebody, one_, shipped_rule, {.severity = 2}, 0));
    ASSERT_TRUE(rules_->set_tags(somebody, one_, own.id, {{{"ec2", "env", "prod"}}, {}}, 0));
    ASSERT_TRUE(lists_->add(somebody, one_, {"office", "", {"192.0.2.1"}}));
    const Time soon = clock_.now() + std::chrono::hours{1}, late = soon + std::chrono::hours{1};
    for (const auto& expires_at : std::vector<std::optional<Time>>{std::nullopt, late, soon, clock_.now()})
        ASSERT_TRUE(
            rules_->add_suppression(somebody, one_, {shipped_rule, "user = \"a\"", "", "", expires_at}));
    const auto book = rule_book(database(), clock_.now());
    ASSERT_TRUE(book) << book.error().message;
    EXPECT_EQ(book->generation, generation());
    EXPECT_TRUE(book->problems.empty());
    EXPECT_EQ(book->changes_at, soon);
    ASSERT_EQ(book->organisations.size(), 2U);
    const bool one_first = book->organisations[0].organisation == one_;
    const OrganisationBook& one = book->organisations[one_first ? 0 : 1];
    const OrganisationBook& two = book->organisations[one_first ? 1 : 0];
    ASSERT_EQ(one.rules.size(), 1U);
    EXPECT_EQ(one.rules[0].body, own.body);
    EXPECT_EQ(one.settings.at(shipped_rule), ManagedSettings{.severity = 2});
    EXPECT_EQ(one.suppressions.at(shipped_rule).size(), 3U);
    EXPECT_EQ(one.tags.at(own.id).inclusion.size(), 1U);
    EXPECT_EQ(one.lists.at(0).body.items.at(0), "192.0.2.1");
    EXPECT_EQ(two.rules.at(0).body.name, "other");
    EXPECT_TRUE(two.settings.empty() && two.suppressions.empty() && two.lists.empty());
    EXPECT_EQ(rule_book(database(), soon)->changes_at, late);
    const auto afterwards = rule_book(database(), late);
    EXPECT_FALSE(afterwards->changes_at);
    EXPECT_EQ(afterwards->organisations[one_first ? 0 : 1].suppressions.at(shipped_rule).size(), 1U);
}

TEST_P(RulesTest, WhatTheBookCannotReadIsLeftOutAndNamed) {
    const auto own = add_rule("own");
    add_rule("good");
    ASSERT_TRUE(database().transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(session.execute("update documents set body = '{\"severity\":\"high\"}' where id = :id",
                                 {own.id}));
        return {};
    }));
    expect_error(rules_->rule(one_, own.id), ErrorKind::Corrupt);
    const auto book = rule_book(database(), clock_.now());
    ASSERT_EQ(book->problems.size(), 1U);
    EXPECT_NE(book->problems[0].find(own.id), std::string::npos);
    size_t rules = 0;
    for (const OrganisationBook& one : book->organisations) rules += one.rules.size();
    EXPECT_EQ(rules, 1U);
}

INSTANTIATE_TEST_SUITE_P(Both, RulesTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace vigia
