#include "aws/endpoint.h"

#include <gtest/gtest.h>

#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/profile.h"
#include "aws/sqs.h"
#include "aws/sts.h"
#include "aws/xml.h"

namespace vigia {

namespace {

std::string address(const AwsEndpoints& endpoints, const char* service, const char* region) {
    const auto found = endpoint_of(endpoints, service, region);
    return found ? *found : "";
}

TEST(Endpoint, FollowsServiceRegionAndPartition) {
    const AwsEndpoints plain, fips{.custom = {}, .fips = true};
    EXPECT_EQ(address(plain, "sqs", "eu-west-1"), "https://sqs.eu-west-1.amazonaws.com");
    EXPECT_EQ(address(plain, "s3", "cn-north-1"), "https://s3.cn-north-1.amazonaws.com.cn");
    EXPECT_EQ(address(plain, "sts", "us-gov-west-1"), "https://sts.us-gov-west-1.amazonaws.com");
    EXPECT_EQ(address(plain, "sts", "us-isob-east-1"), "https://sts.us-isob-east-1.sc2s.sgov.gov");
    EXPECT_EQ(address(fips, "s3", "us-gov-west-1"), "https://s3-fips.us-gov-west-1.amazonaws.com");
    EXPECT_EQ(address(fips, "sqs", "us-gov-west-1"), "https://sqs.us-gov-west-1.amazonaws.com");
    EXPECT_EQ(address(fips, "sqs", "us-east-1"), "https://sqs-fips.us-east-1.amazonaws.com");
    EXPECT_EQ(partition_of("us-gov-east-1"), "aws-us-gov");
    EXPECT_EQ(partition_of("cn-northwest-1"), "aws-cn");
    EXPECT_EQ(address({.custom = {{"s3", "http://x:1/"}, {"", "http://y"}}}, "s3", "eu-west-1"),
              "http://x:1");
    EXPECT_EQ(address({.custom = {{"s3", "http://x:1/"}, {"", "http://y"}}}, "sts", "eu-west-1"), "http://y");
    for (const char* const region : {"", "a.evil.example/", "-x", "EU"})
        EXPECT_EQ(address(plain, "s3", region), "") << region;
}

TEST(Endpoint, NamesBucketsInTheHostWhereACertificateHasThem) {
    const AwsEndpoints plain, path{.custom = {}, .fips = false, .path_style = true};
    const auto place = [](const AwsEndpoints& endpoints, const std::string& bucket) {
        const auto found = place_of(endpoints, "eu-west-1", bucket, "a b");
        return found ? found->origin + found->path : "";
    };
    EXPECT_EQ(place(plain, "trail"), "https://trail.s3.eu-west-1.amazonaws.com/a b");
    EXPECT_EQ(place(plain, "my.trail"), "https://s3.eu-west-1.amazonaws.com/my.trail/a b");
    EXPECT_EQ(place(path, "trail"), "https://s3.eu-west-1.amazonaws.com/trail/a b");
    for (const char* const bucket : {"", "x", "a/b", "..", "a..b", "a?b"})
        EXPECT_EQ(place(plain, bucket), "") << bucket;
}

TEST(Endpoint, TakesQueuesOfAwsOnly) {
    const auto region = [](const std::string& url, const std::string& given = "",
                           const AwsEndpoints& endpoints = {}) {
        const auto queue = SqsQueue::parse(url, given, endpoints);
        return queue ? queue->region : "";
    };
    EXPECT_EQ(region("https://sqs.eu-west-1.amazonaws.com/111122223333/vigia"), "eu-west-1");
    EXPECT_EQ(region("https://sqs.cn-north-1.amazonaws.com.cn/111122223333/vigia"), "cn-north-1");
    EXPECT_EQ(region("https://eu-west-1.queue.amazonaws.com/111122223333/vigia", "eu-west-1"), "eu-west-1");
    EXPECT_EQ(region("http://127.0.0.1:1/1/q", "eu-west-1", {.custom = {{"sqs", "http://127.0.0.1:1"}}}),
              "eu-west-1");
    for (const char* const url :
         {"", "https://sqs.eu-west-1.evil.example/1/q", "http://sqs.eu-west-1.amazonaws.com/1/q",
          "https://127.0.0.1/q", "https://sqs.eu-west-1.amazonaws.com",
          "https://u@sqs.eu-west-1.amazonaws.com/1/q"})
        EXPECT_EQ(region(url), "") << url;
}

TEST(Profiles, AreReadAsTheSharedFilesAreWritten) {
    const auto read = parse_profiles(
        "; c\n[default]\nRegion = eu-west-1 # c\n[profile  a b]\nx=1\ns3 =\n  y = 2\n[sso-session z]\nq=1\n",
        ProfileFile::Config);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->at("default").at("region"), "eu-west-1");
    EXPECT_EQ(read->at("a b").at("x"), "1");
    EXPECT_FALSE(read->at("a b").contains("y"));
    EXPECT_EQ(read->size(), 2U);
    EXPECT_EQ(parse_profiles("[a\n", ProfileFile::Config).error().message, "line 1: a section ends with ]");
    EXPECT_FALSE(parse_profiles("[a]\nno setting\n", ProfileFile::Credentials));
}

TEST(Roles, AreKnownByTheirArn) {
    EXPECT_TRUE(is_role_arn("arn:aws:iam::111122223333:role/path/vigia"));
    EXPECT_TRUE(is_role_arn("arn:aws-us-gov:iam::111122223333:role/vigia"));
    for (const char* const arn : {"", "arn:aws:iam::111122223333:user/x", "arn:aws:iam::1:role/x",
                                  "arn:aws:iam::111122223333:role/", "arn:aws:iam::111122223333:role/a b"})
        EXPECT_FALSE(is_role_arn(arn)) << arn;
}

TEST(Roles, AreWhomATrustPolicyNames) {
    EXPECT_EQ(principal_of("arn:aws-cn:sts::111122223333:assumed-role/vigia/i-0a1b"),
              "arn:aws-cn:iam::111122223333:role/vigia");
    for (const std::string_view arn :
         {"arn:aws:iam::111122223333:user/vigia", "arn:aws:iam::1:role/assumed-role/x", ""})
        EXPECT_EQ(principal_of(arn), arn);
}

TEST(Xml, HasBounds) {
    const auto read = parse_xml("<a xmlns='u'><b>1&amp;2</b><b>3</b></a>");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->child_text("b"), "1&2");
    EXPECT_EQ(read->children.size(), 2U);
    std::string deep, end;
    for (size_t i = 0; i < xml_depth_max; i++) deep += "<a>", end += "</a>";
    EXPECT_TRUE(parse_xml(deep + end));
    EXPECT_FALSE(parse_xml("<a>" + deep + end + "</a>"));
    for (const char* const text : {"", "<a>", "<a></b>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"})
        EXPECT_FALSE(parse_xml(text)) << text;
}

TEST(Failures, AreNamedByXmlJsonAndHeader) {
    EXPECT_EQ(failure_of({403, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>", {}}).code,
              "AccessDenied");
    EXPECT_EQ(failure_of({400, "<ErrorResponse><Error><Code>X</Code></Error></ErrorResponse>", {}}).code,
              "X");
    EXPECT_EQ(failure_of({400, R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"m"})", {}}).code,
              "QueueDoesNotExist");
    EXPECT_EQ(failure_of({400, "", {{"x-amzn-errortype", "Throttling:http://x"}}}).code, "Throttling");
    EXPECT_EQ(failure_of({503, "", {}}).code, "503");
}

TEST(Retries, WaitARandomPartOfWhatDoubles) {
    const RetryPolicy policy;
    using std::chrono::milliseconds;
    EXPECT_EQ(retry_wait(policy, 1, false, 100), milliseconds{100});
    EXPECT_EQ(retry_wait(policy, 1, false, 101), milliseconds{0});
    EXPECT_EQ(retry_wait(policy, 3, false, 400), milliseconds{400});
    EXPECT_EQ(retry_wait(policy, 1, true, 500), milliseconds{500});
    EXPECT_EQ(retry_wait(policy, 60, true, 10'000), milliseconds{10'000});
}

}  // namespace

}  // namespace vigia
