// Connections to AWS, dead letters and back-fills, on SQLite and PostgreSQL.
#include <gtest/gtest.h>

#include "catalog/aws_backfills.h"
#include "catalog/aws_connections.h"
#include "catalog/aws_dead_letters.h"
#include "catalog/test_catalog.h"

namespace vigia {
namespace {

class AwsTest : public WithCatalog {
protected:
    void SetUp() override {
        WithCatalog::SetUp();
        if (IsSkipped()) return;
        auto opened = AwsConnections::open(database(), clock_);
        ASSERT_TRUE(opened) << opened.error().message;
        connections_.emplace(std::move(*opened));
        letters_.emplace(database(), clock_);
        backfills_.emplace(database(), clock_);
    }

    static AwsConnectionDraft draft(const std::string& name) {
        return {.name = name, .queue_url = "https://q", .region = "eu-west-1", .role_arn = "arn"};
    }
    AwsDeadLetter letter(const std::string& id, const std::string& connection) const {
        return {.id = id, .organisation = one_, .connection = connection, .reason = "cut short"};
    }

    std::optional<AwsConnections> connections_;
    std::optional<AwsDeadLetters> letters_;
    std::optional<AwsBackfills> backfills_;
};

TEST_P(AwsTest, AConnectionBelongsToOneOrganisation) {
    const auto made = connections_->add(somebody, one_, draft("trail"));
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->external_id.size(), 32U);
    EXPECT_EQ(connections_->add(somebody, one_, draft("trail")).error().kind, ErrorKind::Conflict);
    EXPECT_TRUE(connections_->add(somebody, two_, draft("trail")));
    EXPECT_EQ(connections_->find(two_, made->id).error().kind, ErrorKind::NotFound);
    const auto changed = connections_->change(somebody, one_, made->id, draft("other"), 1);
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_EQ(changed->version, 2);
    EXPECT_EQ(changed->external_id, made->external_id);
    EXPECT_EQ(connections_->change(somebody, one_, made->id, draft("other"), 1).error().kind,
              ErrorKind::Conflict);
    EXPECT_EQ(connections_->remove(somebody, two_, made->id, {}).error().kind, ErrorKind::NotFound);
    EXPECT_TRUE(connections_->remove(somebody, one_, made->id, {}));
    EXPECT_EQ(connections_->all()->size(), 1U);
    for (const std::string_view action :
         {"aws connection added", "aws connection changed", "aws connection removed"})
        EXPECT_TRUE(logged(one_, action)) << action;
}

TEST_P(AwsTest, TheConfigurationHasItsOwnConnections) {
    AwsConnections::Configured wanted{one_, draft("trail"), "x"};
    ASSERT_TRUE(connections_->configure({wanted}));
    const AwsConnection first = connections_->all()->at(0);
    EXPECT_EQ(first.external_id, "x");
    EXPECT_EQ(connections_->change(somebody, one_, first.id, draft("t"), {}).error().kind,
              ErrorKind::Conflict);
    ASSERT_TRUE(connections_->configure({wanted}));
    EXPECT_EQ(connections_->all()->at(0).version, 1);
    wanted.draft.region = "us-east-1";
    ASSERT_TRUE(connections_->configure({wanted}));
    EXPECT_EQ(connections_->all()->at(0).region, "us-east-1");
    EXPECT_EQ(connections_->all()->at(0).id, first.id);
    ASSERT_TRUE(connections_->configure({}));
    EXPECT_FALSE(connections_->all()->at(0).enabled);
}

TEST_P(AwsTest, AccountsAreCountedAndMapped) {
    const AwsConnection made = *connections_->add(somebody, one_, draft("trail"));
    const AwsAccount seen{made.id, "111122223333", "", 3, clock_.now()};
    ASSERT_TRUE(connections_->note_accounts({seen}));
    ASSERT_TRUE(connections_->map_account(somebody, made, "111122223333", two_));
    ASSERT_TRUE(connections_->note_accounts({seen}));
    const auto accounts = connections_->accounts(made.id);
    ASSERT_EQ(accounts->size(), 1U);
    EXPECT_EQ(accounts->at(0).objects, 6U);
    EXPECT_EQ(accounts->at(0).organisation, two_);
    EXPECT_EQ(accounts->at(0).last_seen, seen.last_seen);
    EXPECT_EQ(connections_->map_account(somebody, made, "111122223333", "none").error().kind,
              ErrorKind::NotFound);
    ASSERT_TRUE(connections_->note_accounts({{"gone", "111122223333", "", 1, clock_.now()}}));
    EXPECT_TRUE(connections_->accounts("gone")->empty());
}

TEST_P(AwsTest, DeadLettersAreListedTriedAgainAndForgotten) {
    for (const char* const id : {"aa", "bb", "cc"}) {
        ASSERT_TRUE(letters_->put(letter(id, "c")));
        clock_.advance(std::chrono::seconds{1});
    }
    ASSERT_TRUE(letters_->put(letter("aa", "c")));
    const auto first = letters_->list({one_, "c", "", 2});
    ASSERT_TRUE(first) << first.error().message;
    ASSERT_EQ(first->letters.size(), 2U);
    EXPECT_EQ(first->letters[0].id, "aa");
    EXPECT_EQ(first->letters[0].attempts, 2U);
    EXPECT_EQ(letters_->list({one_, "c", first->next, 2})->letters.at(0).id, "bb");
    EXPECT_EQ(letters_->list({one_, "c", "1-'", 2}).error().kind, ErrorKind::BadInput);
    EXPECT_TRUE(letters_->list({two_, "c", "", 2})->letters.empty());
    EXPECT_EQ(letters_->retry(two_, "c", "aa").error().kind, ErrorKind::NotFound);
    EXPECT_TRUE(letters_->retry(one_, "c", "bb"));
    EXPECT_EQ(letters_->wanted("c", 10)->at(0).id, "bb");
    EXPECT_EQ(*letters_->retry_all(one_, "c"), 3U);
    EXPECT_EQ(letters_->remove(two_, "c", "aa").error().kind, ErrorKind::NotFound);
    EXPECT_TRUE(letters_->remove(one_, "c", "aa"));
    EXPECT_EQ(*letters_->count("c"), 2U);
}

TEST_P(AwsTest, ABackfillKeepsHowFarItCame) {
    const AwsBackfill made =
        *backfills_->add(somebody, {.organisation = one_, .connection = "c", .bucket = "b"});
    ASSERT_TRUE(backfills_->add_shards(made.id, {{"a/", "", false}, {"b/", "", false}}));
    ASSERT_TRUE(backfills_->add_shards(made.id, {{"a/", "x", true}}));
    ASSERT_TRUE(backfills_->keep_shard(made.id, {"b/", "b/9", true}));
    const auto shards = backfills_->shards(made.id);
    ASSERT_EQ(shards->size(), 2U);
    EXPECT_FALSE(shards->at(0).done);
    EXPECT_EQ(shards->at(1).position, "b/9");
    AwsBackfill now = made;
    now.done = 7;
    now.is_listed = true;
    ASSERT_TRUE(backfills_->keep(now));
    EXPECT_EQ(backfills_->running()->at(0).done, 7U);
    EXPECT_TRUE(backfills_->set_state(somebody, one_, "c", made.id, AwsBackfill::State::Paused));
    now.state = AwsBackfill::State::Done;
    ASSERT_TRUE(backfills_->keep(now));
    EXPECT_EQ(backfills_->find(one_, "c", made.id)->state, AwsBackfill::State::Paused);
    EXPECT_EQ(backfills_->find(two_, "c", made.id).error().kind, ErrorKind::NotFound);
    EXPECT_TRUE(backfills_->set_state(somebody, one_, "c", made.id, AwsBackfill::State::Cancelled));
    EXPECT_EQ(backfills_->set_state(somebody, one_, "c", made.id, AwsBackfill::State::Running).error().kind,
              ErrorKind::Conflict);
}

INSTANTIATE_TEST_SUITE_P(Both, AwsTest, testing::Values("sqlite", "postgresql"));

}  // namespace
}  // namespace vigia
