#include "notify/kinds.h"

#include <gtest/gtest.h>

#include "notify/test_notify.h"

namespace vigia {
namespace {

struct Case {
    std::string_view kind;
    std::string settings;
    std::string secret;
    std::string_view problem;  // a part of the error; empty when all is good
};

const std::string long_text(setting_bytes_max + 1, 'x');

const Case cases[] = {
    {"webhook", R"({"url":"https://hooks.example.org/a?b=c"})", "", ""},
    {"webhook", R"({"url":"https://hooks.example.org/"})", "secret", ""},
    {"webhook", R"({"url":"http://127.0.0.1:8080/"})", "", ""},
    {"webhook", R"({"url":"http://[::1]:8080/"})", "", ""},
    {"webhook", R"({"url":"http://localhost/"})", "", ""},
    {"webhook", R"({"url":"http://hooks.example.org/"})", "", "use https, or set allow_http to true"},
    {"webhook", R"({"url":"http://127.0.0.1.example.org/"})", "", "use https"},
    {"webhook", R"({"url":"http://hooks.example.org/","allow_http":true})", "", ""},
    {"webhook", R"({"url":"http://hooks.example.org/","allow_http":"true"})", "",
     "the setting 'allow_http' must be true or false"},
    {"webhook", R"({"url":"file:///etc/passwd"})", "", "the setting 'url' is not good"},
    {"webhook", R"({"url":"gopher://127.0.0.1/"})", "", "the setting 'url' is not good"},
    {"webhook", R"({"url":"hooks.example.org"})", "", "the setting 'url' is not good"},
    {"webhook", R"({"url":"https://user:password@hooks.example.org"})", "", "the setting 'url' is not good"},
    {"webhook", R"({"url":"https://a/\r\nX: y"})", "", "the setting 'url' holds a control character"},
    {"webhook", R"({"url":""})", "", "the setting 'url' is empty"},
    {"webhook", "{}", "", "the setting 'url' is missing: it is the https address"},
    {"webhook", R"({"url":"https://a/","URL":"https://b/"})", "",
     "there is no setting 'URL'; there are url, allow_http, ca_file"},
    {"webhook", R"({"url":["https://a/"]})", "", "the setting 'url' must be a text"},
    {"webhook", R"({"url":"https://a/)" + long_text + "\"}", "",
     "the setting 'url' has more than 2048 bytes"},
    {"webhook", std::string(settings_bytes_max + 1, ' '), "", "the settings have more than"},
    {"webhook", "[]", "", "the settings must be a JSON object"},
    {"webhook", "{", "", "the settings must be a JSON object"},
    {"webhook", R"({"url":"https://a/"})", "a\nb", "none a control character"},
    {"webhook", R"({"url":"https://a/"})", std::string(secret_bytes_max, 'x'), ""},
    {"webhook", R"({"url":"https://a/"})", std::string(secret_bytes_max + 1, 'x'), "a secret has at most"},
    {"slack", "{}", "https://hooks.slack.com/services/T/B/x", ""},
    {"slack", "{}", "", "a slack channel needs a secret: the address of the incoming webhook"},
    {"slack", "{}", "hunter2", "the secret is no http or https address"},
    {"slack", R"({"url":"https://a/"})", "https://a/", "there is no setting 'url'"},
    {"pagerduty", "{}", "0123456789abcdef", ""},
    {"pagerduty", "{}", "", "a pagerduty channel needs a secret"},
    {"pagerduty", R"({"base_url":"http://events.example.org"})", "key", "the setting 'base_url' is not enc"},
    {"sns",
     R"({"region":"eu-west-1","topic_arn":"arn:aws:sns:eu-west-1:111122223333:a","access_key_id":"AKIA1"})",
     "secret", ""},
    {"sns", R"({"region":"evil.example.org/","topic_arn":"arn:aws:sns:a:1:a","access_key_id":"AKIA1"})",
     "secret", "the setting 'region' is not good"},
    {"sns", R"({"region":"eu-west-1","topic_arn":"alerts","access_key_id":"AKIA1"})", "secret",
     "the setting 'topic_arn' is not good: it is the ARN of the topic"},
    {"smtp", R"({"host":"mail.example.org","from":"a@example.org","to":["b@example.org","c+d@example.org"]})",
     "", ""},
    {"smtp", R"({"host":"mail.example.org","from":"a@example.org","to":[]})", "", "'to' is an empty list"},
    {"smtp", R"({"host":"mail.example.org","from":"a@example.org","to":"b@example.org"})", "",
     "the setting 'to' must be a list of texts"},
    {"smtp", R"({"host":"mail.example.org","from":"a@example.org","to":["b@example.org>, <c@example.org"]})",
     "", "the setting 'to' is not good"},
    {"smtp", R"({"host":"mail.example.org/x","from":"a@example.org","to":["b@example.org"]})", "",
     "the setting 'host' is not good"},
    {"smtp", R"({"host":"m","from":"a@example.org","to":["b@example.org"],"user":"a"})", "", "go together"},
    {"smtp", R"({"host":"m","from":"a@example.org","to":["b@example.org"],"user":"a","security":"none"})",
     "p", "which would show the password"},
    {"smtp", R"({"host":"m","from":"a@example.org","to":["b@example.org"],"security":"ssl"})", "",
     "the setting 'security' is not good: it is starttls, tls or none"},
    {"smtp", R"({"host":"m","from":"a@example.org","to":["b@example.org"],"port":65536})", "",
     "the setting 'port' is not good"},
    {"syslog", R"({"host":"logs.example.org","port":6514,"facility":10,"hostname":"vigia-1"})", "", ""},
    {"syslog", R"({"host":"[::1]"})", "", ""},
    {"syslog", R"({"host":"logs.example.org","port":0})", "", "the setting 'port' is not good"},
    {"syslog", R"({"host":"logs.example.org","port":1.5})", "", "the setting 'port' must be a whole number"},
    {"syslog", R"({"host":"logs.example.org","facility":24})", "", "the setting 'facility' is not good"},
    {"syslog", R"({"host":"logs.example.org","hostname":"a b"})", "", "the setting 'hostname' is not good"},
    {"syslog", R"({"host":"a","transport":"tcp","ca_file":"/x"})", "", "'ca_file' has no use"},
    {"syslog", R"({"host":"a"})", "secret", "a syslog channel has no secret"},
};

TEST(Kinds, SettingsAreTakenOrRefusedWithTheRemedy) {
    for (const Case& one : cases) {
        SCOPED_TRACE(std::string(one.kind) + " " + one.settings.substr(0, 200));
        const auto kind = channel_kind(one.kind);
        ASSERT_TRUE(kind);
        const auto checked = check_channel(**kind, one.settings, one.secret);
        if (one.problem.empty()) {
            EXPECT_TRUE(checked) << checked.error().message;
            continue;
        }
        expect_error(checked, ErrorKind::BadInput, one.problem);
        if (!checked && !one.secret.empty()) {
            EXPECT_EQ(checked.error().message.find("hunter2"), std::string::npos);
        }
    }
    expect_error(channel_kind("pigeon"), ErrorKind::BadInput,
                 "there are webhook, slack, pagerduty, sns, smtp, syslog");
}

TEST(Kinds, BoundsOfListsHold) {
    const ChannelKind& smtp = **channel_kind("smtp");
    for (const size_t count : {setting_texts_max, setting_texts_max + 1}) {
        std::string to;
        for (size_t i = 0; i < count; i++) to += (to.empty() ? "" : ",") + std::string(R"("a@example.org")");
        const auto checked =
            check_channel(smtp, R"({"host":"m","from":"a@example.org","to":[)" + to + "]}", "");
        EXPECT_EQ(checked.has_value(), count == setting_texts_max);
    }
}

}  // namespace
}  // namespace vigia
