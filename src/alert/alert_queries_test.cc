// What is asked of alerts, on SQLite and, where VIGIA_TEST_POSTGRESQL names a server, on PostgreSQL.
#include <fmt/format.h>

#include <set>

#include "alert/test_alerts.h"

namespace vigia {
namespace {

class AlertQueriesTest : public AlertTest {
protected:
    // Alerts of "acme" with the titles in their order of creation, newest first.
    std::string titles(AlertQuery query) {
        query.organisation = "acme";
        const auto page = store_->list(query);
        EXPECT_TRUE(page) << (page ? "" : page.error().message);
        std::string out;
        for (const StoredAlert& alert : page.value_or(AlertPage{}).alerts)
            out += (out.empty() ? "" : " ") + alert.title;
        return out;
    }

    // a: severity 1, rule-1, host web; b: 2, rule-2, assigned to bob; c: 3, rule-1 of files, dismissed. An
    // hour apart.
    void fill() {
        for (int i = 0; i < 3; i++) {
            AlertMatch match = match_at(minute(60 * i), fmt::format("e{}", i), fmt::format("user {}", i));
            match.title = std::string(1, static_cast<char>('a' + i));
            match.severity = 1 + i;
            if (i == 0) match.host = "web";
            if (i == 0) match.agent = "agent-1";
            if (i == 1) match.rule_id = "rule-2";
            if (i == 2) match.rule_type = "File";
            apply(match);
            clock_.advance(std::chrono::minutes{1});
        }
        const auto all = alerts();
        ASSERT_EQ(all.size(), 3U);
        ASSERT_TRUE(store_->assign(somebody, "acme", all[1].id, "bob"));
        ASSERT_TRUE(store_->dismiss(somebody, "acme", {all[2].id}, DismissReason::None));
    }
};

TEST_P(AlertQueriesTest, ListsThoseThatTheQueryHoldsOf) {
    fill();
    EXPECT_EQ(titles({}), "c b a");
    EXPECT_EQ(titles({.status = AlertStatus::Active}), "b a");
    EXPECT_EQ(titles({.status = AlertStatus::Dismissed}), "c");
    EXPECT_EQ(titles({.severities = {1, 3}}), "c a");
    EXPECT_EQ(titles({.rule_id = "rule-2"}), "b");
    EXPECT_EQ(titles({.rule_ids = std::vector<std::string>{"rule-1", "rule-9"}}), "c a");
    EXPECT_EQ(titles({.rule_ids = std::vector<std::string>{}}), "");
    EXPECT_EQ(titles({.ruleset = "Base"}), "c b a");
    EXPECT_EQ(titles({.ruleset = "Other"}), "");
    EXPECT_EQ(titles({.rule_type = "File"}), "c");
    EXPECT_EQ(titles({.rule_type = "CloudTrail", .host = "web"}), "a");
    EXPECT_EQ(titles({.order = AlertOrder::Oldest}), "a b c");
    EXPECT_EQ(titles({.status = AlertStatus::Active, .order = AlertOrder::Oldest, .limit = 1}), "a");
    EXPECT_EQ(titles({.host = "web"}), "a");
    EXPECT_EQ(titles({.agent = "agent-1"}), "a");
    EXPECT_EQ(titles({.agent = "agent-2"}), "");
    EXPECT_EQ(titles({.assignee = "bob"}), "b");
    EXPECT_EQ(titles({.assignee = ""}), "c a");
    EXPECT_EQ(titles({.from = minute(60)}), "c b");
    EXPECT_EQ(titles({.until = minute(60)}), "a");
    EXPECT_EQ(titles({.from = minute(60), .until = minute(120)}), "b");
    EXPECT_EQ(titles({.raised_until = *parse_rfc3339("2026-03-04T12:01:00Z")}), "b a");
    EXPECT_EQ(titles({.status = AlertStatus::Active, .severities = {1}, .title = "A"}), "a");
    EXPECT_EQ(titles({.rule_id = "' or 1 = 1 --"}), "");
}

TEST_P(AlertQueriesTest, TheAgentIsThatOfTheFirstEvent) {
    AlertMatch match = match_at(minute(0), "e0");
    match.threshold = 2;
    match.agent = "agent-1";
    apply(match);
    match = match_at(minute(1), "e1");
    match.threshold = 2;
    match.agent = "agent-2";
    apply(match);
    ASSERT_EQ(alerts().size(), 1U);
    EXPECT_EQ(alerts()[0].agent, "agent-1");
    EXPECT_EQ(store_->list({.organisation = "acme", .agent = "agent-1"})->alerts, alerts());
    EXPECT_TRUE(store_->list({.organisation = "other", .agent = "agent-1"})->alerts.empty());
}

TEST_P(AlertQueriesTest, ATitleIsFoundByAPart) {
    AlertMatch match = match_at(minute(0), "e");
    match.title = R"(Sudo 100%_by\ Zoë)";
    apply(match);
    for (const char* const part : {"sudo", "SUDO 1", "%_BY", "\\ Z", "oë"})
        EXPECT_EQ(titles({.title = part}), match.title) << part;
    for (const char* const part : {"1%by", "s_do", "100_", "\\%"})
        EXPECT_EQ(titles({.title = part}), "") << part;
}

TEST_P(AlertQueriesTest, PagesFollowEachOtherAndMissNothing) {
    BatchMatches batch;
    // Many of one instant.
    for (int i = 0; i < 25; i++)
        batch.matches.push_back(match_at(minute(i / 10), fmt::format("e{}", i), fmt::format("user {}", i)));
    apply(batch);
    std::set<std::string> seen;
    AlertQuery query{.organisation = "acme", .limit = 4};
    size_t pages = 0;
    Time last = Time::max();
    for (;;) {
        const auto page = store_->list(query);
        ASSERT_TRUE(page);
        pages++;
        for (const StoredAlert& alert : page->alerts) {
            EXPECT_TRUE(seen.insert(alert.id).second);
            EXPECT_LE(alert.created_at, last);
            last = alert.created_at;
        }
        if (page->next.empty()) break;
        query.cursor = page->next;
    }
    EXPECT_EQ(pages, 7U);
    EXPECT_EQ(seen.size(), 25U);
    query.cursor.clear();
    query.order = AlertOrder::Oldest;
    std::vector<StoredAlert> oldest;
    do {
        const auto page = store_->list(query);
        ASSERT_TRUE(page);
        oldest.insert(oldest.end(), page->alerts.begin(), page->alerts.end());
        query.cursor = page->next;
    } while (!query.cursor.empty());
    EXPECT_EQ(oldest, alerts());
    for (const char* const wrong : {"x", "12", "99999999999999999999-a", "-"}) {
        query.cursor = wrong;
        expect_error(store_->list(query), ErrorKind::BadInput, "cursor");
    }
    for (const size_t limit : {size_t{0}, alerts_page_max + 1})
        expect_error(store_->list({.organisation = "acme", .limit = limit}), ErrorKind::BadInput,
                     "a page has");
    const std::vector<std::string> many(query_values_max + 1, "r");
    expect_error(store_->list({.organisation = "acme", .rule_ids = many}), ErrorKind::BadInput, "at most");
    expect_error(store_->daily("acme", many, ""), ErrorKind::BadInput, "at most");
}

TEST_P(AlertQueriesTest, CountsBySeverityAndTime) {
    fill();
    EXPECT_EQ(*store_->severity_counts({.organisation = "acme"}), (SeverityCounts{1, 1, 1}));
    EXPECT_EQ(*store_->severity_counts({.organisation = "acme", .status = AlertStatus::Active}),
              (SeverityCounts{1, 1, 0}));
    EXPECT_EQ(*store_->severity_counts({.organisation = "acme", .from = minute(60), .until = minute(120)}),
              (SeverityCounts{0, 1, 0}));
    const auto buckets = store_->histogram({.organisation = "acme", .from = minute(0), .until = minute(150)},
                                           std::chrono::minutes{50});
    ASSERT_TRUE(buckets) << buckets.error().message;
    ASSERT_EQ(buckets->size(), 3U);
    EXPECT_EQ(buckets->at(0).counts, (SeverityCounts{1, 0, 0}));
    EXPECT_EQ(buckets->at(1).begin, minute(50));
    EXPECT_EQ(buckets->at(1).counts, (SeverityCounts{0, 1, 0}));
    EXPECT_EQ(buckets->at(2).counts, (SeverityCounts{0, 0, 1}));
    EXPECT_EQ(store_
                  ->histogram({.organisation = "acme",
                               .status = AlertStatus::Active,
                               .from = minute(0),
                               .until = minute(121)},
                              std::chrono::minutes{60})
                  ->at(2)
                  .counts,
              (SeverityCounts{}));
    expect_error(
        store_->histogram({.organisation = "acme", .from = minute(0), .until = minute(0)}, Duration{1}),
        ErrorKind::BadInput);
    expect_error(
        store_->histogram({.organisation = "acme", .from = minute(0), .until = minute(1)}, Duration{0}),
        ErrorKind::BadInput);
    expect_error(
        store_->histogram({.organisation = "acme", .from = Time::min(), .until = Time::max()}, Duration{1}),
        ErrorKind::BadInput);
    EXPECT_TRUE(store_->histogram(
        {.organisation = "acme", .from = minute(0), .until = minute(0) + Duration{histogram_buckets_max}},
        Duration{1}));
}

TEST_P(AlertQueriesTest, CountsTheSetThatATimeNames) {
    fill();
    const auto now = store_->count({.organisation = "acme"});
    ASSERT_TRUE(now) << now.error().message;
    EXPECT_EQ(now->count, 3U);
    EXPECT_EQ(now->raised_until, clock_.now());
    clock_.advance(Duration{1});
    apply(match_at(minute(600), "late", "late"));
    EXPECT_EQ(store_->count({.organisation = "acme"})->count, 4U);
    EXPECT_EQ(store_->count({.organisation = "acme", .raised_until = now->raised_until})->count, 3U);
    EXPECT_EQ(store_->count({.organisation = "acme", .severities = {1}})->count, 1U);
    EXPECT_EQ(store_->count({.organisation = "other"})->count, 0U);
}

TEST_P(AlertQueriesTest, GroupsByRuleWithALineEach) {
    fill();
    const auto page = store_->groups({.organisation = "acme"}, 2);
    ASSERT_TRUE(page) << page.error().message;
    ASSERT_EQ(page->groups.size(), 2U);
    const AlertGroup& first = page->groups[0];
    EXPECT_EQ(first.rule_id, "rule-1");
    EXPECT_EQ(first.counts, (SeverityCounts{1, 0, 1}));
    EXPECT_EQ(first.events, 2U);
    EXPECT_EQ(first.first_at, minute(0));
    EXPECT_EQ(first.created_at, minute(120));
    EXPECT_EQ(page->from, minute(0));
    EXPECT_EQ(page->bucket, std::chrono::hours{1} + Duration{1});  // the newest is in the last
    EXPECT_EQ(first.alerts, (std::vector<uint64_t>{1, 1}));
    EXPECT_EQ(page->groups[1].alerts, (std::vector<uint64_t>{1, 0}));
    EXPECT_EQ(page->next, "");

    AlertQuery query{.organisation = "acme", .limit = 1};
    const auto one = store_->groups(query, 1);
    query.cursor = one->next;
    const auto two = store_->groups(query, 1);
    EXPECT_EQ(one->groups.at(0).rule_id + " " + two->groups.at(0).rule_id, "rule-1 rule-2");
    EXPECT_EQ(two->next, "");
    EXPECT_TRUE(store_->groups({.organisation = "other"}, 1)->groups.empty());
    EXPECT_TRUE(store_->groups({.organisation = "acme", .ruleset = "Other"}, 1)->groups.empty());
    for (const size_t wrong : {size_t{0}, group_buckets_max + 1})
        expect_error(store_->groups({.organisation = "acme"}, wrong), ErrorKind::BadInput, "a line has");
    expect_error(store_->groups({.organisation = "acme", .from = minute(1), .until = minute(1)}, 1),
                 ErrorKind::BadInput, "later than");
    expect_error(store_->groups({.organisation = "acme", .from = Time::min()}, 1), ErrorKind::BadInput,
                 "292 years");
    expect_error(store_->groups({.organisation = "acme", .cursor = "x"}, 1), ErrorKind::BadInput, "cursor");
}

TEST_P(AlertQueriesTest, TracesAreTheNewestWithinTheirBound) {
    fill();
    const auto all = store_->traces("acme", minute(0), minute(121), 10);
    ASSERT_TRUE(all) << all.error().message;
    ASSERT_EQ(all->size(), 3U);
    EXPECT_EQ(all->at(0).created_at, minute(120));
    EXPECT_EQ(all->at(2).aggregates, (std::vector<NamedValue>{{"user", "user 0"}}));
    EXPECT_EQ(all->at(2).host, "web");
    EXPECT_EQ(store_->traces("acme", minute(0), minute(120), 1)->at(0).rule_id, "rule-2");
    EXPECT_TRUE(store_->traces("other", minute(0), minute(121), 10)->empty());
    for (const size_t wrong : {size_t{0}, traces_max + 1})
        expect_error(store_->traces("acme", minute(0), minute(1), wrong), ErrorKind::BadInput, "at most");
}

TEST_P(AlertQueriesTest, WhatChangedIsToldOnceInOrder) {
    fill();
    std::vector<std::string> told;
    int64_t last = 0;
    for (;;) {
        const auto some = store_->changes_after("acme", last, 2);
        ASSERT_TRUE(some);
        if (some->empty()) break;
        for (const StoredAlert& alert : *some) {
            EXPECT_GT(alert.change, last);
            last = alert.change;
            told.push_back(alert.title);
        }
    }
    EXPECT_EQ(told, (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(*store_->last_change("acme"), last);
    apply(match_at(minute(61), "later", "user 0"));
    apply(match_at(minute(1), "again", "user 0"));
    const auto changed = store_->changes_after("acme", last);
    ASSERT_EQ(changed->size(), 2U);
    EXPECT_EQ(changed->at(1).title, "a");
    EXPECT_EQ(changed->at(1).count, 2U);
    EXPECT_EQ(changed->at(1).version, 2);
}

TEST_P(AlertQueriesTest, DaysAreCountedByRule) {
    BatchMatches batch{.matches = {match_at(minute(0), "e1"), match_at(minute(60 * 24), "e2")},
                       .counts = {{"acme", "rule-1", "2026-03-04", 4, 2},
                                  {"acme", "rule-1", "2026-03-03", 1, 0},
                                  {"acme", "rule-2", "2026-03-04", 0, 9},
                                  {"other", "rule-1", "2026-03-04", 100, 100}}};
    apply(batch);
    apply(batch);
    EXPECT_EQ(*store_->daily("acme", {"rule-1", "rule-2"}, "2026-03-04"),
              (std::vector<RuleDay>{{"rule-1", "2026-03-04", 8, 4, 1},
                                    {"rule-1", "2026-03-05", 0, 0, 1},
                                    {"rule-2", "2026-03-04", 0, 18, 0}}));
    EXPECT_TRUE(store_->daily("acme", {}, "")->empty());
    EXPECT_EQ(store_->daily("acme", {"rule-1"}, "2026-03-03")->size(), 3U);
    const auto all = store_->daily("acme", "2026-03-04");
    EXPECT_EQ(*all, *store_->daily("acme", {"rule-1", "rule-2"}, "2026-03-04"));
    EXPECT_TRUE(store_->daily("nobody", "")->empty());
}

TEST_P(AlertQueriesTest, AreCountedByWhatTheyAreAbout) {
    AlertMatch in_another = match_at(minute(1), "e2", "bob");
    in_another.account = "999900001111";
    in_another.agent = "agent-1";
    apply(match_at(minute(0), "e1"));
    apply(in_another);
    apply(match_at(minute(2), "e3", "carol"));
    ASSERT_TRUE(store_->dismiss(somebody, "acme", {alerts().front().id}, DismissReason::Maintenance));
    const auto by = [&](AlertPlace place, int64_t until) {
        return *store_->by_place("acme", place, minute(0), minute(until));
    };
    const auto accounts = by(AlertPlace::Account, 3);
    ASSERT_EQ(accounts.size(), 2U);
    EXPECT_EQ(accounts.at("123456789012").all, 2U);
    EXPECT_EQ(accounts.at("123456789012").active, 1U);
    EXPECT_EQ(accounts.at("999900001111").active, 1U);
    EXPECT_EQ(by(AlertPlace::Agent, 3).at("agent-1").all, 1U);
    EXPECT_EQ(by(AlertPlace::Account, 1).size(), 1U);
    EXPECT_TRUE(store_->by_place("other", AlertPlace::Account, minute(0), minute(3))->empty());
}

TEST_P(AlertQueriesTest, SimilarOnesHaveTheSameKey) {
    for (const int at : {0, 60, 120}) apply(match_at(minute(at), fmt::format("e{}", at)));
    apply(match_at(minute(0), "e", "alice"));
    const auto all = alerts();
    ASSERT_EQ(all.size(), 4U);
    const auto similar = store_->similar("acme", all[2].id);
    ASSERT_EQ(similar->size(), 2U);
    EXPECT_EQ(similar->at(0).created_at, minute(120));
    EXPECT_EQ(similar->at(1).created_at, minute(0));
    EXPECT_EQ(store_->similar("acme", all[2].id, 1)->size(), 1U);
}

TEST_P(AlertQueriesTest, NothingOfAnotherOrganisationIsToBeHad) {
    fill();
    const StoredAlert alert = alerts()[0];
    const std::string& id = alert.id;
    const auto dismissal = store_->dismiss(somebody, "acme", {alerts()[1].id}, DismissReason::None);
    ASSERT_TRUE(dismissal);
    EXPECT_TRUE(alerts("other").empty());
    for (const std::string& wrong : {id, std::string("no such"), std::string("\0", 1)}) {
        const std::string organisation = wrong == id ? "other" : "acme";
        expect_error(store_->find(organisation, wrong), ErrorKind::NotFound, "no such alert");
        expect_error(store_->events(organisation, wrong), ErrorKind::NotFound);
        expect_error(store_->event(organisation, wrong, "e0"), ErrorKind::NotFound);
        expect_error(store_->similar(organisation, wrong), ErrorKind::NotFound);
        expect_error(store_->history(organisation, wrong), ErrorKind::NotFound);
        expect_error(store_->notes(organisation, wrong), ErrorKind::NotFound);
        expect_error(store_->assign(somebody, organisation, wrong, "bob"), ErrorKind::NotFound);
        expect_error(store_->add_note(somebody, organisation, wrong, "note"), ErrorKind::NotFound);
        expect_error(store_->dismiss(somebody, organisation, {wrong}, DismissReason::None),
                     ErrorKind::NotFound);
    }
    expect_error(store_->event("acme", id, "e1"), ErrorKind::NotFound, "no such event");
    expect_error(store_->undo(somebody, "other", dismissal->id), ErrorKind::NotFound);
    EXPECT_EQ(store_
                  ->dismiss_matching(somebody, {.organisation = "other", .raised_until = clock_.now()},
                                     DismissReason::None)
                  ->count,
              0U);
    EXPECT_EQ(*store_->severity_counts({.organisation = "other"}), SeverityCounts{});
    EXPECT_EQ(store_
                  ->histogram({.organisation = "other", .from = minute(0), .until = minute(1)},
                              std::chrono::minutes{1})
                  ->at(0)
                  .counts,
              SeverityCounts{});
    EXPECT_TRUE(store_->changes_after("other", 0)->empty());
    EXPECT_EQ(*store_->last_change("other"), 0);
    EXPECT_TRUE(store_->daily("other", {"rule-1", "rule-2"}, "")->empty());
    EXPECT_EQ(*store_->find("acme", id), alert);
}

INSTANTIATE_TEST_SUITE_P(On, AlertQueriesTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace vigia
