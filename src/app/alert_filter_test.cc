#include "app/alert_filter.h"

#include <gtest/gtest.h>

namespace vigia {
namespace {

const StoredAlert root{.id = "a",
                       .rule_id = "r",
                       .rule_name = "Root activity",
                       .ruleset = "Base",
                       .rule_type = "CloudTrail",
                       .severity = 1,
                       .title = "Root: ConsoleLogin",
                       .account = "111122223333",
                       .region = "eu-west-1"};
constexpr std::string_view login =
    R"({"eventVersion":"1.09","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","eventID":"1",)"
    R"("eventTime":"2026-11-20T00:00:00Z","awsRegion":"eu-west-1","recipientAccountId":"111122223333",)"
    R"("alert":{"severity":3,"rule":"mine"},"userIdentity":{"type":"Root"}})";

bool holds(const std::string& filter, const StoredAlert& alert = root, std::string_view record = login) {
    const auto made = AlertFilter::make(filter, {});
    EXPECT_TRUE(made.filter) << filter << (made.diagnostics.empty() ? "" : print(made.diagnostics.front()));
    return made.filter && made.filter->holds(alert, record);
}

TEST(AlertFilter, AsksTheEventAndTheAlert) {
    for (const char* const filter :
         {"", "  ", R"(user = "root")", R"(eventName = "ConsoleLogin" and alert.severity = 1)",
          R"(alert.rule = "Root activity")", R"(alert.rule_id = "r" and alert.ruleset = "Base")",
          R"(alert.title like "consolelogin" or alert.title like "ConsoleLogin")", "alert.severity <= 2",
          R"(alert.rule_type = "CloudTrail" and alert.account = "111122223333")", "alert.host = null",
          R"(alert.region in ("eu-west-1", "eu-west-2"))"})
        EXPECT_TRUE(holds(filter)) << filter;
    for (const char* const filter :
         {R"(user = "alice")", "alert.severity > 1", R"(alert.rule = "Root activity" and eventName = "x")",
          "alert.host != null", R"(event_type = "audit" and alert.severity = 1)"})
        EXPECT_FALSE(holds(filter)) << filter;
}

TEST(AlertFilter, WhatTheEventSaysOfAnAlertIsNotBelieved) {
    EXPECT_FALSE(holds(R"(alert.rule = "mine")"));
    EXPECT_FALSE(holds("alert.severity = 3"));
    EXPECT_FALSE(holds("alert.severity != 1"));
}

TEST(AlertFilter, ARecordThatCannotBeReadHoldsNothingButTheEmptyFilter) {
    for (const char* const record : {"", "{", "[]", "{}"}) {
        EXPECT_FALSE(holds("alert.severity = 1", root, record)) << record;
        EXPECT_TRUE(holds("", root, record)) << record;
    }
}

TEST(AlertFilter, RefusesWhatIsNotUnderstood) {
    for (const char* const filter : {"user =", "alert.colour = 1", "alert.severity = 1 and", "$nothing"}) {
        const auto made = AlertFilter::make(filter, {});
        EXPECT_FALSE(made.filter) << filter;
        EXPECT_FALSE(made.diagnostics.empty()) << filter;
    }
}

}  // namespace
}  // namespace vigia
