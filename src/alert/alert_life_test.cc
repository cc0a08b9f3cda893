// The life cycle, on SQLite and, where VIGIA_TEST_POSTGRESQL names a server, on PostgreSQL.
#include <fmt/format.h>

#include <atomic>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "alert/test_alerts.h"

namespace vigia {
namespace {

class AlertLifeTest : public AlertTest {
protected:
    // Of each alert its creation in minutes, its count, and whether it is dismissed.
    std::string told() {
        std::string out;
        for (const StoredAlert& alert : alerts())
            out += fmt::format("{}{}×{}{}", out.empty() ? "" : " ",
                               (alert.created_at - minute(0)) / std::chrono::minutes{1}, alert.count,
                               alert.dismissed ? "d" : "");
        return out;
    }

    uint64_t rows(const std::string& table) {
        return static_cast<uint64_t>(number(database_->query("select count(*) from " + table)->at(0).at(0)));
    }
};

// Words of `events` are minutes, in the order in which they come; "d" dismisses all.
struct LifeCase {
    const char* name;
    uint32_t threshold;
    int64_t window_minutes;
    const char* events;
    const char* alerts;
};
constexpr LifeCase life_cases[] = {
    {"each within the window is counted", 1, 60, "0 10 59", "0×3"},
    {"at the end of the window a new one begins", 1, 60, "0 60 119 120", "0×1 60×2 120×1"},
    {"a late one goes to the alert after it", 1, 60, "100 50", "100×2"},
    {"a window before is still late", 1, 60, "100 40", "100×2"},
    {"what is more than a window before has an alert of its own", 1, 60, "100 39", "39×1 100×1"},
    {"the alert that was open takes it, not the later one", 1, 60, "0 90 50", "0×2 90×1"},
    {"a threshold counts within the window", 3, 60, "0 30 59 61", "59×4"},
    {"a window is less than itself long", 2, 60, "0 60 119", "119×2"},
    {"too few are none", 3, 60, "0 10 70 80 140", ""},
    {"a late one completes what waits", 3, 60, "0 20 10", "20×3"},
    {"a late one completes at the time of the last", 2, 60, "50 150 100", "100×3"},
    {"old ones wait no less", 2, 60, "0 500 1", "1×2"},
    {"dismissed ones take no more", 1, 60, "0 10 d 20 30", "0×2d 20×2"},
    {"a late one after a dismissal, too", 1, 60, "100 d 50", "50×1 100×1d"},
    {"counting begins anew after a dismissal", 2, 60, "0 1 d 2 3", "1×2d 3×2"},
};

TEST_P(AlertLifeTest, FollowsTheTable) {
    for (const LifeCase& one : life_cases) {
        SCOPED_TRACE(one.name);
        reset();
        number_ = 0;
        std::istringstream words(one.events);
        for (std::string word; words >> word;) {
            if (word == "d") {
                clock_.advance(std::chrono::seconds{1});
                ASSERT_TRUE(store_->dismiss_matching(
                    somebody, {.organisation = "acme", .raised_until = clock_.now()}, DismissReason::None));
                continue;
            }
            AlertMatch match = match_at(minute(std::stoll(word)), "e" + word);
            match.threshold = one.threshold;
            match.window = std::chrono::minutes{one.window_minutes};
            EXPECT_EQ(apply(match).counted, 1U);
        }
        EXPECT_EQ(told(), one.alerts);
        for (const StoredAlert& alert : alerts()) {
            EXPECT_EQ(alert.expires_at - alert.created_at, std::chrono::minutes{one.window_minutes});
            EXPECT_EQ(store_->events("acme", alert.id)->events.size(), alert.count);
        }
    }
}

TEST_P(AlertLifeTest, AnAlertTellsOfItsFirstMatchAndSpansAll) {
    AlertMatch second = match_at(minute(10), "e2");
    second.threshold = 2;
    AlertMatch first = match_at(minute(5), "e1");
    first.threshold = 2;
    first.severity = 1;
    apply(second);
    apply(first);
    apply(match_at(minute(30), "e3"));
    const StoredAlert alert = alerts().at(0);
    EXPECT_EQ(alert.title, "Root: e1");
    EXPECT_EQ(alert.severity, 1);
    EXPECT_EQ(alert.first_at, minute(5));
    EXPECT_EQ(alert.created_at, minute(10));
    EXPECT_EQ(alert.last_at, minute(30));
    EXPECT_EQ(alert.raised_at, clock_.now());
    EXPECT_EQ(alert.rule_name, "Root activity");
    EXPECT_EQ(alert.aggregates, (std::vector<NamedValue>{{"user", "root"}}));
    EXPECT_EQ(alert.region, "eu-west-1");
    EXPECT_EQ(*store_->find("acme", alert.id), alert);
    EXPECT_EQ(store_->event("acme", alert.id, "e1")->record, R"({"id":"e1"})");
    EXPECT_EQ(rows("alert_pending"), 0U);
}

TEST_P(AlertLifeTest, KeysAreApart) {
    BatchMatches batch;
    batch.matches = {match_at(minute(0), "e", "root"), match_at(minute(0), "e", "alice"),
                     match_at(minute(0), "e", "root")};
    batch.matches[2].organisation = "other";
    batch.matches.push_back(batch.matches[0]);
    batch.matches.back().rule_id = "rule-2";
    batch.matches.push_back(batch.matches[0]);
    batch.matches.back().aggregates = {{"user", "ro"}, {"", "ot"}};
    const auto done = apply(batch);
    EXPECT_EQ(done.raised, 5U);
    EXPECT_EQ(alerts().size(), 4U);
    EXPECT_EQ(alerts("other").size(), 1U);
}

TEST_P(AlertLifeTest, ABatchIsAppliedOnceAcrossRestarts) {
    const BatchMatches one{.matches = {match_at(minute(0), "e1")},
                           .counts = {{"acme", "rule-1", "2026-03-04", 1, 7}}};
    const BatchMatches two{.matches = {match_at(minute(1), "e2")},
                           .counts = {{"acme", "rule-1", "2026-03-04", 2, 1}}};
    apply(one, 5);
    apply(one, 5);
    open();
    EXPECT_EQ(*store_->applied("node"), 5U);
    EXPECT_EQ(*store_->applied("another"), 0U);
    const std::vector<AlertStore::Batch> both{{5, &one}, {6, &two}, {6, &two}};
    EXPECT_EQ(store_->apply("node", both, {})->counted, 1U);
    open();
    EXPECT_EQ(store_->apply("node", both, {})->counted, 0U);
    EXPECT_EQ(told(), "0×2");
    EXPECT_EQ(*store_->daily("acme", {"rule-1"}, "2026-01-01"),
              (std::vector<RuleDay>{{"rule-1", "2026-03-04", 3, 8, 1}}));
    // Another node counts for itself, and an event is known whoever brings it.
    EXPECT_EQ(store_->apply("another", std::span(both).first(1), {})->counted, 0U);
    EXPECT_EQ(told(), "0×2");
}

TEST_P(AlertLifeTest, WhatFailsHalfwayLeavesNoTrace) {
    BatchMatches batch;
    batch.matches = {match_at(minute(0), "e1"), match_at(minute(0), "e2", "alice")};
    const AlertStore::Batch one{1, &batch};
    int calls = 0;
    const auto failed =
        store_->apply("node", std::span(&one, 1), [&](SqlSession&, const StoredAlert&) -> Result<void> {
            return ++calls == 2 ? Result<void>(error(ErrorKind::Io, "the outbox is full")) : Result<void>();
        });
    expect_error(failed, ErrorKind::Io, "the outbox is full");
    EXPECT_EQ(*store_->applied("node"), 0U);
    EXPECT_TRUE(alerts().empty());
    std::vector<std::string> told_of;
    const auto done =
        store_->apply("node", std::span(&one, 1), [&](SqlSession&, const StoredAlert& alert) -> Result<void> {
            told_of.push_back(alert.id);
            return {};
        });
    EXPECT_EQ(done->raised, 2U);
    for (const std::string& id : told_of) EXPECT_TRUE(store_->find("acme", id));
}

TEST_P(AlertLifeTest, AnEventCountsOnceHoweverOftenItComes) {
    AlertMatch match = match_at(minute(0), "e1");
    match.threshold = 2;
    EXPECT_EQ(apply({.matches = {match, match}}).counted, 1U);
    EXPECT_EQ(apply(match).counted, 0U);
    EXPECT_EQ(told(), "");
    AlertMatch other = match;
    other.event_id = "e2";
    EXPECT_EQ(apply({.matches = {other, match, other}}).raised, 1U);
    EXPECT_EQ(apply({.matches = {match, other}}).counted, 0U);
    EXPECT_EQ(told(), "0×2");
    // Nor does it bring back what was dismissed.
    ASSERT_TRUE(store_->dismiss(somebody, "acme", {alerts()[0].id}, DismissReason::None));
    EXPECT_EQ(apply({.matches = {match, other}}).counted, 0U);
    EXPECT_EQ(told(), "0×2d");
}

TEST_P(AlertLifeTest, WhatComesFromOutsideIsStoredWhateverItIs) {
    AlertMatch match = match_at(Time::max(), std::string(100'000, 'x'));
    match.title = std::string("a\0b\xff", 4);
    match.aggregates = {{"user", std::string("\0\xc3", 2)}};
    match.record = std::string("\0", 1);
    apply(match);
    match.time = Time::min();
    match.event_id = "";
    apply(match);
    const auto all = alerts();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[1].title, "a b\xEF\xBF\xBD");
    EXPECT_EQ(all[1].expires_at, Time::max());
    EXPECT_LT(all[0].created_at, minute(0));
    EXPECT_EQ(apply(match).counted, 0U);
}

TEST_P(AlertLifeTest, TheFirstAndTheLatestEventsAreKept) {
    constexpr size_t events = contributing_events_max + 300;
    std::vector<AlertMatch> all;
    for (size_t i = 0; i < events; i++)
        all.push_back(match_at(minute(0) + std::chrono::seconds{i}, fmt::format("e{:05}", i)));
    std::shuffle(all.begin() + 1, all.end(), std::mt19937(1));
    for (size_t at = 0; at < all.size(); at += 700) {
        const size_t end = std::min(all.size(), at + 700);
        apply({.matches =
                   std::vector(all.begin() + static_cast<long>(at), all.begin() + static_cast<long>(end))});
    }
    const StoredAlert alert = alerts().at(0);
    EXPECT_EQ(alert.count, events);
    std::vector<std::string> kept;
    for (std::string cursor;;) {
        const auto page = store_->events("acme", alert.id, cursor, 300);
        ASSERT_TRUE(page);
        for (const AlertEvent& event : page->events) kept.push_back(event.event_id);
        cursor = page->next;
        if (cursor.empty()) break;
    }
    ASSERT_EQ(kept.size(), contributing_events_max);
    std::ranges::reverse(kept);
    for (size_t i = 0; i < kept.size(); i++)
        EXPECT_EQ(kept[i],
                  fmt::format("e{:05}", i < first_events_max ? i : i + events - contributing_events_max));
}

TEST_P(AlertLifeTest, WhatWaitsHasABoundAndAnEnd) {
    BatchMatches batch;
    for (size_t i = 0; i < pending_matches_max + 5; i++) {
        batch.matches.push_back(match_at(minute(2 * static_cast<int64_t>(i)), fmt::format("e{}", i)));
        batch.matches.back().threshold = 2;
        batch.matches.back().window = std::chrono::minutes{1};
    }
    apply(batch);
    EXPECT_EQ(rows("alert_pending"), pending_matches_max);
    clock_.advance(pending_grace + std::chrono::minutes{1});
    apply(match_at(minute(0), "other", "alice"));
    EXPECT_EQ(rows("alert_pending"), 0U);
}

// What the life cycle says, over all matches at every step.
class NaiveAlerts {
public:
    struct One {
        Time created, expires;
        std::set<std::pair<Time, std::string>> events;
        bool dismissed = false;
    };
    std::vector<One> alerts;

    void take(const AlertMatch& match) {
        const std::pair event(match.time, match.event_id);
        if (waiting_.contains(event)) return;
        for (const One& one : alerts) {
            if (one.events.contains(event)) return;
        }
        One* open = nullptr;
        for (One& one : alerts) {
            if (covers(one, match.time) && (open == nullptr || one.created < open->created)) open = &one;
        }
        if (open != nullptr) {
            open->events.insert(event);
            return;
        }
        waiting_.insert(event);
        for (const auto& last : waiting_) {
            size_t within = 0;
            for (const auto& one : waiting_)
                within += one <= last && last.first - one.first < match.window ? 1 : 0;
            if (within < match.threshold) continue;
            One made{last.first, last.first + match.window, {}};
            for (const auto& one : waiting_) {
                if (covers(made, one.first)) made.events.insert(one);
            }
            std::erase_if(waiting_, [&](const auto& one) { return made.events.contains(one); });
            alerts.push_back(made);
            return;
        }
    }

private:
    static bool covers(const One& one, Time time) {
        return !one.dismissed && time >= one.created - (one.expires - one.created) && time < one.expires;
    }
    std::set<std::pair<Time, std::string>> waiting_;
};

using Told = std::vector<std::tuple<std::string, Time, Time, Time, uint64_t, bool>>;

// A random history of a few keys: batches, dismissals between, redelivery, lateness.
TEST_P(AlertLifeTest, BatchesAreOneByOneAreTheNaiveModel) {
    const unsigned seed = 4711;
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    const auto below = [&](int end) { return std::uniform_int_distribution<int>(0, end - 1)(random); };
    for (int round = 0; round < 12; round++) {
        const auto threshold = static_cast<uint32_t>(1 + below(4));
        std::vector<std::vector<AlertMatch>> batches(8);
        int events = 0;
        for (auto& batch : batches) {
            for (int i = below(16); i > 0; i--) {
                const int event = below(6) == 0 && events > 0 ? below(events) : events++;
                // Of an event all is the same whenever it comes.
                std::mt19937 of_event(static_cast<unsigned>(round * 1000 + event));
                const auto at = static_cast<int64_t>(of_event() % 400);
                batch.push_back(
                    match_at(minute(at), fmt::format("e{}", event), of_event() % 2 == 0 ? "a" : "b"));
                batch.back().threshold = threshold;
            }
        }
        std::map<std::string, NaiveAlerts> naive;
        std::array<Told, 2> told;
        for (const bool whole : {true, false}) {
            reset();
            number_ = 0;
            std::mt19937 dismissing(static_cast<unsigned>(round));
            for (const auto& batch : batches) {
                if (whole) {
                    apply({.matches = batch});
                    for (const AlertMatch& match : batch) naive[match.aggregates[0].value].take(match);
                } else {
                    for (const AlertMatch& match : batch) apply(match);
                }
                if (dismissing() % 3 != 0) continue;
                ASSERT_TRUE(store_->dismiss_matching(
                    somebody, {.organisation = "acme", .raised_until = clock_.now()}, DismissReason::None));
                if (!whole) continue;
                for (auto& [user, model] : naive) {
                    for (auto& one : model.alerts) one.dismissed = true;
                }
            }
            for (const StoredAlert& alert : alerts())
                told[whole ? 0 : 1].emplace_back(alert.aggregates.at(0).value, alert.created_at,
                                                 alert.first_at, alert.last_at, alert.count, alert.dismissed);
        }
        Told expected;
        for (const auto& [user, model] : naive) {
            for (const auto& one : model.alerts)
                expected.emplace_back(user, one.created, one.events.begin()->first,
                                      one.events.rbegin()->first, one.events.size(), one.dismissed);
        }
        for (Told* const list : {&told[0], &told[1], &expected}) std::ranges::sort(*list);
        EXPECT_EQ(told[0], expected) << "round " << round;
        EXPECT_EQ(told[0], told[1]) << "round " << round;
    }
}

TEST_P(AlertLifeTest, AnAlertIsNeitherLostNorDoubledWhileOthersDismiss) {
    constexpr int batches = 60;
    std::atomic<bool> done{false};
    std::thread applying([&] {
        for (int i = 0; i < batches; i++) apply(match_at(minute(i % 50), fmt::format("e{}", i)));
        done = true;
    });
    uint64_t dismissed = 0;
    while (!done) {
        const auto one = store_->dismiss_matching(
            somebody, {.organisation = "acme", .raised_until = clock_.now()}, DismissReason::Maintenance);
        EXPECT_TRUE(one) << (one ? "" : one.error().message);
        dismissed += one ? one->count : 0;
    }
    applying.join();
    uint64_t counted = 0, gone = 0;
    std::set<int64_t> changes;
    for (const StoredAlert& alert : alerts()) {
        counted += alert.count;
        gone += alert.dismissed ? 1 : 0;
        changes.insert(alert.change);
    }
    EXPECT_EQ(counted, static_cast<uint64_t>(batches));
    EXPECT_EQ(gone, dismissed);
    EXPECT_GE(alerts().size(), dismissed);
    EXPECT_EQ(changes.size(), alerts().size());
}

INSTANTIATE_TEST_SUITE_P(On, AlertLifeTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace vigia
