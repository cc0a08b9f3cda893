#include "aws/s3_notification.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vigia {

namespace {

std::string record(const std::string& key, const std::string& name = "ObjectCreated:Put") {
    return fmt::format(
        R"({{"eventSource":"aws:s3","awsRegion":"eu-west-1","eventName":"{}","s3":{{"bucket":{{"name":"trail"}},"object":{{"key":"{}","size":7}}}}}})",
        name, key);
}

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) (c == '"' || c == '\\' ? out += '\\' : out) += c;
    return out + "\"";
}

std::string by_sns(const std::string& body) {
    return R"({"Type":"Notification","TopicArn":"arn:aws:sns:eu-west-1:1:t","Message":)" + quoted(body) + "}";
}

const std::string bridge =
    R"({"source":"aws.s3","detail-type":"Object Created","region":"us-east-1","detail":{"bucket":{"name":"trail"},"object":{"key":"a+b c","size":9}}})";

TEST(S3Notification, HasSeveralRecordsWithDecodedKeys) {
    const auto read =
        parse_notification(R"({"Records":[)" + record("a+b%2Bc%3D%C3%A9%") + "," + record("d") + "]}");
    ASSERT_TRUE(read);
    ASSERT_EQ(read->objects.size(), 2U);
    EXPECT_EQ(read->objects[0], (NotifiedObject{"eu-west-1", "trail", "a b+c=é%", 7}));
    EXPECT_EQ(read->objects[1].key, "d");
}

TEST(S3Notification, ComesInEnvelopes) {
    const std::string direct = R"({"Records":[)" + record("d") + "]}";
    for (const std::string& body : {by_sns(direct), by_sns(by_sns(direct))}) {
        const auto read = parse_notification(body);
        ASSERT_TRUE(read);
        EXPECT_EQ(read->objects.at(0).key, "d");
    }
    for (const std::string& body : {bridge, by_sns(bridge)}) {
        const auto read = parse_notification(body);
        ASSERT_TRUE(read);
        EXPECT_EQ(read->objects.at(0), (NotifiedObject{"us-east-1", "trail", "a+b c", 9}));
    }
}

TEST(S3Notification, OfNoNewObjectHasNothingToDo) {
    const auto test =
        parse_notification(R"({"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"trail"})");
    ASSERT_TRUE(test);
    EXPECT_TRUE(test->is_test);
    const auto removed = parse_notification(R"({"Records":[)" + record("d", "ObjectRemoved:Delete") + "]}");
    ASSERT_TRUE(removed);
    EXPECT_TRUE(removed->objects.empty());
}

TEST(S3Notification, IsRefusedWithAReason) {
    std::string deep = R"({"Records":[)" + record("d") + "]}";
    for (size_t i = 0; i < notification_envelopes_max; i++) deep = by_sns(deep);
    EXPECT_TRUE(parse_notification(deep));
    std::string many;
    for (size_t i = 0; i <= notification_objects_max; i++) many += (many.empty() ? "" : ",") + record("d");
    for (
        const std::string& body :
        {std::string("no JSON"), std::string("[1]"), std::string("{}"), std::string(R"({"Records":[1]})"),
         std::string(R"({"Records":[{"eventSource":"aws:ses"}]})"), by_sns(deep),
         R"({"Records":[)" + many + "]}", R"({"Records":[)" + record("") + "]}",
         R"({"Records":[)" + record(std::string(1'025, 'k')) + "]}",
         std::string(
             R"({"source":"aws.s3","detail-type":"Object Created","detail":{"bucket":{"name":"../x"},"object":{"key":"k"}}})")})
        EXPECT_FALSE(parse_notification(body)) << body.substr(0, 100);
}

TEST(S3Notification, KnowsTheAccountOfAKey) {
    EXPECT_EQ(account_of_key("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/x.json.gz"), "111122223333");
    EXPECT_EQ(account_of_key("pre/fix/AWSLogs/o-abc/111122223333/CloudTrail/x"), "111122223333");
    for (const char* const key :
         {"AWSLogs/11112222333/x", "xAWSLogs/111122223333/x", "logs/111122223333/x", "AWSLogs/o-abc", ""})
        EXPECT_EQ(account_of_key(key), "") << key;
}

}  // namespace

}  // namespace vigia
