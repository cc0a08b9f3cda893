#include "notify/bodies.h"

#include <gtest/gtest.h>

#include "notify/test_notify.h"

namespace vigia {
namespace {

namespace json = boost::json;

TEST(Bodies, TheWebhookIsThreatStacksToTheByte) {
    EXPECT_EQ(
        webhook_body(sample()),
        "{\"alerts\":[{\"title\":\"CloudTrail: <!channel> \\\"Root\\\" & [others]\\\\ by "
        "Zoë\",\"created_at\":"
        "1772618400123,\"severity\":1,\"organization_id\":\"acme\",\"organization_name\":\"Acme & Söhne\","
        "\"server_or_region\":\"eu-west-1\",\"source\":\"CloudTrail\",\"id\":\"alert-1\"}]}");
}

TEST(Bodies, TheSignatureIsThatOfOpenssl) {
    // printf '1772618400.{"a":1}' | openssl dgst -sha256 -hmac secret
    EXPECT_EQ(webhook_signature("secret", 1772618400, R"({"a":1})"),
              "sha256=8c2e1f4bb2b0bb64505aceb6fca5806a08a7ec5a1a59f092c03fe7e17f5a34e7");
    EXPECT_NE(webhook_signature("secret", 1772618401, R"({"a":1})"),
              webhook_signature("secret", 1772618400, R"({"a":1})"));
}

TEST(Bodies, SlackCanNeitherMentionNorFormat) {
    const std::string body = slack_body(sample());
    EXPECT_EQ(body.find("<!channel>"), std::string::npos) << body;
    EXPECT_NE(body.find("&lt;!channel&gt; \\\"Root\\\" &amp; [others]"), std::string::npos) << body;
    const json::object message = json::parse(body).as_object();
    EXPECT_EQ(message.at("mrkdwn"), json::value(false));
    size_t links = 0;
    for (const json::value& block : message.at("blocks").as_array()) {
        const json::object& one = block.as_object();
        if (const json::value* text = one.if_contains("text");
            text != nullptr && text->at("type").as_string() == "mrkdwn") {
            links++;
            EXPECT_EQ(text->at("text").as_string(),
                      "<https://vigia.example.org/alerts/alert-1?a=1&amp;b=2|Open the alert>");
        }
    }
    EXPECT_EQ(links, 1U);
    const json::array& fields = message.at("blocks").at(2).at("fields").as_array();
    EXPECT_EQ(fields.at(5).at("text").as_string(), "user: root");
}

TEST(Bodies, SlacksLimitsAreKept) {
    Notification long_one = sample();
    long_one.title.assign(5000, '&');
    long_one.description.assign(5000, 'd');
    long_one.url = "https://vigia.example.org/a b";
    long_one.aggregates.assign(50, {"name", std::string(5000, 'v')});
    const json::object message = json::parse(slack_body(long_one)).as_object();
    const json::array& blocks = message.at("blocks").as_array();
    EXPECT_LE(json::serialize(blocks.at(0)).size(), 140U * 5 + 200);
    EXPECT_LE(blocks.at(1).at("text").at("text").as_string().size(), 3000U);
    EXPECT_EQ(blocks.at(2).at("fields").as_array().size(), 10U);
    for (const json::value& field : blocks.at(2).at("fields").as_array())
        EXPECT_LE(field.at("text").as_string().size(), 2000U);
    EXPECT_EQ(blocks.size(), 4U);  // no link: its address would break it
}

TEST(Bodies, PagerDutyMapsSeveritiesAndDoesNotDouble) {
    Notification notification = sample();
    const json::object event = json::parse(pagerduty_body(notification, "key")).as_object();
    EXPECT_EQ(event.at("routing_key").as_string(), "key");
    EXPECT_EQ(event.at("event_action").as_string(), "trigger");
    EXPECT_EQ(event.at("dedup_key").as_string(), "alert-1");
    EXPECT_EQ(event.at("client_url").as_string(), notification.url);
    const json::object& payload = event.at("payload").as_object();
    EXPECT_EQ(payload.at("summary").as_string(), notification.title);
    EXPECT_EQ(payload.at("source").as_string(), "eu-west-1");
    EXPECT_EQ(payload.at("timestamp").as_string(), "2026-03-04T10:00:00.123Z");
    EXPECT_EQ(payload.at("custom_details").at("user").as_string(), "root");
    const std::pair<int, std::string_view> severities[] = {{1, "critical"}, {2, "error"}, {3, "warning"}};
    for (const auto& [severity, said] : severities) {
        notification.severity = severity;
        EXPECT_EQ(json::parse(pagerduty_body(notification, "key")).at("payload").at("severity").as_string(),
                  said);
    }
    notification.title.assign(5000, 't');
    EXPECT_LE(json::parse(pagerduty_body(notification, "k")).at("payload").at("summary").as_string().size(),
              1026U);
}

TEST(Bodies, AMailsTitleCannotAddAHeader) {
    Notification notification = sample();
    notification.title = "x\r\nBcc: somebody@example.org\r\n\r\nbody";
    const std::string message =
        mail_message(notification, "vigia@example.org", {"a@example.org", "b@example.org"}, {});
    EXPECT_EQ(message.find("\r\nBcc"), std::string::npos) << message;
    EXPECT_NE(message.find("Subject: [severity 1] x  Bcc: somebody@example.org    body\r\n"),
              std::string::npos)
        << message;
    EXPECT_NE(message.find("To: a@example.org,\r\n b@example.org\r\n"), std::string::npos);
    EXPECT_NE(message.find("Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n"), std::string::npos);
    EXPECT_EQ(message,
              mail_message(notification, "vigia@example.org", {"a@example.org", "b@example.org"}, {}));
}

TEST(Bodies, SyslogEscapesWhatWouldEndAValue) {
    const std::string message = syslog_message(sample(), 16, "vigia-1");
    EXPECT_TRUE(message.starts_with("<130>1 2026-03-04T10:00:00.123456Z vigia-1 vigia - alert [alert@32473 "))
        << message;
    EXPECT_NE(
        message.find(R"([aggregates@32473 user="root" requestParameters.bucket_Name_="a\"b\\c\]d  Bcc: x"])"),
        std::string::npos)
        << message;
    EXPECT_EQ(message.find('\n'), std::string::npos);
    Notification notification = sample();
    notification.severity = 3;
    EXPECT_TRUE(syslog_message(notification, 0, "-").starts_with("<4>1 "));
}

TEST(Bodies, SnsKeepsToOneLineOfAscii) {
    Notification notification = sample();
    notification.title = "é\r\n&Action=Other" + std::string(200, 'x');
    const std::string form = sns_form(notification, "arn:aws:sns:eu-west-1:111122223333:a.fifo");
    EXPECT_NE(form.find("&Subject=Severity%201%3A%20%3F%3F%20%20%26Action%3DOther"), std::string::npos)
        << form;
    EXPECT_EQ(form.find("Action="), form.rfind("Action="));
    EXPECT_NE(form.find("&MessageDeduplicationId=alert-1"), std::string::npos);
    EXPECT_EQ(sns_form(notification, "arn:aws:sns:eu-west-1:111122223333:a").find("MessageGroupId"),
              std::string::npos);
}

TEST(Notifications, ComeBackAsTheyWereWritten) {
    EXPECT_EQ(*read_notification(write_notification(sample())), sample());
    EXPECT_EQ(*read_notification(write_notification({})), Notification{});
    for (const char* damaged : {"", "{}", "[]", R"({"alert":1})"})
        expect_error(read_notification(damaged), ErrorKind::Corrupt, "damaged");
}

TEST(Notifications, AreUtf8WithinTheirBounds) {
    Notification notification;
    notification.title = std::string("a\xff\xc3(\xed\xa0\x80z") + '\0';
    notification.description.assign(notification_text_characters_max + 1, 'd');
    notification.rule_name.assign(notification_text_characters_max, 'd');
    notification.aggregates.assign(notification_aggregates_max + 1, {"n", "v"});
    const auto back = read_notification(write_notification(notification));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->title, std::string("a��(���z") + '\0');
    EXPECT_EQ(back->description, std::string(notification_text_characters_max - 1, 'd') + "…");
    EXPECT_EQ(back->rule_name, notification.rule_name);
    EXPECT_EQ(back->aggregates.size(), notification_aggregates_max);
    EXPECT_EQ(valid_utf8("aé€🚀"), "aé€🚀");
    EXPECT_EQ(valid_utf8("\xf0\x9f\x9a"), "���");
    EXPECT_EQ(cut("ééé", 3), "ééé");
    EXPECT_EQ(cut("éééé", 3), "éé…");
}

}  // namespace
}  // namespace vigia
