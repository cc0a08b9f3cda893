#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>

#include "base/file.h"
#include "catalog/catalog.h"
#include "catalog/stored.h"
#include "sql/test_database.h"

namespace vigia {

inline const Actor somebody{"alice", "command line"};
inline const std::string good_password = "correct horse battery";
inline const std::string shipped_rule = "cbb2d05e-629c-5bbe-9b00-27765aa48f45";

// A catalogue with two organisations, on SQLite, or on PostgreSQL where VIGIA_TEST_POSTGRESQL names a server.
class WithCatalog : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        folder_ = testing::TempDir() + "vigia_catalog_" + std::to_string(getpid());
        std::filesystem::remove_all(folder_);
        ASSERT_TRUE(make_folder(folder_));
        url_ = "sqlite:" + folder_ + "/catalog.db";
        if (GetParam() == "postgresql") {
            const auto server = empty_postgresql();
            if (!server) GTEST_SKIP() << "VIGIA_TEST_POSTGRESQL is not set";
            url_ = *server;
        }
        open();
        if (without_organisations_) return;
        one_ = catalog().add_organisation(somebody, "one")->id;
        two_ = catalog().add_organisation(somebody, "two")->id;
    }
    void TearDown() override {
        catalog_.reset();
        std::filesystem::remove_all(folder_);
    }

    // As a restart does.
    void open() {
        catalog_.reset();
        auto database = Database::open(url_);
        auto vault = Vault::open(folder_ + "/secret.key");
        ASSERT_TRUE(database) << database.error().message;
        ASSERT_TRUE(vault) << vault.error().message;
        auto catalog = Catalog::open(std::move(*database), *vault, clock_);
        ASSERT_TRUE(catalog) << catalog.error().message;
        catalog_.emplace(std::move(*catalog));
    }

    Catalog& catalog() { return *catalog_; }
    Database& database() { return catalog_->database(); }

    std::string add_user(const std::string& organisation, const std::string& email, Role role) {
        const auto made = catalog().add_user(somebody, organisation, email, role, good_password);
        EXPECT_TRUE(made) << made.error().message;
        return made->id;
    }

    // Whether the log has the action at the present time.
    bool logged(const std::string& organisation, std::string_view action) {
        const auto entries = catalog().audit(organisation, 1000);
        EXPECT_TRUE(entries);
        return std::ranges::any_of(*entries, [&](const AuditEntry& one) {
            return one.time == clock_.now() && one.action == action;
        });
    }

    // One rule and one ruleset are shipped.
    static Shipped shipped() {
        return {.has_rule = [](const std::string& id) { return id == shipped_rule; },
                .has_ruleset = [](const std::string& name) { return name == "CloudTrail: EC2"; }};
    }

    template <typename T>
    static void expect_error(const Result<T>& result, ErrorKind kind, std::string_view part = "") {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().kind, kind) << result.error().message;
        EXPECT_NE(result.error().message.find(part), std::string::npos) << result.error().message;
    }

    bool without_organisations_ = false;
    FakeClock clock_{*parse_rfc3339("2026-03-04T10:00:00Z")};
    std::string folder_, url_, one_, two_;
    std::optional<Catalog> catalog_;
};

}  // namespace vigia
