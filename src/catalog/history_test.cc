// History and restore, on SQLite and PostgreSQL.
#include "catalog/history.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "catalog/list_store.h"
#include "catalog/rule_book.h"
#include "catalog/rule_store.h"
#include "catalog/ruleset_store.h"
#include "catalog/test_catalog.h"

namespace vigia {
namespace {

constexpr auto any_version = std::nullopt;
constexpr size_t all_versions = 10'000;

class HistoryTest : public WithCatalog {
protected:
    void SetUp() override {
        WithCatalog::SetUp();
        if (IsSkipped()) return;
        rules_ = std::make_unique<RuleStore>(database(), clock_, shipped());
        lists_ = std::make_unique<ListStore>(database(), clock_);
        history_ = std::make_unique<History>(database(), clock_, shipped());
    }

    static Rule rule_named(const std::string& name) { return {.name = name, .filter = "eventName = \"a\""}; }
    DocumentKey rule_key(const std::string& id) const { return {one_, DocumentKind::Rule, id}; }
    std::string actions_of(const DocumentKey& key) const {
        std::string actions;
        const auto versions = history_->of(key, all_versions);
        for (const DocumentVersion& one : *versions)
            actions += std::to_string(one.version) + " " + std::string(name(one.action)) + "\n";
        return actions;
    }

    std::unique_ptr<RuleStore> rules_;
    std::unique_ptr<ListStore> lists_;
    std::unique_ptr<History> history_;
};

TEST_P(HistoryTest, ARuleComesBackAfterItsRemovalWithWhatBelongsToIt) {
    const std::string id = rules_->add_rule(somebody, one_, rule_named("one"))->id;
    ASSERT_TRUE(rules_->add_suppression(somebody, one_, {id, "user = \"a\"", "", "", {}}));
    const Time made_at = clock_.now();
    clock_.advance(std::chrono::seconds{1});
    ASSERT_TRUE(rules_->update_rule({"bob", "192.0.2.1"}, one_, id, rule_named("two"), 1));
    clock_.advance(std::chrono::seconds{1});
    ASSERT_TRUE(rules_->remove_rule(somebody, one_, id, 2));
    EXPECT_EQ(actions_of(rule_key(id)), "3 removed\n2 changed\n1 added\n");
    const auto versions = history_->of(rule_key(id), 2);
    ASSERT_EQ(versions->size(), 2U);
    EXPECT_EQ(versions->at(1).actor.who, "bob");
    EXPECT_EQ(versions->at(1).actor.origin, "192.0.2.1");
    EXPECT_EQ(versions->at(0).body, versions->at(1).body);
    expect_error(history_->restore(somebody, rule_key(id), 3, 3), ErrorKind::Conflict);
    const auto back = history_->restore(somebody, rule_key(id), 3, 0);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->version, 4);
    EXPECT_EQ(back->created_at, made_at);
    EXPECT_TRUE(logged(one_, "rule restored"));
    EXPECT_EQ(rules_->rule(one_, id)->body.name, "two");
    EXPECT_EQ(rules_->suppressions(one_, id)->size(), 1U);
    ASSERT_TRUE(history_->restore(somebody, rule_key(id), 1, 4));
    EXPECT_EQ(rules_->rule(one_, id)->body.name, "one");
    EXPECT_EQ(rules_->rule(one_, id)->version, 5);
}

TEST_P(HistoryTest, ARestoreKeepsToWhatHoldsNow) {
    const std::string id = rules_->add_rule(somebody, one_, rule_named("one"))->id;
    const auto quiet = rules_->add_suppression(somebody, one_, {id, "user = \"a\"", "", "", {}});
    ASSERT_TRUE(rules_->remove_suppression(somebody, one_, quiet->id, 1));
    ASSERT_TRUE(rules_->remove_rule(somebody, one_, id, 1));
    ASSERT_TRUE(rules_->add_rule(somebody, one_, rule_named("one")));
    expect_error(history_->restore(somebody, rule_key(id), 1, any_version), ErrorKind::Conflict,
                 "'one' already");
    const DocumentKey suppression{one_, DocumentKind::Suppression, quiet->id};
    expect_error(history_->restore(somebody, suppression, 1, any_version), ErrorKind::NotFound, "rule");
    expect_error(history_->restore(somebody, rule_key(id), 7, any_version), ErrorKind::NotFound);
    EXPECT_EQ(actions_of(rule_key(id)), "2 removed\n1 added\n");
}

TEST_P(HistoryTest, OfAnotherOrganisationIsNotFound) {
    const std::string id = rules_->add_rule(somebody, one_, rule_named("one"))->id;
    ASSERT_TRUE(rules_->remove_rule(somebody, one_, id, 1));
    const DocumentKey key{two_, DocumentKind::Rule, id};
    expect_error(history_->of(key, 10), ErrorKind::NotFound);
    expect_error(history_->restore(somebody, key, 1, any_version), ErrorKind::NotFound);
    expect_error(history_->of({one_, DocumentKind::List, id}, 10), ErrorKind::NotFound);
    EXPECT_TRUE(rules_->rules(two_)->empty());
}

TEST_P(HistoryTest, EveryKindHasOne) {
    RulesetStore rulesets(database(), clock_, shipped());
    ASSERT_TRUE(rules_->set_settings(somebody, one_, shipped_rule, {.severity = 1}, 0));
    ASSERT_TRUE(rules_->set_tags(somebody, one_, shipped_rule, {{{"ec2", "a", "b"}}, {}}, 0));
    const auto quiet = rules_->add_suppression(somebody, one_, {shipped_rule, "user = \"a\"", "", "", {}});
    const auto ruleset = rulesets.add(somebody, one_, {"mine", "", {shipped_rule}});
    const auto list = lists_->add(somebody, one_, {"office", "", {"a"}});
    ASSERT_TRUE(quiet && ruleset && list);
    ASSERT_TRUE(rules_->reset_settings(somebody, one_, shipped_rule, 1));
    ASSERT_TRUE(rules_->remove_suppression(somebody, one_, quiet->id, 1));
    ASSERT_TRUE(rulesets.remove(somebody, one_, ruleset->id, 1));
    ASSERT_TRUE(lists_->remove(somebody, one_, list->id, 1));
    ASSERT_TRUE(rules_->set_tags(somebody, one_, shipped_rule, {}, 1));
    for (const auto& [kind, id] : std::map<DocumentKind, std::string>{{DocumentKind::Settings, shipped_rule},
                                                                      {DocumentKind::Tags, shipped_rule},
                                                                      {DocumentKind::Suppression, quiet->id},
                                                                      {DocumentKind::Ruleset, ruleset->id},
                                                                      {DocumentKind::List, list->id}}) {
        const auto back = history_->restore(somebody, {one_, kind, id}, 1, any_version);
        ASSERT_TRUE(back) << name(kind) << ": " << back.error().message;
        EXPECT_EQ(back->version, 3) << name(kind);
        EXPECT_TRUE(logged(one_, std::string(name(kind)) + " restored"));
    }
    EXPECT_EQ(rules_->settings(one_, shipped_rule)->body.severity, 1);
    EXPECT_EQ(rules_->tags(one_, shipped_rule)->body.inclusion.size(), 1U);
    EXPECT_EQ(rules_->suppression(one_, quiet->id)->body, quiet->body);
    EXPECT_EQ(rulesets.find(one_, ruleset->id)->body, ruleset->body);
    EXPECT_EQ(lists_->find(one_, list->id)->body, list->body);
}

TEST_P(HistoryTest, OnlyTheLatestVersionsAreKept) {
    const std::string id = lists_->add(somebody, one_, {"office", "", {}})->id;
    ASSERT_TRUE(database().transaction([&](SqlSession& session) -> Result<void> {
        for (const char* table : {"documents", "document_versions"})
            TRY_VOID(
                session.execute(std::string("update ") + table + " set version = :version where id = :id",
                                {document_versions_max, id}));
        return {};
    }));
    ASSERT_TRUE(lists_->update(somebody, one_, id, {"office", "", {"a"}}, document_versions_max));
    EXPECT_EQ(history_->of({one_, DocumentKind::List, id}, all_versions)->size(), 2U);
    const auto edge = document_versions_max * 2 - 1;
    ASSERT_TRUE(database().transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(session.execute("update documents set version = :version where id = :id", {edge, id}));
        return {};
    }));
    ASSERT_TRUE(lists_->update(somebody, one_, id, {"office", "", {"b"}}, edge));
    EXPECT_EQ(actions_of({one_, DocumentKind::List, id}), "2000 changed\n1001 changed\n");
}

// A list and what was written of it, beside each other, through random changes.
class Model {
public:
    explicit Model(uint64_t seed) : random_(seed) {}
    size_t pick(size_t count) { return std::uniform_int_distribution<size_t>(0, count - 1)(random_); }
    void write(std::optional<NamedList> body) {
        if (body) last_ = *body;
        versions_.push_back(last_);
        now_ = std::move(body);
    }
    const std::optional<NamedList>& now() const { return now_; }
    const NamedList& version(size_t number) const { return versions_[number - 1]; }
    size_t count() const { return versions_.size(); }
    int64_t seen() const { return now_ ? static_cast<int64_t>(versions_.size()) : 0; }

private:
    std::mt19937_64 random_;
    std::optional<NamedList> now_;
    NamedList last_;
    std::vector<NamedList> versions_;  // a removal's is what it took
};

TEST_P(HistoryTest, GivesBackEveryVersionThroughRandomChanges) {
    const uint64_t seed = 20261125;
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Model model(seed);
    const NamedList first{"office", "", {"0"}};
    const DocumentKey key{one_, DocumentKind::List, lists_->add(somebody, one_, first)->id};
    model.write(first);
    for (int step = 1; step <= 120; step++) {
        const int64_t generation = *rules_generation(database());
        const size_t before = model.count(), what = model.pick(4);
        if (what == 0) {
            const auto done = lists_->remove(somebody, one_, key.id, any_version);
            EXPECT_EQ(done.has_value(), model.now().has_value());
            if (done) model.write(std::nullopt);
        } else if (what == 1) {
            const NamedList list{"office", "", {std::to_string(step)}};
            const auto done = lists_->update(somebody, one_, key.id, list, model.seen());
            EXPECT_EQ(done.has_value(), model.now().has_value());
            if (done) model.write(list);
        } else {
            const size_t version = 1 + model.pick(model.count());
            const NamedList list = model.version(version);
            ASSERT_TRUE(history_->restore(somebody, key, static_cast<int64_t>(version), model.seen()));
            if (model.now() != list) model.write(list);
        }
        EXPECT_EQ(*rules_generation(database()) > generation, model.count() > before);
        const auto found = lists_->find(one_, key.id);
        ASSERT_EQ(found.has_value(), model.now().has_value()) << step;
        if (found) {
            EXPECT_EQ(found->body, *model.now());
            EXPECT_EQ(found->version, model.seen());
        }
    }
    const auto versions = history_->of(key, all_versions);
    ASSERT_EQ(versions->size(), model.count());
    for (const DocumentVersion& one : *versions)
        EXPECT_EQ(one.body, json_of(model.version(static_cast<size_t>(one.version))));
}

INSTANTIATE_TEST_SUITE_P(Both, HistoryTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace vigia
