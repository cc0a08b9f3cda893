// Signature Version 4 against what AWS publishes: cases of its test suite (aws-sig-v4-test-suite), and the
// examples of the Amazon S3 API Reference, "Signature Calculations for the Authorization Header".
#include "aws/sigv4.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "base/random.h"

namespace vigia {

namespace {

struct Case {
    std::string name;
    std::string method;
    std::string path;
    NamedValues query;
    NamedValues headers;  // beside host and x-amz-date
    std::string body;
    std::string signature;
};

std::string signature_of(const Case& one, bool is_s3) {
    SigningInput input{.method = one.method, .path = one.path, .query = one.query, .headers = one.headers};
    input.payload_hash = hex(sha256(one.body));
    input.region = "us-east-1";
    input.service = is_s3 ? "s3" : "service";
    input.time = *parse_rfc3339(is_s3 ? "2013-05-24T00:00:00Z" : "2015-08-30T12:36:00Z");
    input.headers.emplace_back("Host", is_s3 ? "examplebucket.s3.amazonaws.com" : "example.amazonaws.com");
    input.headers.emplace_back("X-Amz-Date", amz_date(input.time));
    if (is_s3) input.headers.emplace_back("x-amz-content-sha256", input.payload_hash);
    const std::string made = authorization(
        input, is_s3 ? "AKIAIOSFODNN7EXAMPLE" : "AKIDEXAMPLE",
        is_s3 ? "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" : "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    return made.substr(made.find("Signature=") + 10);
}

const std::string unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const std::string security_token =
    "AQoDYXdzEPT//////////"
    "wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8Y"
    "UuwthAx7mSEI/qkPpKPi/"
    "kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8"
    "YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+"
    "scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2"
    "ICCR/oLxBA==";

TEST(SigV4, SignsAsTheTestSuiteOfAws) {
    const NamedValues form{{"Content-Type", "application/x-www-form-urlencoded"}};
    for (const Case& one : std::initializer_list<Case>{
             {"get-vanilla",
              "GET",
              "/",
              {},
              {},
              "",
              "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
             {"post-vanilla",
              "POST",
              "/",
              {},
              {},
              "",
              "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
             {"get-vanilla-query-order-key-case",
              "GET",
              "/",
              {{"Param2", "value2"}, {"Param1", "value1"}},
              {},
              "",
              "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
             {"get-vanilla-query-order-value",
              "GET",
              "/",
              {{"Param1", "value2"}, {"Param1", "value1"}},
              {},
              "",
              "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"},
             {"get-unreserved",
              "GET",
              "/" + unreserved,
              {},
              {},
              "",
              "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
             {"post-x-www-form-urlencoded",
              "POST",
              "/",
              {},
              form,
              "Param1=value1",
              "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
             {"post-sts-header-before",
              "POST",
              "/",
              {},
              {{"X-Amz-Security-Token", security_token}},
              "",
              "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"},
         })
        EXPECT_EQ(signature_of(one, false), one.signature) << one.name;
}

TEST(SigV4, SignsAsTheReferenceOfS3) {
    for (const Case& one : std::initializer_list<Case>{
             {"GET Object",
              "GET",
              "/test.txt",
              {},
              {{"Range", "bytes=0-9"}},
              "",
              "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
             {"PUT Object",
              "PUT",
              "/test$file.text",
              {},
              {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
              "Welcome to Amazon S3.",
              "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
             {"GET Bucket Lifecycle",
              "GET",
              "/",
              {{"lifecycle", ""}},
              {},
              "",
              "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
             {"List Objects",
              "GET",
              "/",
              {{"max-keys", "2"}, {"prefix", "J"}},
              {},
              "",
              "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
         })
        EXPECT_EQ(signature_of(one, true), one.signature) << one.name;
}

TEST(SigV4, EncodesEveryByteOfAKeyOnce) {
    EXPECT_EQ(percent_encode("/a b+c=d&é/\x01%", true), "/a%20b%2Bc%3Dd%26%C3%A9/%01%25");
    EXPECT_EQ(percent_encode("a/b"), "a%2Fb");
    EXPECT_EQ(canonical_query({{"id-type", "2"}, {"id", "3"}, {"uploads", ""}}), "id=3&id-type=2&uploads=");
}

TEST(SigV4, TrimsTheValuesOfHeaders) {
    SigningInput input{
        .method = "GET", .path = "/", .query = {}, .headers = {{"B", "  x   y "}, {"a", "1"}, {"A", "2"}}};
    EXPECT_EQ(canonical_request(input), "GET\n/\n\na:1,2\nb:x y\n\na;b\n");
}

}  // namespace

}  // namespace vigia
