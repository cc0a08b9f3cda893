#include "digest/digest.h"

#include "digest/test_trail.h"

namespace vigia {

namespace {

constexpr std::string_view digest_key =
    "logs/AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/20/"
    "111122223333_CloudTrail-Digest_eu-west-1_my_trail_us-east-1_20261120T110131Z.json.gz";

TEST(DigestName, SaysWhoseAndWhenAndOfWhichTrail) {
    const auto name = parse_digest_name(digest_key);
    ASSERT_TRUE(name);
    EXPECT_EQ(name->account, "111122223333");
    EXPECT_EQ(name->region, "eu-west-1");
    EXPECT_EQ(name->trail, "my_trail");
    EXPECT_EQ(name->home_region, "us-east-1");
    EXPECT_EQ(format_rfc3339(name->end), "2026-11-20T11:01:31Z");
    EXPECT_FALSE(name->is_backfill);
    const auto late =
        parse_digest_name("111122223333_CloudTrail-Digest_a-1_t_b-1_20261120T110131Z_backfill.json.gz");
    ASSERT_TRUE(late);
    EXPECT_TRUE(late->is_backfill);
}

TEST(DigestName, OthersAreNone) {
    for (const char* const one :
         {"", "x.json.gz", "111122223333_CloudTrail_us-east-1_20261120T1015Z_abc.json.gz",
          "11112222333_CloudTrail-Digest_a-1_t_b-1_20261120T110131Z.json.gz",
          "111122223333_CloudTrail-Digest_a-1_t_b-1_20261320T110131Z.json.gz",
          "111122223333_CloudTrail-Digest_a-1_20261120T110131Z.json.gz",
          "111122223333_CloudTrail-Digest_a-1_t_b-1_20261120T110131Z.json"})
        EXPECT_FALSE(parse_digest_name(one)) << one;
}

TEST(LogName, SaysWhenItWasDelivered) {
    const auto name =
        parse_log_name("AWSLogs/x/111122223333_CloudTrail_us-east-1_20261120T1015Z_a_b.json.gz");
    ASSERT_TRUE(name);
    EXPECT_EQ(name->account, "111122223333");
    EXPECT_EQ(name->region, "us-east-1");
    EXPECT_EQ(format_rfc3339(name->delivered), "2026-11-20T10:15:00Z");
    EXPECT_FALSE(parse_log_name(digest_key));
    EXPECT_FALSE(parse_log_name("111122223333_CloudTrail_us-east-1_20261120_a.json.gz"));
}

TEST(ObjectName, OfAFileIsTheEndOfAnObjects) {
    const ObjectName full{"acme", "logs/AWSLogs/1/a.json.gz"};
    EXPECT_TRUE(is_same({"", "AWSLogs/1/a.json.gz"}, full));
    EXPECT_TRUE(is_same({"", "a.json.gz"}, full));
    EXPECT_TRUE(is_same(full, full));
    EXPECT_FALSE(is_same({"", "AWSLogs/2/a.json.gz"}, full));
    EXPECT_FALSE(is_same({"", "sa.json.gz"}, {"", "bsa.json.gz"}));
    EXPECT_FALSE(is_same({"acme", "AWSLogs/1/a.json.gz"}, full));
    EXPECT_FALSE(is_same({"other", full.key}, full));
}

// The digest of AWS's documentation and what it says is signed of it.
TEST(Digest, IsReadAndSignedAsAwsDocumentsIt) {
    const std::string body =
        R"({"awsAccountId":"111122223333","digestStartTime":"2015-08-17T14:01:31Z","digestEndTime":"2015-08-17T15:01:31Z",)"
        R"("digestS3Bucket":"amzn-s3-demo-bucket","digestS3Object":"AWSLogs/d.json.gz",)"
        R"("digestPublicKeyFingerprint":"31e8b5433410dfb61a9dc45cc65b22ff","digestSignatureAlgorithm":"SHA256withRSA",)"
        R"("previousDigestS3Bucket":"amzn-s3-demo-bucket","previousDigestS3Object":"AWSLogs/c.json.gz",)"
        R"("previousDigestHashValue":"97fb","previousDigestHashAlgorithm":"SHA-256","previousDigestSignature":"50887ccf",)"
        R"("logFiles":[{"s3Bucket":"amzn-s3-demo-bucket","s3Object":"AWSLogs/l.json.gz","hashValue":"9bb6",)"
        R"("hashAlgorithm":"SHA-256","newestEventTime":"2015-08-17T14:52:27Z","oldestEventTime":"2015-08-17T14:42:27Z"}]})";
    const auto digest = parse_digest(body);
    ASSERT_TRUE(digest) << digest.error().message;
    EXPECT_EQ(digest->previous, (ObjectName{"amzn-s3-demo-bucket", "AWSLogs/c.json.gz"}));
    ASSERT_EQ(digest->logs.size(), 1U);
    EXPECT_EQ(format_rfc3339(*digest->logs[0].newest), "2015-08-17T14:52:27Z");
    EXPECT_EQ(string_to_sign(*digest), "2015-08-17T15:01:31Z\namzn-s3-demo-bucket/AWSLogs/d.json.gz\n" +
                                           hex(sha256(body)) + "\n50887ccf");
}

TEST(Digest, WhatIsNoneIsRefusedWithItsReason) {
    const std::string good =
        R"({"digestStartTime":"2015-08-17T14:01:31Z","digestEndTime":"2015-08-17T15:01:31Z","digestS3Bucket":"b",)"
        R"("digestS3Object":"o","digestPublicKeyFingerprint":"f","previousDigestSignature":null,"logFiles":[]})";
    const auto first = parse_digest(good);
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_FALSE(first->previous);
    EXPECT_TRUE(string_to_sign(*first).ends_with("\nnull"));
    const auto reason = [&](std::string_view from, std::string_view to) {
        std::string text = good;
        text.replace(text.find(from), from.size(), to);
        const auto read = parse_digest(text);
        return read ? "it was taken" : read.error().message;
    };
    EXPECT_EQ(reason(good, "[1]"), "it is no digest of CloudTrail: it is no JSON object");
    EXPECT_EQ(reason("14:01:31Z", "x"), "it is no digest of CloudTrail: 'digestStartTime' is no time");
    EXPECT_EQ(reason("\"b\"", "1"), "it is no digest of CloudTrail: 'digestS3Bucket' is no text");
    EXPECT_EQ(reason("\"o\"", "null"), "it is no digest of CloudTrail: 'digestS3Object' is missing");
    EXPECT_EQ(reason(R"("previousDigestSignature":null,)", ""),
              "it is no digest of CloudTrail: 'previousDigestSignature' is missing");
    EXPECT_EQ(reason("[]", "{}"), "it is no digest of CloudTrail: 'logFiles' is no list");
    EXPECT_EQ(reason("[]", "[1]"), "it is no digest of CloudTrail: a log file in it is no object");
    EXPECT_EQ(reason("[]", R"([{"s3Bucket":"b","s3Object":"o","hashValue":"h","hashAlgorithm":"MD5"}])"),
              "it is no digest of CloudTrail: 'hashAlgorithm' must be SHA-256, which is all that CloudTrail "
              "used so far");
}

TEST(PublicKeys, VerifyWhatTheirKeySigned) {
    const TestKey key, other;
    const auto keys = PublicKeys::parse(key.list());
    ASSERT_TRUE(keys) << keys.error().message;
    EXPECT_EQ(keys->verifies(key.fingerprint(), "text", key.sign("text")), true);
    EXPECT_EQ(keys->verifies(key.fingerprint(), "texts", key.sign("text")), false);
    EXPECT_EQ(keys->verifies(key.fingerprint(), "text", other.sign("text")), false);
    EXPECT_EQ(keys->verifies(key.fingerprint(), "text", "no hexadecimal"), false);
    EXPECT_EQ(keys->verifies(key.fingerprint(), "text", ""), false);
    EXPECT_EQ(keys->verifies(other.fingerprint(), "text", other.sign("text")).error().kind,
              ErrorKind::NotFound);
}

TEST(PublicKeys, WhatIsNoneIsRefusedWithItsReason) {
    const auto reason = [](std::string_view text) { return PublicKeys::parse(text).error().message; };
    EXPECT_EQ(reason("[]"),
              "there is no PublicKeyList in it: write the file with 'aws cloudtrail list-public-keys'");
    EXPECT_EQ(reason(R"({"PublicKeyList":[{"Value":"AAAA"}]})"),
              "a key in it has no Fingerprint or no Value");
    for (const char* const value : {"", "A", "AAAA", "!!!!"})
        EXPECT_EQ(reason(fmt::format(R"({{"PublicKeyList":[{{"Value":"{}","Fingerprint":"f"}}]}})", value)),
                  "the key f in it is no RSA public key (PKCS #1) in base64");
}

}  // namespace

}  // namespace vigia
