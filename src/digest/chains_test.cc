#include "digest/chains.h"

#include "digest/test_trail.h"

namespace vigia {

namespace {

// A trail of six hours with two log files each, all as it was written.
class Chains : public testing::Test {
protected:
    Chains() {
        for (int hour = 0; hour < hours; hour++) trail.add_hour(hour, 2);
        trail.keep_signature();
    }

    std::vector<ChainReport> verify(const DigestRange& range = {}) {
        const auto files = FolderTrail::open(trail.folder());
        EXPECT_TRUE(files);
        found.clear();
        std::set<std::string> named;
        ChainVerifier verifier(
            {.files = *files,
             .find_keys = keys_of(*PublicKeys::parse(trail.key.list())),
             .threads = 3,
             .found =
                 [&](const ChainName&, const FileFinding& one) {
                     found.push_back(
                         fmt::format("{} {} {}", name(one.state), name(one.kind), last_part(one.name.key)));
                     reasons.push_back(one.reason);
                 },
             .named = [&](const DigestedLog& log) { named.emplace(last_part(log.name.key)); },
             .moved = nullptr});
        auto reports = verifier.verify(files->digests(), range);
        EXPECT_TRUE(reports);
        planted = unlisted(files->logs(), named, *reports);
        return *reports;
    }
    std::string log(size_t at) const { return std::string(last_part(trail.logs[at].key)); }
    std::string digest(size_t at) const { return std::string(last_part(trail.digests[at].key)); }
    static FileCounts counts(uint64_t verified, uint64_t missing, uint64_t altered, uint64_t is_unsigned = 0,
                             uint64_t unproven = 0) {
        return {{verified, missing, altered, is_unsigned, unproven, 0}};
    }
    using Found = std::vector<std::string>;

    static constexpr int hours = 6;
    TestTrail trail;
    Found found, reasons;
    std::vector<ObjectName> planted;
};

TEST_F(Chains, WhatCloudTrailWroteIsVerified) {
    const auto reports = verify();
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports[0].name, (ChainName{"111122223333", "us-east-1", "main_trail", "us-east-1", false}));
    EXPECT_EQ(reports[0].digests, counts(6, 0, 0));
    EXPECT_EQ(reports[0].logs, counts(12, 0, 0));
    EXPECT_TRUE(reports[0].gaps.empty());
    EXPECT_EQ(format_rfc3339(*reports[0].from), "2026-11-20T00:01:31Z");
    EXPECT_EQ(format_rfc3339(*reports[0].until), "2026-11-20T06:01:31Z");
    EXPECT_EQ(found, Found{});
    EXPECT_TRUE(planted.empty());
}

TEST_F(Chains, AnAlteredLogFileIsNamed) {
    trail.write(trail.logs[3].key, gzip_of(R"({"Records":[]})"));
    trail.write(trail.logs[5].key, "no gzip");
    trail.write(trail.logs[6].key, gzip_of(trail.logs[6].body) + "x");
    trail.write(trail.logs[7].key, gzip_of(trail.logs[7].body) + gzip_of(""));
    trail.write(trail.logs[9].key, gzip_of(trail.logs[9].body).substr(0, 30));
    const auto reports = verify();
    EXPECT_EQ(reports[0].logs, counts(7, 0, 5));
    EXPECT_EQ(reports[0].digests, counts(6, 0, 0));
    EXPECT_EQ(found, (Found{"altered log " + log(9), "altered log " + log(6), "altered log " + log(7),
                            "altered log " + log(5), "altered log " + log(3)}));
    EXPECT_EQ(reasons[4], "its hash is not the one that the digest names");
}

TEST_F(Chains, AMissingLogFileIsNamed) {
    trail.remove(trail.logs[4].key);
    EXPECT_EQ(verify()[0].logs, counts(11, 1, 0));
    EXPECT_EQ(found, Found{"missing log " + log(4)});
}

TEST_F(Chains, AFileThatNoDigestNamesIsFound) {
    std::string key = trail.logs[4].key;
    key.replace(key.find(".json"), 0, "x");
    trail.write(key, gzip_of(trail.logs[4].body));
    verify();
    EXPECT_EQ(planted, (std::vector<ObjectName>{{"", key}}));
    // Of the time after the newest digest nothing is known.
    trail.write("AWSLogs/1/111122223333_CloudTrail_us-east-1_20261120T0545Z_x.json.gz", gzip_of("{}"));
    verify();
    EXPECT_EQ(planted.size(), 1U);
}

TEST_F(Chains, WhatALostDigestMayHaveNamedIsNotCalledPlanted) {
    trail.remove(trail.digests[2].key);
    const auto reports = verify();
    EXPECT_EQ(reports[0].lost.size(), 1U);
    EXPECT_TRUE(planted.empty());
    // One of an hour whose digests are there is.
    std::string key = trail.logs[8].key;
    key.replace(key.find(".json"), 0, "x");
    trail.write(key, gzip_of(trail.logs[8].body));
    verify();
    EXPECT_EQ(planted, (std::vector<ObjectName>{{"", key}}));
}

TEST_F(Chains, AnAlteredDigestProvesNothing) {
    std::string body = trail.digests[3].body;
    body.replace(body.find(hex(sha256(trail.logs[6].body))), 64, hex(sha256("{}")));
    trail.write(trail.logs[6].key, gzip_of("{}"));
    trail.write(trail.digests[3].key, gzip_of(body));
    const auto reports = verify();
    EXPECT_EQ(reports[0].digests, counts(5, 0, 1));
    EXPECT_EQ(reports[0].logs, counts(10, 0, 0, 0, 2));
    EXPECT_EQ(found, Found{"altered digest " + digest(3)});
    EXPECT_EQ(reasons[0], "the digest after it names another hash of it");
}

TEST_F(Chains, ADigestWithTheSignatureOfAnotherKeyIsAltered) {
    const TestKey other;
    trail.write(trail.digests[5].key + ".signature", other.sign("text"));
    verify();
    EXPECT_EQ(found, Found{"altered digest " + digest(5)});
    EXPECT_EQ(reasons[0], "its signature is not that of CloudTrail");
}

TEST_F(Chains, AMissingDigestIsNamedByTheOneAfterIt) {
    trail.remove(trail.digests[2].key);
    const auto reports = verify();
    EXPECT_EQ(reports[0].digests, counts(4, 1, 0, 1));
    // Nobody carries the signature of the one before it any more.
    EXPECT_EQ(found, (Found{"missing digest " + digest(2), "unsigned digest " + digest(1)}));
    EXPECT_EQ(
        reasons[0],
        "the digest after it names it, and it is not there: nothing is proved from 2026-11-20T02:01:31Z to "
        "2026-11-20T03:01:31Z");
}

TEST_F(Chains, DigestsThatChangedPlacesAreAltered) {
    trail.write(trail.digests[2].key, gzip_of(trail.digests[3].body));
    trail.write(trail.digests[3].key, gzip_of(trail.digests[2].body));
    EXPECT_EQ(verify()[0].digests[TrailFileState::Altered], 2U);
    EXPECT_EQ(reasons[0], "it was moved: it was written as s3://acme/" + trail.digests[2].key);
}

TEST_F(Chains, TheNewestWithoutItsSignatureIsUnsigned) {
    trail.remove(trail.digests[5].key + ".signature");
    const auto reports = verify();
    EXPECT_EQ(reports[0].digests, counts(5, 0, 0, 1));
    EXPECT_EQ(reports[0].logs, counts(10, 0, 0, 0, 2));
    EXPECT_EQ(found, Found{"unsigned digest " + digest(5)});
}

TEST_F(Chains, WithoutTheKeyNothingIsProved) {
    const TestKey other;
    const auto files = FolderTrail::open(trail.folder());
    ChainVerifier verifier({.files = *files, .find_keys = keys_of(*PublicKeys::parse(other.list()))});
    const auto reports = verifier.verify(files->digests(), {});
    ASSERT_TRUE(reports);
    EXPECT_EQ(reports->at(0).digests, counts(0, 0, 0, 6));
    EXPECT_FALSE(reports->at(0).from);
}

TEST_F(Chains, ATrailThatWasOffLeavesAGap) {
    trail.add_hour(9, 1, true);
    trail.write(trail.digests[5].key + ".signature", trail.digests[5].signature);
    trail.keep_signature();
    const auto reports = verify();
    EXPECT_EQ(reports[0].digests, counts(7, 0, 0));
    ASSERT_EQ(reports[0].gaps.size(), 1U);
    EXPECT_EQ(format_rfc3339(reports[0].gaps[0].from), "2026-11-20T06:01:31Z");
    EXPECT_EQ(format_rfc3339(reports[0].gaps[0].until), "2026-11-20T09:01:31Z");
}

TEST_F(Chains, WhatCameLateIsAChainOfItsOwn) {
    trail.add_hour(3, 2, true, true);
    trail.keep_signature();
    const auto reports = verify();
    ASSERT_EQ(reports.size(), 2U);
    EXPECT_TRUE(reports[1].name.is_backfill);
    EXPECT_EQ(reports[1].digests, counts(1, 0, 0));
    EXPECT_EQ(reports[1].logs, counts(2, 0, 0));
    EXPECT_EQ(found, Found{});
    trail.remove(trail.logs.back().key);
    verify();
    EXPECT_EQ(found, Found{"missing log " + log(13)});
}

TEST_F(Chains, ARangeSaysWhatMustBeThere) {
    trail.remove(trail.digests[0].key);
    EXPECT_EQ(verify()[0].digests, counts(5, 0, 0));
    EXPECT_EQ(verify({parse_rfc3339("2026-11-20T00:00:00Z"), std::nullopt})[0].digests, counts(5, 1, 0));
    EXPECT_EQ(found, Found{"missing digest " + digest(0)});
    EXPECT_EQ(verify({parse_rfc3339("2026-11-20T03:30:00Z"), std::nullopt})[0].digests, counts(3, 0, 0));
    const auto first = verify({std::nullopt, parse_rfc3339("2026-11-20T02:30:00Z")});
    EXPECT_EQ(first[0].digests, counts(2, 0, 0)) << "the digest after the range carries the last signature";
}

TEST_F(Chains, FilesOfAFlatFolderAreKnownByTheirNames) {
    for (const auto* const files : {&trail.logs, &trail.digests})
        for (const TestTrail::File& one : *files) {
            trail.write(std::string(last_part(one.key)), gzip_of(one.body));
            trail.remove(one.key);
        }
    trail.write(digest(5) + ".signature", trail.digests[5].signature);
    const auto reports = verify();
    EXPECT_EQ(reports[0].digests, counts(6, 0, 0));
    EXPECT_EQ(reports[0].logs, counts(12, 0, 0));
}

}  // namespace

}  // namespace vigia
