// The same tests on SQLite, and on PostgreSQL where VIGIA_TEST_POSTGRESQL names a server.
#include "notify/outbox.h"

#include <fmt/format.h>

#include "notify/backoff.h"
#include "notify/test_notify.h"

namespace vigia {
namespace {

const std::string hook = R"({"url":"https://hooks.example.org/"})";

class OutboxTest : public OutboxFixture {
protected:
    std::vector<Outgoing> due(std::span<const std::string> held = {}) {
        auto rows = outbox_->due(clock_.now(), 100, held);
        EXPECT_TRUE(rows) << (rows ? "" : rows.error().message);
        return rows.value_or(std::vector<Outgoing>{});
    }
};

TEST_P(OutboxTest, ChannelsAreKeptAndNeverShowTheirSecret) {
    const auto made = channels_->add("acme", {.name = "Pager é",
                                              .kind = "pagerduty",
                                              .secret = "routing-key-1",
                                              .severity_max = 1,
                                              .filter = "rule = \"x\""});
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_TRUE(made->has_secret);
    EXPECT_EQ(made->settings, "{}");
    add("webhook", hook);
    open();
    const auto all = channels_->list("acme");
    ASSERT_EQ(all->size(), 2U);
    EXPECT_EQ(all->at(0).name, "Pager é");
    EXPECT_EQ(all->at(0).filter, "rule = \"x\"");
    EXPECT_EQ(all->at(0).created_at, clock_.now());
    EXPECT_FALSE(all->at(1).has_secret);
    EXPECT_EQ(channels_->address("acme", made->id)->secret, "routing-key-1");
    const auto rows = database_->query("select * from channels");
    ASSERT_TRUE(rows);
    for (const SqlRow& row : *rows) {
        for (const SqlValue& value : row) EXPECT_EQ(text(value).find("routing-key-1"), std::string::npos);
    }
    expect_error(channels_->add("acme", {.name = "Pager é", .kind = "pagerduty", .secret = "k"}),
                 ErrorKind::Conflict, "there is a channel 'Pager é' already");
    EXPECT_TRUE(channels_->add("other", {.name = "Pager é", .kind = "pagerduty", .secret = "k"}));
}

TEST_P(OutboxTest, ASecretGoesToNoOtherPlaceUnlessItIsGivenAgain) {
    const std::string id = add("webhook", hook, "signing-key");
    ChannelDraft draft{.name = "renamed", .kind = "webhook", .settings = hook, .enabled = false};
    const auto renamed = channels_->change("acme", id, draft);
    ASSERT_TRUE(renamed) << renamed.error().message;
    EXPECT_EQ(renamed->name, "renamed");
    EXPECT_FALSE(renamed->enabled);
    EXPECT_EQ(channels_->address("acme", id)->secret, "signing-key");
    draft.settings = R"({"url":"https://elsewhere.example.org/"})";
    expect_error(channels_->change("acme", id, draft), ErrorKind::BadInput, "give the secret again");
    EXPECT_EQ(channels_->find("acme", id)->settings, hook);
    draft.secret = "another";
    ASSERT_TRUE(channels_->change("acme", id, draft));
    EXPECT_EQ(channels_->address("acme", id)->secret, "another");
    draft.secret = "";
    EXPECT_FALSE(channels_->change("acme", id, draft)->has_secret);
    draft.kind = "slack";
    expect_error(channels_->change("acme", id, draft), ErrorKind::BadInput, "which stays");
}

TEST_P(OutboxTest, NothingOfAnotherOrganisationIsToBeHad) {
    const std::string id = add("webhook", hook);
    ASSERT_TRUE(outbox_->put(id, sample()));
    EXPECT_TRUE(channels_->list("other")->empty());
    EXPECT_TRUE(listening("other", 1).empty());
    expect_error(channels_->find("other", id), ErrorKind::NotFound, "no such channel");
    expect_error(channels_->change("other", id, {.name = "x", .kind = "webhook", .settings = hook}),
                 ErrorKind::NotFound, "no such channel");
    expect_error(channels_->remove("other", id), ErrorKind::NotFound, "no such channel");
    expect_error(channels_->address("other", id), ErrorKind::NotFound, "no such channel");
    expect_error(channels_->send_test("other", "Other", id), ErrorKind::NotFound, "no such channel");
    Notification foreign = sample();
    foreign.organisation = "other";
    expect_error(outbox_->put(id, foreign), ErrorKind::NotFound, "no such channel");
    EXPECT_TRUE(outbox_->of_alert("other", "alert-1")->empty());
    EXPECT_EQ(outbox_->of_alert("acme", "alert-1")->size(), 1U);
    ASSERT_TRUE(channels_->remove("acme", id));
    EXPECT_TRUE(due().empty());
    expect_error(channels_->find("acme", id), ErrorKind::NotFound, "no such channel");
}

TEST_P(OutboxTest, ChannelsListenToTheirSeverities) {
    for (int severity = 1; severity <= 3; severity++) {
        const std::string channel_name = "to " + std::to_string(severity);
        ASSERT_TRUE(channels_->add(
            "acme", {.name = channel_name, .kind = "webhook", .settings = hook, .severity_max = severity}));
    }
    ASSERT_TRUE(
        channels_->add("acme", {.name = "off", .kind = "webhook", .settings = hook, .enabled = false}));
    EXPECT_EQ(listening("acme", 1).size(), 3U);
    EXPECT_EQ(listening("acme", 2).size(), 2U);
    EXPECT_EQ(listening("acme", 3).size(), 1U);
    for (const int wrong : {0, 4})
        expect_error(
            channels_->add("acme", {.name = "x", .kind = "webhook", .settings = hook, .severity_max = wrong}),
            ErrorKind::BadInput, "severity 1 to");
    for (const std::string& wrong :
         {std::string(), std::string("a\nb"), std::string(channel_name_characters_max + 1, 'x')})
        expect_error(channels_->add("acme", {.name = wrong, .kind = "webhook", .settings = hook}),
                     ErrorKind::BadInput, "a channel has a name");
    expect_error(channels_->add("acme", {.name = "x",
                                         .kind = "webhook",
                                         .settings = hook,
                                         .filter = std::string(channel_filter_bytes_max + 1, 'x')}),
                 ErrorKind::BadInput, "filter");
}

TEST_P(OutboxTest, AnOrganisationHasSoManyChannels) {
    for (size_t i = 0; i < organisation_channels_max; i++) add("webhook", hook, "", std::to_string(i));
    expect_error(channels_->add("acme", {.name = "one more", .kind = "webhook", .settings = hook}),
                 ErrorKind::BadInput, "at most 100 channels");
    EXPECT_TRUE(channels_->add("other", {.name = "one", .kind = "webhook", .settings = hook}));
}

TEST_P(OutboxTest, AnAlertIsPutOnceIntoAChannel) {
    const std::string one = add("webhook", hook, "", "one"), two = add("webhook", hook, "", "two");
    EXPECT_TRUE(*outbox_->put(one, sample()));
    EXPECT_FALSE(*outbox_->put(one, sample()));
    EXPECT_TRUE(*outbox_->put(two, sample()));
    ASSERT_EQ(due().size(), 2U);
    EXPECT_EQ(*read_notification(due()[0].body), sample());
    ASSERT_TRUE(outbox_->sent(due()[0]));
    EXPECT_FALSE(*outbox_->put(one, sample()));
    EXPECT_EQ(due().size(), 1U);
    // What the caller takes back was never put.
    const auto taken_back = database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(outbox_->put(session, one, sample("alert-2")));
        return error(ErrorKind::Io, "taken back");
    });
    EXPECT_FALSE(taken_back);
    EXPECT_TRUE(outbox_->of_alert("acme", "alert-2")->empty());
}

TEST_P(OutboxTest, WhatIsClaimedAndNeverMarkedIsDueAgain) {
    add("webhook", hook);
    ASSERT_TRUE(outbox_->put(channels_->list("acme")->at(0).id, sample()));
    const Outgoing outgoing = due().at(0);
    EXPECT_TRUE(*outbox_->claim(outgoing));
    EXPECT_FALSE(*outbox_->claim(outgoing));
    EXPECT_TRUE(due().empty());
    clock_.advance(lease - Duration{1});
    EXPECT_TRUE(due().empty());
    clock_.advance(Duration{1});
    ASSERT_EQ(due().size(), 1U);
    EXPECT_TRUE(*outbox_->claim(due()[0]));
    ASSERT_TRUE(outbox_->release(due().empty() ? outgoing : due()[0]));
    EXPECT_EQ(due().size(), 1U);
}

TEST_P(OutboxTest, HeldAndDisabledChannelsWait) {
    const std::string one = add("webhook", hook, "", "one"), two = add("webhook", hook, "", "two");
    ASSERT_TRUE(outbox_->put(one, sample()));
    clock_.advance(Duration{1});
    ASSERT_TRUE(outbox_->put(two, sample()));
    ASSERT_EQ(due().size(), 2U);
    EXPECT_EQ(due()[0].channel, one);
    const std::vector<std::string> held{one, "another"};
    ASSERT_EQ(due(held).size(), 1U);
    EXPECT_EQ(due(held)[0].channel, two);
    EXPECT_EQ(outbox_->due(clock_.now(), 1)->size(), 1U);
    ASSERT_TRUE(channels_->change("acme", two,
                                  {.name = "two", .kind = "webhook", .settings = hook, .enabled = false}));
    EXPECT_TRUE(due(held).empty());
    ASSERT_TRUE(channels_->change("acme", two, {.name = "two", .kind = "webhook", .settings = hook}));
    EXPECT_EQ(due(held).size(), 1U);
}

TEST_P(OutboxTest, WhatFailsComesAgainLaterAndIsDeadInTheEnd) {
    const std::string id = add("webhook", hook);
    ASSERT_TRUE(outbox_->put(id, sample()));
    const Delivery failure{Delivery::Outcome::Failed, "the receiver answered 500", std::nullopt};
    for (int64_t attempt = 1; attempt <= attempts_max; attempt++) {
        ASSERT_EQ(due().size(), 1U) << attempt;
        EXPECT_EQ(due()[0].attempts, attempt - 1);
        ASSERT_TRUE(outbox_->failed(due()[0], failure));
        EXPECT_TRUE(due().empty());
        clock_.advance(backoff(attempt, 0) - Duration{1});
        EXPECT_TRUE(due().empty());
        clock_.advance(Duration{1});
    }
    EXPECT_TRUE(due().empty());
    const auto dead = dead_letters("acme");
    ASSERT_EQ(dead.size(), 1U);
    EXPECT_EQ(dead.at(0).attempts, attempts_max);
    EXPECT_EQ(dead.at(0).last_error, failure.error);
    EXPECT_EQ(dead.at(0).state, OutgoingState::Dead);
    EXPECT_TRUE(dead_letters("other").empty());
    expect_error(outbox_->retry("other", dead.at(0).id), ErrorKind::NotFound, "no such dead letter");
    ASSERT_TRUE(outbox_->retry("acme", dead.at(0).id));
    expect_error(outbox_->retry("acme", dead.at(0).id), ErrorKind::NotFound, "no such dead letter");
    ASSERT_EQ(due().size(), 1U);
    EXPECT_EQ(due()[0].attempts, 0);
}

TEST_P(OutboxTest, ARefusalIsDeadAtOnceAndPatienceIsHadWithinABound) {
    const std::string id = add("webhook", hook);
    ASSERT_TRUE(outbox_->put(id, sample("refused")));
    ASSERT_TRUE(outbox_->failed(
        due()[0], {Delivery::Outcome::Refused, std::string(last_error_bytes_max + 1, 'x'), std::nullopt}));
    EXPECT_EQ(dead_letters("acme").at(0).last_error.size(), last_error_bytes_max);
    ASSERT_TRUE(outbox_->put(id, sample("patient")));
    ASSERT_TRUE(outbox_->failed(
        due()[0], {Delivery::Outcome::Failed, "the receiver answered 429", retry_after_max * 2}));
    clock_.advance(retry_after_max - Duration{1});
    EXPECT_TRUE(due().empty());
    clock_.advance(Duration{1});
    EXPECT_EQ(due().size(), 1U);
}

TEST_P(OutboxTest, WhatWasSentIsForgottenAfterItsTime) {
    const std::string id = add("webhook", hook);
    ASSERT_TRUE(outbox_->put(id, sample()));
    ASSERT_TRUE(outbox_->sent(due()[0]));
    const auto sent = outbox_->of_alert("acme", "alert-1");
    ASSERT_EQ(sent->size(), 1U);
    EXPECT_EQ(sent->at(0).state, OutgoingState::Sent);
    EXPECT_EQ(sent->at(0).sent_at, clock_.now());
    EXPECT_EQ(*outbox_->forget(OutgoingState::Dead, clock_.now() + Duration{1}), 0U);
    EXPECT_EQ(*outbox_->forget(OutgoingState::Sent, clock_.now()), 0U);
    EXPECT_EQ(*outbox_->forget(OutgoingState::Sent, clock_.now() + Duration{1}), 1U);
    EXPECT_TRUE(outbox_->of_alert("acme", "alert-1")->empty());
}

TEST_P(OutboxTest, AChangeIsOfTheVersionThatWasSeenAndIsWitnessedOrNotMade) {
    std::vector<std::string> told;
    const ChannelWitness witness = [&](SqlSession&, const Channel* before,
                                       const Channel* after) -> Result<void> {
        told.push_back((before != nullptr ? before->name : "-") + ">" +
                       (after != nullptr ? after->name : "-"));
        return {};
    };
    const ChannelWitness refusing = [](SqlSession&, const Channel*, const Channel*) -> Result<void> {
        return error(ErrorKind::Io, "the log is full");
    };
    ChannelDraft draft{.name = "one", .kind = "webhook", .settings = hook};
    expect_error(channels_->add("acme", draft, refusing), ErrorKind::Io, "the log is full");
    EXPECT_TRUE(channels_->list("acme")->empty());
    const auto made = channels_->add("acme", draft, witness);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->version, 1);
    draft.name = "two";
    expect_error(channels_->change("acme", made->id, draft, 2, witness), ErrorKind::Conflict,
                 "read it again");
    expect_error(channels_->change("acme", made->id, draft, 1, refusing), ErrorKind::Io, "the log is full");
    EXPECT_EQ(*channels_->find("acme", made->id), *made);
    EXPECT_EQ(channels_->change("acme", made->id, draft, 1, witness)->version, 2);
    EXPECT_EQ(channels_->change("acme", made->id, draft, std::nullopt, witness)->version, 3);
    expect_error(channels_->remove("acme", made->id, 2, witness), ErrorKind::Conflict, "read it again");
    expect_error(channels_->remove("acme", made->id, 3, refusing), ErrorKind::Io, "the log is full");
    ASSERT_TRUE(channels_->remove("acme", made->id, 3, witness));
    EXPECT_EQ(told, (std::vector<std::string>{"->one", "one>two", "two>two", "two>-"}));
}

TEST_P(OutboxTest, DeliveriesAreListedInPagesAndCounted) {
    const std::string one = add("webhook", hook, "", "one"), two = add("webhook", hook, "", "two");
    for (int i = 0; i < 5; i++) ASSERT_TRUE(*outbox_->put(one, sample(fmt::format("alert-{}", i))));
    ASSERT_TRUE(*outbox_->put(two, sample("alert-0")));
    const Delivery refused{Delivery::Outcome::Refused, "no", std::nullopt};
    ASSERT_TRUE(outbox_->failed(outbox_->of_alert("acme", "alert-1")->at(0), refused));
    ASSERT_TRUE(outbox_->sent(outbox_->of_alert("acme", "alert-2")->at(0)));
    std::vector<std::string> seen;
    OutgoingQuery query{.organisation = "acme", .channel = one, .limit = 2};
    do {
        const auto page = outbox_->list(query);
        ASSERT_TRUE(page) << page.error().message;
        for (const Outgoing& row : page->rows) seen.push_back(row.alert);
        query.cursor = page->next;
    } while (!query.cursor.empty());
    std::ranges::sort(seen);
    EXPECT_EQ(seen, (std::vector<std::string>{"alert-0", "alert-1", "alert-2", "alert-3", "alert-4"}));
    EXPECT_EQ(outbox_->list({.organisation = "acme", .alert = "alert-0"})->rows.size(), 2U);
    EXPECT_EQ(outbox_->list({.organisation = "acme", .state = OutgoingState::Sent})->rows.size(), 1U);
    EXPECT_TRUE(outbox_->list({.organisation = "other"})->rows.empty());
    const auto backlogs = outbox_->backlogs("acme");
    EXPECT_EQ(backlogs->at(one).waiting, 3U);
    EXPECT_EQ(backlogs->at(one).dead, 1U);
    EXPECT_EQ(backlogs->at(two).waiting, 1U);
    EXPECT_TRUE(outbox_->backlogs("other")->empty());
    for (const char* const wrong : {"x", "1", "-", "9999999999999999999-a"})
        expect_error(outbox_->list({.organisation = "acme", .cursor = wrong}), ErrorKind::BadInput, "cursor");
    for (const size_t wrong : {size_t{0}, outgoing_page_max + 1})
        expect_error(outbox_->list({.organisation = "acme", .limit = wrong}), ErrorKind::BadInput,
                     "a page has");
    EXPECT_EQ(*outbox_->retry_all("other", one), 0U);
    EXPECT_EQ(*outbox_->retry_all("acme", one), 1U);
    EXPECT_TRUE(dead_letters("acme").empty());
}

INSTANTIATE_TEST_SUITE_P(Both, OutboxTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& one) { return one.param; });

TEST(Backoff, DoublesToItsBoundAndIsSpread) {
    EXPECT_EQ(backoff(1, 0), backoff_first / 2);
    EXPECT_EQ(backoff(2, 0), backoff_first);
    EXPECT_EQ(backoff(attempts_max, 0), backoff_max / 2);
    EXPECT_EQ(backoff(1'000'000, 0), backoff_max / 2);
    Duration least = backoff_max, most{0}, all{0};
    for (uint64_t i = 0; i < 1000; i++) {
        const Duration wait = backoff(3, i * 0x9E3779B97F4A7C15U);
        least = std::min(least, wait);
        most = std::max(most, wait);
    }
    EXPECT_GE(least, backoff_first * 2);
    EXPECT_LE(most, backoff_first * 4);
    EXPECT_GT(most - least, backoff_first);
    for (int64_t attempt = 1; attempt < attempts_max; attempt++) all += backoff(attempt, 0);
    EXPECT_GT(all, std::chrono::hours{7});
}

}  // namespace
}  // namespace vigia
