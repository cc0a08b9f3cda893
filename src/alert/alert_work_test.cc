// What people do with alerts, on SQLite and, where VIGIA_TEST_POSTGRESQL names a server, on PostgreSQL.
#include <fmt/format.h>

#include "alert/test_alerts.h"

namespace vigia {
namespace {

class AlertWorkTest : public AlertTest {
protected:
    // So many alerts, a minute apart; their ids, oldest first.
    std::vector<std::string> fill(int count, int from = 0) {
        BatchMatches batch;
        for (int i = from; i < from + count; i++)
            batch.matches.push_back(match_at(minute(i), fmt::format("e{}", i), fmt::format("user {}", i)));
        apply(batch);
        std::vector<std::string> ids;
        for (const StoredAlert& alert : alerts()) ids.push_back(alert.id);
        return ids;
    }

    std::string told(const std::string& id) {
        const auto history = store_->history("acme", id);
        EXPECT_TRUE(history);
        std::string out;
        for (const AlertHistoryEntry& entry : *history)
            out += fmt::format("{}{} {} {} {}\n", format_rfc3339(entry.time).substr(11, 5),
                               name(entry.action), entry.actor.who, entry.actor.origin, entry.detail);
        return out;
    }

    uint64_t active() {
        return store_->list({.organisation = "acme", .status = AlertStatus::Active})->alerts.size();
    }
};

TEST_P(AlertWorkTest, AReasonIsOneOfTheListAndOtherSaysWhy) {
    const auto ids = fill(1);
    const std::string longest(alert_text_characters_max, 'x');
    expect_error(store_->dismiss(somebody, "acme", ids, DismissReason::Other), ErrorKind::BadInput,
                 "needs a text");
    expect_error(store_->dismiss(somebody, "acme", ids, DismissReason::None, "why"), ErrorKind::BadInput,
                 "OTHER only");
    expect_error(store_->dismiss(somebody, "acme", ids, DismissReason::Other, longest + "x"),
                 ErrorKind::BadInput, "at most");
    EXPECT_EQ(active(), 1U);
    ASSERT_TRUE(store_->dismiss(somebody, "acme", ids, DismissReason::Other, longest));
    const auto alert = store_->find("acme", ids[0]);
    EXPECT_TRUE(alert->dismissed);
    EXPECT_EQ(alert->dismissed_at, clock_.now());
    EXPECT_EQ(alert->dismissed_by, "alice");
    EXPECT_EQ(alert->dismiss_reason, DismissReason::Other);
    EXPECT_EQ(alert->dismiss_text, longest);
    for (const DismissReason reason :
         {DismissReason::None, DismissReason::BusinessOperations, DismissReason::CompanyPolicy,
          DismissReason::Maintenance, DismissReason::Other})
        EXPECT_EQ(dismiss_reason_of(name(reason)), reason);
    EXPECT_EQ(name(DismissReason::BusinessOperations), "BUSINESS_OP");
    EXPECT_FALSE(dismiss_reason_of("business_op"));
}

TEST_P(AlertWorkTest, IdsAreDismissedAllOrNone) {
    auto ids = fill(4);
    expect_error(store_->dismiss(somebody, "acme", {ids[0], "no such"}, DismissReason::None),
                 ErrorKind::NotFound);
    EXPECT_EQ(active(), 4U);
    EXPECT_EQ(store_->dismiss(somebody, "acme", {ids[0], ids[1], ids[0]}, DismissReason::None)->count, 2U);
    EXPECT_EQ(store_->dismiss(somebody, "acme", {ids[1], ids[2]}, DismissReason::Maintenance)->count, 1U);
    EXPECT_EQ(store_->find("acme", ids[1])->dismiss_reason, DismissReason::None);
    EXPECT_EQ(active(), 1U);
    EXPECT_EQ(store_->dismiss(somebody, "acme", {}, DismissReason::None)->count, 0U);
    ids.assign(chosen_ids_max + 1, "x");
    expect_error(store_->dismiss(somebody, "acme", ids, DismissReason::None), ErrorKind::BadInput, "at most");
}

TEST_P(AlertWorkTest, AMatchingDismissalIsAnExactSet) {
    fill(20);
    AlertQuery query{.organisation = "acme", .severities = {2}, .from = minute(5), .limit = 3};
    expect_error(store_->dismiss_matching(somebody, query, DismissReason::None), ErrorKind::BadInput,
                 "until when");
    query.raised_until = clock_.now();
    clock_.advance(std::chrono::seconds{1});
    fill(10, 20);
    const int64_t before_it = *store_->last_change("acme");
    const auto dismissal = store_->dismiss_matching(somebody, query, DismissReason::CompanyPolicy);
    ASSERT_TRUE(dismissal) << dismissal.error().message;
    EXPECT_EQ(dismissal->count, 15U);
    const auto all = alerts();
    for (size_t i = 0; i < all.size(); i++) EXPECT_EQ(all[i].dismissed, i >= 5 && i < 20) << i;
    // Each is a change of its own, so that a page of changes may end anywhere.
    const auto changed = store_->changes_after("acme", before_it);
    ASSERT_EQ(changed->size(), 15U);
    for (size_t i = 1; i < changed->size(); i++) EXPECT_GT(changed->at(i).change, changed->at(i - 1).change);
    apply(match_at(minute(29), "later", "user 29"));
    EXPECT_GT(*store_->last_change("acme"), changed->back().change);
    query.status = AlertStatus::Dismissed;
    expect_error(store_->dismiss_matching(somebody, query, DismissReason::None), ErrorKind::BadInput,
                 "already");
}

TEST_P(AlertWorkTest, UndoingRestoresWhatDidNotChange) {
    const auto ids = fill(4);
    ASSERT_TRUE(store_->dismiss(somebody, "acme", {ids[3]}, DismissReason::None));
    const auto dismissal = store_->dismiss_matching(
        somebody, {.organisation = "acme", .raised_until = clock_.now()}, DismissReason::Other, "noise");
    EXPECT_EQ(dismissal->count, 3U);
    ASSERT_TRUE(store_->add_note(somebody, "acme", ids[0], "rightly so"));
    clock_.advance(std::chrono::minutes{1});
    const auto undone = store_->undo({"bob", "console"}, "acme", dismissal->id);
    ASSERT_TRUE(undone) << undone.error().message;
    EXPECT_EQ(*undone, 2U);
    EXPECT_TRUE(store_->find("acme", ids[0])->dismissed);
    EXPECT_TRUE(store_->find("acme", ids[3])->dismissed);
    const auto restored = store_->find("acme", ids[1]);
    EXPECT_FALSE(restored->dismissed || restored->dismissed_at);
    EXPECT_EQ(restored->dismissed_by + restored->dismiss_text, "");
    EXPECT_EQ(restored->dismiss_reason, DismissReason::None);
    EXPECT_EQ(told(ids[1]),
              "12:00raised   \n12:00dismissed alice test OTHER: noise\n12:01undone bob console \n");
    EXPECT_EQ(told(ids[0]),
              "12:00raised   \n12:00dismissed alice test OTHER: noise\n12:00noted alice test rightly so\n");
    expect_error(store_->undo(somebody, "acme", dismissal->id), ErrorKind::Conflict, "already");
    expect_error(store_->undo(somebody, "acme", "no such"), ErrorKind::NotFound);
    // It counts again.
    apply(match_at(minute(2), "again", "user 1"));
    EXPECT_EQ(store_->find("acme", ids[1])->count, 2U);
    EXPECT_EQ(alerts().size(), 4U);
}

TEST_P(AlertWorkTest, AssignmentsAndNotesAreRemembered) {
    const auto ids = fill(1);
    const auto assigned = store_->assign(somebody, "acme", ids[0], "bob");
    ASSERT_TRUE(assigned) << assigned.error().message;
    EXPECT_EQ(*assigned, *store_->find("acme", ids[0]));
    EXPECT_EQ(assigned->version, 2);
    EXPECT_EQ(store_->assign(somebody, "acme", ids[0], "bob")->version, 2);
    ASSERT_TRUE(store_->add_note({"bob", "console"}, "acme", ids[0], "looking"));
    ASSERT_TRUE(store_->add_note({"bob", "console"}, "acme", ids[0], "é\n\xff"));
    ASSERT_TRUE(store_->assign(somebody, "acme", ids[0], ""));
    EXPECT_EQ(store_->find("acme", ids[0])->version, 5);
    const auto notes = store_->notes("acme", ids[0]);
    ASSERT_EQ(notes->size(), 2U);
    EXPECT_EQ(notes->at(1).detail, "é\n\xEF\xBF\xBD");
    EXPECT_EQ(told(ids[0]),
              "12:00raised   \n12:00assigned alice test bob\n12:00noted bob console looking\n"
              "12:00noted bob console é\n\xEF\xBF\xBD\n12:00assigned alice test \n");
    expect_error(store_->add_note(somebody, "acme", ids[0], ""), ErrorKind::BadInput, "a note has");
    expect_error(store_->add_note(somebody, "acme", ids[0], std::string(alert_text_characters_max + 1, 'x')),
                 ErrorKind::BadInput, "a note has");
    expect_error(store_->assign(somebody, "acme", ids[0], std::string(assignee_bytes_max + 1, 'x')),
                 ErrorKind::BadInput, "an assignee has");
}

TEST_P(AlertWorkTest, ManyAreAssignedAtOnceOrNone) {
    const auto ids = fill(4);
    expect_error(store_->assign_all(somebody, "acme", {ids[0], "no such"}, "bob"), ErrorKind::NotFound);
    expect_error(store_->assign_all(somebody, "other", {ids[0]}, "bob"), ErrorKind::NotFound);
    EXPECT_EQ(store_->find("acme", ids[0])->assignee, "");
    ASSERT_TRUE(store_->assign(somebody, "acme", ids[1], "bob"));
    const int64_t before = *store_->last_change("acme");
    EXPECT_EQ(*store_->assign_all(somebody, "acme", {ids[0], ids[1], ids[2], ids[0]}, "bob"), 3U);
    // The one that was theirs stays as it is; the others have changes of their own.
    const auto changed = store_->changes_after("acme", before);
    ASSERT_EQ(changed->size(), 2U);
    EXPECT_LT(changed->at(0).change, changed->at(1).change);
    EXPECT_EQ(store_->find("acme", ids[1])->version, 2);
    EXPECT_EQ(told(ids[0]), "12:00raised   \n12:00assigned alice test bob\n");
    EXPECT_EQ(told(ids[1]), "12:00raised   \n12:00assigned alice test bob\n");
    EXPECT_EQ(told(ids[3]), "12:00raised   \n");
    EXPECT_EQ(*store_->assign_all(somebody, "acme", {}, "bob"), 0U);
    expect_error(store_->assign_all(somebody, "acme", ids, std::string(assignee_bytes_max + 1, 'x')),
                 ErrorKind::BadInput, "an assignee has");
    const std::vector<std::string> many(chosen_ids_max + 1, "x");
    expect_error(store_->assign_all(somebody, "acme", many, "bob"), ErrorKind::BadInput, "at most");
}

TEST_P(AlertWorkTest, AMatchingAssignmentIsAnExactSet) {
    fill(10);
    AlertQuery query{.organisation = "acme", .status = AlertStatus::Active, .from = minute(2), .limit = 3};
    expect_error(store_->assign_matching(somebody, query, "bob"), ErrorKind::BadInput, "until when");
    query.raised_until = clock_.now();
    clock_.advance(std::chrono::seconds{1});
    fill(5, 10);
    const auto ids = alerts();
    ASSERT_TRUE(store_->assign(somebody, "acme", ids[3].id, "bob"));
    ASSERT_TRUE(store_->dismiss(somebody, "acme", {ids[4].id}, DismissReason::None));
    const auto count = store_->assign_matching(somebody, query, "bob");
    ASSERT_TRUE(count) << count.error().message;
    EXPECT_EQ(*count, store_->count(query)->count);
    const auto all = alerts();
    for (size_t i = 0; i < all.size(); i++)
        EXPECT_EQ(all[i].assignee, i >= 2 && i < 10 && i != 4 ? "bob" : "") << i;
    EXPECT_EQ(told(all[2].id), "12:00raised   \n12:00assigned alice test bob\n");
    // A later one is assigned by nobody, and has a change of its own.
    apply(match_at(minute(14), "later", "user 14"));
    EXPECT_EQ(store_->changes_after("acme", all[9].change)->back().assignee, "");
    query.status = AlertStatus::Dismissed;
    EXPECT_EQ(*store_->assign_matching(somebody, query, "carol"), 1U);
    EXPECT_EQ(store_->find("acme", all[4].id)->assignee, "carol");
}

TEST_P(AlertWorkTest, OldAlertsAreRemovedWithAllThatHangsOnThem) {
    const auto ids = fill(1200);
    ASSERT_TRUE(store_->add_note(somebody, "acme", ids[0], "old"));
    apply(BatchMatches{.counts = {{"acme", "rule-1", "2026-03-01", 1, 1}}});
    clock_.advance(std::chrono::hours{24});
    const Time limit = clock_.now();
    fill(2, 1200);
    const auto removed = store_->remove_before(limit);
    ASSERT_TRUE(removed) << removed.error().message;
    EXPECT_EQ(*removed, 1200U);
    EXPECT_EQ(alerts().size(), 2U);
    expect_error(store_->find("acme", ids[0]), ErrorKind::NotFound);
    for (const auto& [table, rows] :
         std::map<std::string, int64_t>{{"alert_events", 2}, {"alert_history", 0}})
        EXPECT_EQ(number(database_->query("select count(*) from " + table)->at(0).at(0)), rows) << table;
    EXPECT_EQ(store_->daily("acme", {"rule-1"}, "2026-03-01")->size(), 1U);
    EXPECT_EQ(*store_->remove_before(limit), 0U);
}

INSTANTIATE_TEST_SUITE_P(On, AlertWorkTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace vigia
