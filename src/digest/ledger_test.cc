#include "digest/ledger.h"

#include <filesystem>

#include "digest/test_trail.h"
#include "sql/test_database.h"

namespace vigia {

namespace {

constexpr const char* first = "111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20261120T010131Z.json.gz";
constexpr const char* second =
    "111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20261120T020131Z.json.gz";

class Ledger : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        file_ = testing::TempDir() + "vigia_ledger_" + std::to_string(getpid());
        std::filesystem::remove(file_);
        std::string url = "sqlite:" + file_;
        if (GetParam() == "postgresql") {
            const auto server = empty_postgresql();
            if (!server) GTEST_SKIP() << "VIGIA_TEST_POSTGRESQL is not set";
            url = *server;
        }
        database_.emplace(*Database::open(url));
        auto opened = DigestLedger::open(*database_);
        ASSERT_TRUE(opened) << opened.error().message;
        ledger.emplace(*opened);
    }
    void TearDown() override {
        database_.reset();
        for (const char* const end : {"", "-wal", "-shm"}) std::filesystem::remove(file_ + end);
    }

    static Time at(const char* time) { return *parse_rfc3339(fmt::format("2026-11-20T{}Z", time)); }
    static DigestRecord record(const char* file) {
        return {.organisation = "one",
                .node = "here",
                .source = "folder",
                .place = std::string("/logs/") + file,
                .name = {"", file},
                .told = *parse_digest_name(file),
                .state = TrailFileState::Unsigned,
                .seen_at = at("03:00:00"),
                .look_at = at("03:00:00")};
    }
    static CompletenessQuery all() {
        return {.organisation = "one", .from = at("00:00:00"), .until = at("23:00:00")};
    }
    static FileCounts verified(uint64_t count) { return {{count}}; }

    std::optional<DigestLedger> ledger;

private:
    std::string file_;
    std::optional<Database> database_;
};

TEST_P(Ledger, DigestsAreDueOnTheirNodeAndFoundFromBothSides) {
    DigestRecord newer = record(second);
    newer.previous_file = first;
    newer.previous_signature = "ab";
    ASSERT_TRUE(ledger->arrived(newer));
    EXPECT_FALSE(*ledger->has_older(newer));
    ASSERT_TRUE(ledger->arrived(record(first)));
    EXPECT_TRUE(*ledger->has_older(newer));
    const auto due = ledger->due("here", at("03:00:00"), 10);
    ASSERT_TRUE(due);
    ASSERT_EQ(due->size(), 2U);
    EXPECT_EQ(due->at(0).file(), first);
    EXPECT_EQ(due->at(0).place, std::string("/logs/") + first);
    EXPECT_EQ(due->at(0).told, *parse_digest_name(first));
    EXPECT_EQ(ledger->due("here", at("02:59:59"), 10)->size(), 0U);
    EXPECT_EQ(ledger->due("there", at("03:00:00"), 10)->size(), 0U);
    EXPECT_EQ(ledger->after("one", first).value()->previous_signature, "ab");
    EXPECT_FALSE(*ledger->after("one", second));
    EXPECT_FALSE(*ledger->after("two", first));
    EXPECT_FALSE(*ledger->find("two", first));
    ASSERT_TRUE(ledger->look_again(record(first), at("05:00:00")));
    EXPECT_EQ(ledger->due("here", at("04:00:00"), 10)->size(), 1U);
}

TEST_P(Ledger, AnotherLookReplacesWhatWasToldBefore) {
    DigestRecord one = record(first);
    one.state = TrailFileState::Verified;
    one.look_at.reset();
    const HourFinding finding{{FileKind::Log, TrailFileState::Missing, {"acme", "l.json.gz"}, "gone"},
                              "111122223333",
                              "us-east-1",
                              at("00:00:00")};
    const std::vector<HourCounts> before{{at("00:00:00"), {{2, 1, 0, 0, 0, 0}}},
                                         {at("01:00:00"), verified(1)}};
    ASSERT_TRUE(ledger->put(one, before, {&finding, 1}));
    EXPECT_EQ(*ledger->figure("one", "111122223333", "us-east-1", at("00:59:59")), before[0].counts);
    const auto found = ledger->findings(all());
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->at(0).finding, finding.finding);
    const std::vector<HourCounts> now{{at("00:00:00"), verified(3)}};
    ASSERT_TRUE(ledger->put(one, now, {}));
    EXPECT_EQ(*ledger->figure("one", "111122223333", "us-east-1", at("00:00:00")), verified(3));
    EXPECT_FALSE(*ledger->figure("one", "111122223333", "us-east-1", at("01:00:00")));
    EXPECT_FALSE(*ledger->figure("two", "111122223333", "us-east-1", at("00:00:00")));
    EXPECT_TRUE(ledger->findings(all())->empty());
    EXPECT_EQ(ledger->find("one", first).value()->state, TrailFileState::Verified);
    EXPECT_TRUE(ledger->due("here", at("23:00:00"), 10)->empty());
}

TEST_P(Ledger, HoursOfDigestsAddUp) {
    const std::vector<HourCounts> told{{at("00:00:00"), verified(3)}, {at("01:00:00"), verified(1)}};
    for (const char* const file : {first, second}) ASSERT_TRUE(ledger->put(record(file), told, {}));
    const auto hours = ledger->hours(all());
    ASSERT_TRUE(hours) << hours.error().message;
    ASSERT_EQ(hours->size(), 2U);
    EXPECT_EQ(hours->at(0).hour, at("01:00:00"));
    EXPECT_EQ(hours->at(0).counts, verified(2));
    EXPECT_EQ(hours->at(1).counts, verified(6));
    CompletenessQuery query = all();
    EXPECT_EQ(ledger->places(query)->at(0).counts, verified(8));
    query.skip = 1;
    EXPECT_EQ(ledger->hours(query)->size(), 1U);
    query.region = "eu-west-1";
    EXPECT_TRUE(ledger->places(query)->empty());
    ASSERT_TRUE(ledger->forget_before(at("01:00:00")));
    EXPECT_EQ(ledger->places(all())->at(0).counts, verified(2));
}

TEST_P(Ledger, WhatCameMeanwhileIsNotMissing) {
    DigestRecord gone = record(first);
    gone.state = TrailFileState::Missing;
    gone.look_at.reset();
    const HourFinding finding{{FileKind::Digest, TrailFileState::Missing, gone.name, "gone"},
                              "111122223333",
                              "us-east-1",
                              at("00:00:00")};
    ASSERT_TRUE(ledger->put_missing(gone, finding));
    EXPECT_EQ(ledger->figure("one", "111122223333", "us-east-1", at("00:00:00")).value()->of,
              (FileCounts{{0, 1, 0, 0, 0, 0}}.of));
    ASSERT_TRUE(ledger->put(record(first), {}, {}));
    ASSERT_TRUE(ledger->put_missing(gone, finding));
    EXPECT_EQ(ledger->find("one", first).value()->state, TrailFileState::Unsigned);
    EXPECT_TRUE(ledger->findings(all())->empty());
}

TEST_P(Ledger, KeepsSoManyFindingsOfADigest) {
    const HourFinding one{{FileKind::Log, TrailFileState::Altered, {"b", "k"}, ""},
                          "111122223333",
                          "us-east-1",
                          at("00:00:00")};
    const std::vector<HourFinding> many(digest_findings_max + 1, one);
    ASSERT_TRUE(ledger->put(record(first), {}, many));
    CompletenessQuery query = all();
    query.limit = digest_findings_max + 1;
    EXPECT_EQ(ledger->findings(query)->size(), digest_findings_max);
}

INSTANTIATE_TEST_SUITE_P(On, Ledger, testing::Values("sqlite", "postgresql"),
                         [](const auto& one) { return one.param; });

}  // namespace

}  // namespace vigia
