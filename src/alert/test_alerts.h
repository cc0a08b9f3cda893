#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alert/alert_store.h"
#include "sql/test_database.h"

namespace vigia {

inline const Actor somebody{"alice", "test"};

inline Time minute(int64_t minutes) {
    return *parse_rfc3339("2026-03-04T10:00:00Z") + std::chrono::minutes{minutes};
}

inline AlertMatch match_at(Time time, const std::string& event_id, const std::string& user = "root") {
    return {.organisation = "acme",
            .rule_id = "rule-1",
            .rule_name = "Root activity",
            .ruleset = "Base",
            .rule_type = "CloudTrail",
            .severity = 2,
            .window = std::chrono::hours{1},
            .threshold = 1,
            .title = "Root: " + event_id,
            .aggregates = {{"user", user}},
            .time = time,
            .event_id = event_id,
            .event_type = "cloudtrail",
            .record = R"({"id":")" + event_id + "\"}",
            .account = "123456789012",
            .region = "eu-west-1"};
}

template <typename Value>
void expect_error(const Result<Value>& result, ErrorKind kind, std::string_view part = "") {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, kind) << result.error().message;
    EXPECT_NE(result.error().message.find(part), std::string::npos) << result.error().message;
}

// An empty database of each kind, and a store in it.
class AlertTest : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        folder_ = testing::TempDir() + "vigia_alert_" + std::to_string(getpid());
        std::filesystem::create_directories(folder_);
        reset();
    }
    void TearDown() override {
        store_.reset();
        database_.reset();
        std::filesystem::remove_all(folder_);
    }

    void reset() {
        store_.reset();
        database_.reset();
        if (GetParam() == "postgresql") {
            const auto server = empty_postgresql();
            if (!server) GTEST_SKIP() << "VIGIA_TEST_POSTGRESQL is not set";
            url_ = *server;
        } else {
            url_ = "sqlite:" + folder_ + "/" + std::to_string(files_++) + ".db";
        }
        open();
    }

    // Anew, as after a restart.
    void open() {
        store_.reset();
        database_.reset();
        auto database = Database::open(url_);
        ASSERT_TRUE(database) << database.error().message;
        database_.emplace(std::move(*database));
        auto store = AlertStore::open(*database_, clock_);
        ASSERT_TRUE(store) << store.error().message;
        store_.emplace(std::move(*store));
    }

    AlertStore::Applied apply(const BatchMatches& matches, std::optional<uint64_t> number = {}) {
        if (!number) number = ++number_;
        const AlertStore::Batch batch{*number, &matches};
        const auto applied = store_->apply("node", std::span(&batch, 1), {});
        EXPECT_TRUE(applied) << (applied ? "" : applied.error().message);
        return applied.value_or(AlertStore::Applied{});
    }
    AlertStore::Applied apply(const AlertMatch& match) { return apply(BatchMatches{.matches = {match}}); }

    // Oldest first.
    std::vector<StoredAlert> alerts(const std::string& organisation = "acme") {
        auto page = store_->list({.organisation = organisation, .limit = alerts_page_max});
        EXPECT_TRUE(page) << (page ? "" : page.error().message);
        if (!page) return {};
        std::ranges::reverse(page->alerts);
        return page->alerts;
    }

    FakeClock clock_{*parse_rfc3339("2026-03-04T12:00:00Z")};
    uint64_t number_ = 0;
    int files_ = 0;
    std::string folder_, url_;
    std::optional<Database> database_;
    std::optional<AlertStore> store_;
};

}  // namespace vigia
