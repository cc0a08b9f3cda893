// The same tests on SQLite, and on PostgreSQL where VIGIA_TEST_POSTGRESQL names a server.
#include "sql/database.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "sql/test_database.h"

namespace vigia {
namespace {

class DatabaseTest : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        if (GetParam() == "sqlite") {
            file_ = testing::TempDir() + "vigia_sql_" + std::to_string(getpid()) + ".db";
            url_ = "sqlite:" + file_;
        } else {
            const auto server = empty_postgresql();
            if (!server) GTEST_SKIP() << "VIGIA_TEST_POSTGRESQL is not set";
            url_ = *server;
        }
    }
    void TearDown() override {
        for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(file_ + part);
    }

    Database open() const {
        auto database = Database::open(url_);
        EXPECT_TRUE(database) << (database ? "" : database.error().message);
        return std::move(*database);
    }

    static const std::vector<Migration>& steps() {
        static const std::vector<Migration> table{
            {"things", {"create table things (id bigint primary key, name text, weight double precision)"}},
            {"parts",
             {"create table parts (thing bigint not null references things (id), name text not null, "
              "primary key (thing, name))"}}};
        return table;
    }

    std::string file_, url_;
};

TEST_P(DatabaseTest, KeepsWhatIsPutIntoIt) {
    const std::string name = "quoted ' \" ; drop table things; -- é 🚀";
    {
        Database database = open();
        ASSERT_TRUE(migrate(database, steps()));
        ASSERT_TRUE(database.transaction([&](SqlSession& session) -> Result<void> {
            TRY_VOID(session.execute("insert into things values (:id, :name, :weight)",
                                     {int64_t{9007199254740993}, name, 1.5}));
            TRY_VOID(session.execute("insert into things values (:id, :name, :weight)",
                                     {int64_t{2}, std::monostate{}, std::monostate{}}));
            return {};
        }));
    }
    Database database = open();
    ASSERT_TRUE(migrate(database, steps()));
    ASSERT_TRUE(database.transaction([&](SqlSession& session) -> Result<void> {
        const auto rows = TRY(session.query("select id, name, weight from things order by id"));
        EXPECT_EQ(rows.size(), 2U);
        EXPECT_EQ(number(rows.at(0).at(0)), 2);
        EXPECT_TRUE(std::holds_alternative<std::monostate>(rows.at(0).at(1)));
        EXPECT_EQ(number(rows.at(1).at(0)), 9007199254740993);
        EXPECT_EQ(text(rows.at(1).at(1)), name);
        EXPECT_EQ(std::get<double>(rows.at(1).at(2)), 1.5);
        EXPECT_EQ(TRY(session.query("select id from things where name = :name", {name})).size(), 1U);
        return {};
    }));
}

TEST_P(DatabaseTest, RollsBackWhatFailsAndSaysWhy) {
    Database database = open();
    ASSERT_TRUE(migrate(database, steps()));
    const auto failed = database.transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(session.execute("insert into things (id) values (:id)", {int64_t{1}}));
        TRY_VOID(session.execute("insert into things (id) values (:id)", {int64_t{1}}));
        return {};
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, ErrorKind::Conflict) << failed.error().message;
    const auto dangling = database.transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(session.execute("insert into parts values (:thing, :name)", {int64_t{7}, std::string("x")}));
        return {};
    });
    ASSERT_FALSE(dangling);
    EXPECT_EQ(dangling.error().kind, ErrorKind::Conflict) << dangling.error().message;
    ASSERT_TRUE(database.transaction([&](SqlSession& session) -> Result<void> {
        EXPECT_EQ(number(TRY(session.query("select count(*) from things")).at(0).at(0)), 0);
        return {};
    }));
}

TEST_P(DatabaseTest, ManyThreadsCountWithoutLosingOne) {
    Database database = open();
    ASSERT_TRUE(migrate(database, steps()));
    ASSERT_TRUE(database.transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(session.execute("insert into things (id, weight) values (1, 0)"));
        return {};
    }));
    std::atomic<int> failures = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; i++) {
            threads.emplace_back([&] {
                for (int k = 0; k < 20; k++) {
                    const auto done = database.transaction([](SqlSession& session) -> Result<void> {
                        TRY_VOID(session.execute("update things set weight = weight + 1 where id = 1"));
                        return {};
                    });
                    if (!done) failures++;
                }
            });
        }
    }
    EXPECT_EQ(failures, 0);
    ASSERT_TRUE(database.transaction([&](SqlSession& session) -> Result<void> {
        EXPECT_EQ(number(TRY(session.query("select weight from things")).at(0).at(0)), 160);
        return {};
    }));
}

TEST_P(DatabaseTest, ASnapshotSeesOneStateWhileOthersWrite) {
    Database database = open();
    ASSERT_TRUE(migrate(database, steps()));
    const auto insert = [&](int64_t id) {
        return database.transaction([&](SqlSession& session) -> Result<void> {
            TRY_VOID(session.execute("insert into things (id) values (:id)", {id}));
            return {};
        });
    };
    ASSERT_TRUE(insert(1));
    const auto count = [](SqlSession& session) -> Result<int64_t> {
        const auto rows = TRY(session.query("select count(*) from things"));
        return number(rows.at(0).at(0));
    };
    ASSERT_TRUE(database.snapshot([&](SqlSession& session) -> Result<void> {
        EXPECT_EQ(TRY(count(session)), 1);
        EXPECT_TRUE(insert(2));
        EXPECT_EQ(TRY(count(session)), 1);
        return {};
    }));
    ASSERT_TRUE(database.snapshot([&](SqlSession& session) -> Result<void> {
        EXPECT_EQ(TRY(count(session)), 2);
        return {};
    }));
}

TEST_P(DatabaseTest, MigratesFromEachEarlierStepAndRefusesANewerDatabase) {
    for (size_t from = 0; from <= steps().size(); from++) {
        TearDown();
        SetUp();
        Database database = open();
        ASSERT_TRUE(migrate(database, std::span(steps()).first(from)));
        ASSERT_TRUE(migrate(database, steps()));
        ASSERT_TRUE(migrate(database, steps()));
        const auto refused = migrate(database, std::span(steps()).first(1));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, ErrorKind::Conflict);
    }
}

TEST_P(DatabaseTest, ListsOfStepsLiveBesideEachOther) {
    static const std::vector<Migration> others{{"others", {"create table others (id bigint primary key)"}}};
    Database database = open();
    ASSERT_TRUE(migrate(database, others, "others"));
    ASSERT_TRUE(migrate(database, steps()));
    ASSERT_TRUE(migrate(database, others, "others"));
    EXPECT_FALSE(migrate(database, std::span(steps()).first(1)));
    EXPECT_FALSE(migrate(database, {}, "others"));
    for (const char* table : {"things", "parts", "others"})
        EXPECT_TRUE(database.query(std::string("select * from ") + table)) << table;
}

TEST(DatabaseUrl, OfAnUnknownKindIsRefusedWithoutShowingIt) {
    const auto refused = Database::open("mysql://user:secret@host/db");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "a database is sqlite:FILE or postgresql://…, not 'mysql'");
}

INSTANTIATE_TEST_SUITE_P(Both, DatabaseTest, testing::Values("sqlite", "postgresql"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace vigia
