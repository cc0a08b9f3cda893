// Deliveries to real receivers (tests/notify/receivers.py), on SQLite, and on PostgreSQL where
// VIGIA_TEST_POSTGRESQL names a server.
#include "notify/deliverer.h"

#include <fmt/format.h>

#include "notify/backoff.h"
#include "notify/test_notify.h"

namespace vigia {
namespace {

namespace json = boost::json;

std::string text_at(const json::object& object, std::string_view key) {
    const json::value* const value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(std::string_view(value->get_string())) : "";
}

class DelivererTest : public OutboxFixture {
protected:
    static std::string hook(const Receiver& receiver) {
        return fmt::format(R"({{"url":"http://127.0.0.1:{}/hook?a=b"}})", receiver.port());
    }
    // Waits rather for what is announced than for the time.
    static DelivererOptions patient() { return {.poll_ms = patience_s}; }

    Outgoing outgoing(const std::string& alert = "alert-1") {
        const auto rows = outbox_->of_alert("acme", alert);
        return rows && rows->size() == 1 ? rows->at(0) : Outgoing{};
    }
    bool becomes(OutgoingState state, int64_t attempts, const std::string& alert = "alert-1") {
        return eventually([&] {
            const Outgoing now = outgoing(alert);
            return now.state == state && now.attempts == attempts;
        });
    }
    void advance(Duration by) {
        clock_.advance(by);
        outbox_->announce();
    }
};

TEST_P(DelivererTest, SendsAWebhookAtOnceAndSigned) {
    Receiver receiver({"http", "--secret", "signing-key"});
    const std::string id = add("webhook", hook(receiver), "signing-key");
    Deliverer deliverer(*outbox_, *channels_, clock_, patient());
    ASSERT_TRUE(*outbox_->put(id, sample()));
    const json::object got = receiver.next();
    EXPECT_EQ(text_at(got, "path"), "/hook?a=b");
    EXPECT_EQ(text_at(got, "type"), "application/json");
    EXPECT_EQ(got.at("signed"), json::value(true));
    EXPECT_EQ(text_at(got, "timestamp"), "1772618400");
    EXPECT_EQ(got.at("body").at("alerts").at(0).at("title").as_string(), sample().title);
    EXPECT_TRUE(becomes(OutgoingState::Sent, 1));
    EXPECT_FALSE(*outbox_->put(id, sample()));
    ASSERT_TRUE(*outbox_->put(id, sample("alert-2")));
    EXPECT_EQ(receiver.next().at("body").at("alerts").at(0).at("id").as_string(), "alert-2");
    EXPECT_FALSE(receiver.has_more());
}

TEST_P(DelivererTest, WithoutASecretNothingIsSignedAndAWrongOneShows) {
    Receiver receiver({"http", "--secret", "signing-key"});
    const std::string plain = add("webhook", hook(receiver), "", "plain");
    const std::string wrong = add("webhook", hook(receiver), "other-key", "wrong");
    ASSERT_TRUE(channels_->send_test("acme", "Acme", plain));
    EXPECT_TRUE(receiver.next().at("signed").is_null());
    ASSERT_TRUE(channels_->send_test("acme", "Acme", wrong));
    const json::object got = receiver.next();
    EXPECT_EQ(got.at("signed"), json::value(false));
    EXPECT_NE(text_at(got, "text").find("Test of a Vigia channel: nothing has happened"), std::string::npos);
}

TEST_P(DelivererTest, WhatFailedIsSentAfterARestartWhenTheReceiverIsBack) {
    Receiver receiver({"http"});
    receiver.command("status 500");
    const std::string id = add("webhook", hook(receiver));
    {
        Deliverer deliverer(*outbox_, *channels_, clock_, patient());
        ASSERT_TRUE(*outbox_->put(id, sample()));
        EXPECT_EQ(receiver.next().at("status"), json::value(500));
        ASSERT_TRUE(becomes(OutgoingState::Waiting, 1));
        EXPECT_EQ(outgoing().last_error, "the receiver answered 500: answer with   and  ");
        advance(backoff(1, 0));
        EXPECT_EQ(receiver.next().at("status"), json::value(500));
        ASSERT_TRUE(becomes(OutgoingState::Waiting, 2));
    }
    receiver.command("status 200");
    outbox_.reset();
    open();
    outbox_.emplace(*database_, clock_, [] { return uint64_t{0}; });
    clock_.advance(backoff(2, 0));
    Deliverer deliverer(*outbox_, *channels_, clock_, patient());
    EXPECT_EQ(receiver.next().at("status"), json::value(200));
    EXPECT_TRUE(becomes(OutgoingState::Sent, 3));
    EXPECT_EQ(outgoing().last_error, "");
}

TEST_P(DelivererTest, ACrashBetweenSendingAndMarkingSendsAgain) {
    Receiver receiver({"http"});
    const std::string id = add("webhook", hook(receiver));
    ASSERT_TRUE(*outbox_->put(id, sample()));
    // As the deliverer does it, up to the crash.
    const auto due = outbox_->due(clock_.now(), 1);
    ASSERT_EQ(due->size(), 1U);
    ASSERT_TRUE(*outbox_->claim(due->at(0)));
    const auto address = channels_->address("acme", id);
    ASSERT_TRUE(address);
    EXPECT_EQ(address->kind->send(address->settings, "", sample(), {clock_, {}, {}}).error, "");
    receiver.next();
    outbox_.reset();
    open();
    outbox_.emplace(*database_, clock_);
    clock_.advance(lease);
    Deliverer deliverer(*outbox_, *channels_, clock_, patient());
    EXPECT_EQ(receiver.next().at("body").at("alerts").at(0).at("id").as_string(), "alert-1");
    EXPECT_TRUE(becomes(OutgoingState::Sent, 1));
}

TEST_P(DelivererTest, ARefusalIsADeadLetterWhichCanBeSentAgain) {
    Receiver receiver({"http"});
    receiver.command("status 410");
    const std::string id = add("webhook", hook(receiver));
    Deliverer deliverer(*outbox_, *channels_, clock_, patient());
    ASSERT_TRUE(*outbox_->put(id, sample()));
    receiver.next();
    ASSERT_TRUE(becomes(OutgoingState::Dead, 1));
    EXPECT_TRUE(outgoing().last_error.starts_with("the receiver answered 410"));
    receiver.command("status 200");
    ASSERT_TRUE(outbox_->retry("acme", outgoing().id));
    receiver.next();
    EXPECT_TRUE(becomes(OutgoingState::Sent, 1));
}

TEST_P(DelivererTest, ManyFailuresAreADeadLetter) {
    Receiver receiver({"http"});
    receiver.command("status 503");
    const std::string id = add("webhook", hook(receiver));
    Deliverer deliverer(*outbox_, *channels_, clock_, patient());
    ASSERT_TRUE(*outbox_->put(id, sample()));
    for (int64_t attempt = 1; attempt <= attempts_max; attempt++) {
        receiver.next();
        ASSERT_TRUE(becomes(attempt < attempts_max ? OutgoingState::Waiting : OutgoingState::Dead, attempt));
        advance(backoff_max);
    }
    EXPECT_EQ(dead_letters("acme").size(), 1U);
    EXPECT_FALSE(receiver.has_more());
}

TEST_P(DelivererTest, RetryAfterHoldsTheWholeChannel) {
    Receiver receiver({"http"});
    receiver.command("status 429");
    receiver.command("retry-after 600");
    const std::string id = add("webhook", hook(receiver));
    Deliverer deliverer(*outbox_, *channels_, clock_, patient());
    ASSERT_TRUE(*outbox_->put(id, sample("one")));
    receiver.next();
    ASSERT_TRUE(becomes(OutgoingState::Waiting, 1, "one"));
    receiver.command("status 200");
    receiver.command("retry-after");
    ASSERT_TRUE(*outbox_->put(id, sample("two")));
    // Another channel is not held: once it was served, the held one was passed over.
    Receiver other({"http"});
    const std::string other_id = add("webhook", hook(other), "", "other");
    advance(std::chrono::seconds{599});
    ASSERT_TRUE(*outbox_->put(other_id, sample("three")));
    other.next();
    ASSERT_TRUE(becomes(OutgoingState::Sent, 1, "three"));
    EXPECT_EQ(outgoing("two").attempts, 0);
    advance(std::chrono::seconds{1});
    EXPECT_TRUE(becomes(OutgoingState::Sent, 2, "one"));
    EXPECT_TRUE(becomes(OutgoingState::Sent, 1, "two"));
}

TEST_P(DelivererTest, AChannelGetsSoManyAMinute) {
    Receiver receiver({"http"});
    const std::string id = add("webhook", hook(receiver));
    DelivererOptions options = patient();
    options.per_minute = 3;
    Deliverer deliverer(*outbox_, *channels_, clock_, options);
    for (int i = 0; i < 5; i++) ASSERT_TRUE(*outbox_->put(id, sample(fmt::format("alert-{}", i))));
    const auto sent = [&] {
        int count = 0;
        for (int i = 0; i < 5; i++)
            count += outgoing(fmt::format("alert-{}", i)).state == OutgoingState::Sent ? 1 : 0;
        return count;
    };
    EXPECT_TRUE(eventually([&] { return sent() == 3; }));
    EXPECT_TRUE(outbox_->due(clock_.now(), 10)->size() == 2U);
    advance(std::chrono::seconds{20});
    EXPECT_TRUE(eventually([&] { return sent() == 4; }));
    advance(std::chrono::seconds{19});
    EXPECT_EQ(sent(), 4);
    advance(std::chrono::seconds{1});
    EXPECT_TRUE(eventually([&] { return sent() == 5; }));
}

TEST_P(DelivererTest, StopsAtOnceWhileAReceiverHangs) {
    Receiver receiver({"http"});
    receiver.command("hang");
    const std::string id = add("webhook", hook(receiver));
    const auto begin = std::chrono::steady_clock::now();
    {
        Deliverer deliverer(*outbox_, *channels_, clock_, patient());
        ASSERT_TRUE(*outbox_->put(id, sample()));
        receiver.next();
    }
    // Far below the time that a delivery may take.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, NetworkBounds{}.total_timeout_ms);
    EXPECT_EQ(outgoing().state, OutgoingState::Waiting);
    EXPECT_EQ(outgoing().attempts, 0);
    EXPECT_EQ(outgoing().next_at, clock_.now());
}

TEST_P(DelivererTest, SendTestSaysWhatWentWrong) {
    Receiver receiver({"http"});
    const std::string id = add("webhook", hook(receiver));
    const NetworkBounds hasty{.total_timeout_ms = std::chrono::milliseconds{200}};
    receiver.command("long");
    EXPECT_TRUE(channels_->send_test("acme", "Acme", id));
    receiver.next();
    receiver.command("status 302");
    expect_error(channels_->send_test("acme", "Acme", id), ErrorKind::Io, "the receiver answered 302");
    EXPECT_EQ(text_at(receiver.next(), "path"), "/hook?a=b");
    receiver.command("hang");
    expect_error(channels_->send_test("acme", "Acme", id, hasty), ErrorKind::Io, "timed out");
    receiver.next();
    EXPECT_FALSE(receiver.has_more());  // the redirect was not followed
    const std::string nobody = add("webhook", R"({"url":"http://127.0.0.1:1/"})", "", "nobody");
    expect_error(channels_->send_test("acme", "Acme", nobody), ErrorKind::Io, "127.0.0.1");
    const std::string metadata = add(
        "webhook", R"({"url":"http://169.254.169.254/latest/meta-data/","allow_http":true})", "", "metadata");
    expect_error(channels_->send_test("acme", "Acme", metadata), ErrorKind::Io, "169.254.169.254");
}

TEST_P(DelivererTest, HttpsIsVerified) {
    Receiver receiver({"http", "--tls", folder_});
    const std::string url = fmt::format("https://localhost:{}/", receiver.port());
    const std::string trusting =
        add("webhook", fmt::format(R"({{"url":"{}","ca_file":"{}/certificate.pem"}})", url, folder_), "",
            "trusting");
    ASSERT_TRUE(channels_->send_test("acme", "Acme", trusting));
    receiver.next();
    const std::string strict = add("webhook", fmt::format(R"({{"url":"{}"}})", url), "", "strict");
    expect_error(channels_->send_test("acme", "Acme", strict), ErrorKind::Io, "certificate");
    EXPECT_FALSE(receiver.has_more());
}

TEST_P(DelivererTest, SlackAndPagerDutyGetTheirBodies) {
    Receiver receiver({"http"});
    const std::string address = fmt::format("http://127.0.0.1:{}", receiver.port());
    const std::string slack = add("slack", "{}", address + "/services/T/B/secret");
    const std::string pager =
        add("pagerduty", fmt::format(R"({{"base_url":"{}/"}})", address), "routing-key");
    Deliverer deliverer(*outbox_, *channels_, clock_, patient());
    ASSERT_TRUE(*outbox_->put(slack, sample("slack-alert")));
    const json::object message = receiver.next();
    EXPECT_EQ(text_at(message, "path"), "/services/T/B/secret");
    EXPECT_EQ(message.at("body").at("blocks").at(0).at("type").as_string(), "header");
    receiver.command("status 202");
    ASSERT_TRUE(*outbox_->put(pager, sample("pager-alert")));
    const json::object event = receiver.next();
    EXPECT_EQ(text_at(event, "path"), "/v2/enqueue");
    EXPECT_EQ(event.at("body").at("routing_key").as_string(), "routing-key");
    EXPECT_EQ(event.at("body").at("dedup_key").as_string(), "pager-alert");
    EXPECT_TRUE(becomes(OutgoingState::Sent, 1, "slack-alert"));
    EXPECT_TRUE(becomes(OutgoingState::Sent, 1, "pager-alert"));
}

TEST_P(DelivererTest, SnsIsSignedAsAwsVerifiesIt) {
    Receiver receiver({"http", "--secret", "aws/secret+key"});
    const auto settings = [&](std::string_view key) {
        return fmt::format(
            R"({{"region":"eu-west-1","topic_arn":"arn:aws:sns:eu-west-1:111122223333:alerts",)"
            R"("access_key_id":"{}","endpoint":"http://127.0.0.1:{}"}})",
            key, receiver.port());
    };
    const std::string id = add("sns", settings("AKIAEXAMPLE"), "aws/secret+key", "good");
    Deliverer deliverer(*outbox_, *channels_, clock_, patient());
    ASSERT_TRUE(*outbox_->put(id, sample()));
    const json::object got = receiver.next();
    ASSERT_TRUE(got.contains("form")) << json::serialize(got);
    EXPECT_EQ(text_at(got, "sigv4"), "good AKIAEXAMPLE eu-west-1 sns");
    const json::object& form = got.at("form").as_object();
    EXPECT_EQ(text_at(form, "Action"), "Publish");
    EXPECT_EQ(text_at(form, "TopicArn"), "arn:aws:sns:eu-west-1:111122223333:alerts");
    EXPECT_EQ(json::parse(text_at(form, "Message")).at("alerts").at(0).at("title").as_string(),
              sample().title);
    EXPECT_TRUE(becomes(OutgoingState::Sent, 1));
    const std::string wrong = add("sns", settings("AKIAEXAMPLE"), "wrong", "wrong");
    ASSERT_TRUE(channels_->send_test("acme", "Acme", wrong));
    EXPECT_EQ(text_at(receiver.next(), "sigv4"), "wrong");
}

TEST_P(DelivererTest, MailIsOneThatEveryReaderUnderstands) {
    Receiver receiver({"smtp", "--tls", folder_, "--secret", "pass word"});
    const auto settings = [&](std::string_view more) {
        return fmt::format(
            R"({{"host":"localhost","port":{},"from":"vigia@example.org","to":["a@example.org","b@example.org"]{}}})",
            receiver.port(), more);
    };
    const std::string login = fmt::format(R"(,"user":"vigia","ca_file":"{}/certificate.pem")", folder_);
    const std::string id = add("smtp", settings(login), "pass word", "good");
    Deliverer deliverer(*outbox_, *channels_, clock_, patient());
    ASSERT_TRUE(*outbox_->put(id, sample()));
    const json::object got = receiver.next();
    EXPECT_EQ(got.at("tls"), json::value(true));
    EXPECT_EQ(text_at(got, "user"), "vigia");
    EXPECT_EQ(text_at(got, "from"), "vigia@example.org");
    EXPECT_EQ(got.at("to"), (json::value{"a@example.org", "b@example.org"}));
    EXPECT_EQ(got.at("defects"), json::value(json::array{})) << json::serialize(got);
    EXPECT_EQ(got.at("ascii"), json::value(true));
    EXPECT_LE(got.at("longest").as_int64(), 78);
    const json::object& headers = got.at("headers").as_object();
    EXPECT_EQ(text_at(headers, "Subject"), "[severity 1] " + sample().title);
    EXPECT_EQ(text_at(headers, "To"), "a@example.org, b@example.org");
    EXPECT_EQ(text_at(headers, "Date"), "Wed, 04 Mar 2026 10:00:00 +0000");
    EXPECT_FALSE(headers.contains("Bcc"));
    EXPECT_NE(text_at(got, "body").find("requestParameters.bucket=Name]: a\"b\\c]d  Bcc: x"),
              std::string::npos)
        << text_at(got, "body");
    EXPECT_TRUE(becomes(OutgoingState::Sent, 1));

    receiver.command("status 451");
    expect_error(channels_->send_test("acme", "Acme", id), ErrorKind::Io, "the mail server answered 451");
    receiver.next();
    receiver.command("status 550");
    ASSERT_TRUE(*outbox_->put(id, sample("refused")));
    receiver.next();
    EXPECT_TRUE(becomes(OutgoingState::Dead, 1, "refused"));
    receiver.command("status 250");
    // Without a certificate that it knows, it does not even say who it is; nor without encryption.
    const std::string strict = add("smtp", settings(R"(,"user":"vigia")"), "pass word", "strict");
    expect_error(channels_->send_test("acme", "Acme", strict), ErrorKind::Io, "certificate");
    Receiver bare({"smtp"});
    const std::string plain = fmt::format(
        R"({{"host":"127.0.0.1","port":{},"from":"a@example.org","to":["b@example.org"]}})", bare.port());
    expect_error(channels_->send_test("acme", "Acme", add("smtp", plain, "", "bare")), ErrorKind::Io,
                 "STARTTLS");
    const std::string wrong = add("smtp", settings(login), "wrong", "wrong");
    EXPECT_FALSE(channels_->send_test("acme", "Acme", wrong));
}

TEST_P(DelivererTest, SyslogComesOverTlsInOneCountedMessage) {
    Receiver receiver({"syslog", "--tls", folder_});
    const std::string id = add("syslog", fmt::format(R"({{"host":"localhost","port":{},"hostname":"vigia-1",)"
                                                     R"("ca_file":"{}/certificate.pem"}})",
                                                     receiver.port(), folder_));
    Deliverer deliverer(*outbox_, *channels_, clock_, patient());
    ASSERT_TRUE(*outbox_->put(id, sample()));
    const json::object got = receiver.next();
    EXPECT_EQ(got.at("priority"), json::value(130)) << json::serialize(got);
    EXPECT_EQ(got.at("tls"), json::value(true));
    EXPECT_EQ(got.at("rest"), json::value(0));
    EXPECT_EQ(text_at(got, "time"), "2026-03-04T10:00:00.123456Z");
    EXPECT_EQ(text_at(got, "host"), "vigia-1");
    EXPECT_EQ(text_at(got, "message"), sample().title);
    const json::object& data = got.at("data").as_object();
    EXPECT_EQ(data.at("alert@32473").at(0), (json::value{"id", "alert-1"}));
    EXPECT_EQ(data.at("aggregates@32473").at(1),
              (json::value{"requestParameters.bucket_Name_", "a\"b\\c]d  Bcc: x"}));
    EXPECT_TRUE(becomes(OutgoingState::Sent, 1));
    const std::string strict =
        add("syslog", fmt::format(R"({{"host":"localhost","port":{}}})", receiver.port()), "", "strict");
    expect_error(channels_->send_test("acme", "Acme", strict), ErrorKind::Io, "certificate");
    EXPECT_TRUE(receiver.next().contains("refused"));

    Receiver plain({"syslog"});
    const std::string tcp =
        add("syslog", fmt::format(R"({{"host":"127.0.0.1","port":{},"transport":"tcp"}})", plain.port()), "",
            "tcp");
    ASSERT_TRUE(channels_->send_test("acme", "Acme", tcp));
    EXPECT_EQ(plain.next().at("tls"), json::value(false));
}

INSTANTIATE_TEST_SUITE_P(Both, DelivererTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& one) { return one.param; });

TEST(Allowance, LetsABurstThroughAndThenItsShare) {
    const Time start = *parse_rfc3339("2026-03-04T10:00:00Z");
    Allowance allowance(60);
    for (int i = 0; i < 60; i++) {
        EXPECT_LE(allowance.free_at(), start) << i;
        allowance.take(start);
    }
    EXPECT_EQ(allowance.free_at(), start + std::chrono::seconds{1});
    EXPECT_FALSE(allowance.is_idle(start + std::chrono::seconds{59}));
    EXPECT_TRUE(allowance.is_idle(start + std::chrono::seconds{60}));
    allowance.hold_until(start + std::chrono::seconds{90});
    EXPECT_EQ(allowance.free_at(), start + std::chrono::seconds{90});
}

}  // namespace
}  // namespace vigia
