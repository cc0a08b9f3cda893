#include "serve/hawk.h"

#include <gtest/gtest.h>

#include <cstring>

namespace vigia {
namespace {

// The credentials and requests of the examples in Hawk's own specification, with the codes that stand there.
const std::string key = "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn";
const HawkRequest get{"GET", "/resource/1?b=1&a=2", "example.com", 8000, "", ""};
const std::string signed_get =
    R"(Hawk id="dh37fgj492je", ts="1353832234", nonce="j4h3g2", ext="some-app-ext-data", )"
    R"(mac="6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=")";

class Guard : public testing::Test {
protected:
    auto admit(std::string_view authorization, const HawkRequest& request) {
        return guard_.admit(authorization, request, [](const HawkHeader& header) -> Result<std::string> {
            if (header.id == "dh37fgj492je") return key;
            return error(ErrorKind::Denied, "no such key");
        });
    }

    static std::string sign(HawkHeader header, const HawkRequest& request, std::string_view with = key) {
        header.mac = hawk_mac(HawkMessage::Request, header, request, with);
        return "Hawk id=\"" + header.id + "\", ts=\"" + std::to_string(header.ts) + "\", nonce=\"" +
               header.nonce + "\"" + (header.hash.empty() ? "" : ", hash=\"" + header.hash + "\"") +
               ", mac=\"" + header.mac + "\"";
    }
    static HawkHeader header(const std::string& nonce, int64_t ts = 1353832234) {
        return {.id = "dh37fgj492je", .ts = ts, .nonce = nonce};
    }

    // The guard has been there for a while.
    Guard() { clock_.advance(hawk_skew_max); }

    FakeClock clock_{Time{std::chrono::seconds{1353832234} - hawk_skew_max}};
    HawkGuard guard_{clock_};
};

TEST(Hawk, SignsAsTheSpecificationDoes) {
    const auto header = parse_hawk(signed_get);
    ASSERT_TRUE(header) << header.error().message;
    EXPECT_EQ(hawk_mac(HawkMessage::Request, *header, get, key), header->mac);

    const std::string body = "Thank you for flying Hawk";
    EXPECT_EQ(hawk_payload_hash("text/plain", body), "Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY=");
    EXPECT_EQ(hawk_payload_hash("Text/Plain; charset=utf-8", body), hawk_payload_hash("text/plain", body));
    HawkHeader with_payload = *header;
    with_payload.hash = hawk_payload_hash("text/plain", body);
    HawkRequest post = get;
    post.method = "POST";
    EXPECT_EQ(hawk_mac(HawkMessage::Request, with_payload, post, key),
              "aSe1DERmZuRl3pI36/9BdZmnErTw3sNzOOAUlfeKjVw=");
}

TEST(Hawk, ReadsOnlyWhatIsAHeader) {
    const auto refused = [](std::string_view text, std::string_view part) {
        const auto header = parse_hawk(text);
        ASSERT_FALSE(header) << text;
        EXPECT_NE(header.error().message.find(part), std::string::npos) << header.error().message;
    };
    refused("", "not Hawk's");
    refused("Basic dXNlcjpwYXNz", "not Hawk's");
    refused("Hawk ", "id is missing");
    refused(R"(Hawk id="a")", "ts is missing");
    refused(R"(Hawk id="a", id="b")", "id stands twice");
    refused(R"(Hawk id="a", who="b")", "does not know");
    refused(R"(Hawk id=a)", "name=\"value\"");
    refused(R"(Hawk id="a)", "name=\"value\"");
    refused(R"(Hawk id="a" ts="1")", "commas");
    refused(R"(Hawk id="a", )", "last comma");
    refused("Hawk id=\"a\nb\"", "cannot have");
    refused(R"(Hawk id="a\\", ts="1")", "cannot have");
    refused(R"(Hawk id="a", ts="x")", "no time");
    refused(R"(Hawk id="a", ts="-5")", "no time");
    refused(R"(Hawk id="a", ts="99999999999999999999")", "no time");
    const std::string most = R"(Hawk id="a", ts="1", nonce="n", mac="m", ext=")";
    EXPECT_TRUE(parse_hawk(most + std::string(hawk_header_bytes_max - most.size() - 1, 'x') + "\""));
    refused(most + std::string(hawk_header_bytes_max - most.size(), 'x') + "\"", "more than 4096");
    EXPECT_TRUE(parse_hawk(R"(hawk id="a",ts="1",nonce="n",mac="m")"));
}

TEST_F(Guard, LetsASignedRequestInOnce) {
    EXPECT_EQ(admit(signed_get, get)->ext, "some-app-ext-data");
    EXPECT_EQ(admit(signed_get, get).error().reason, "the request was seen before");
    EXPECT_TRUE(admit(sign(header("another"), get), get));
}

TEST_F(Guard, RefusesWhatWasChangedOnTheWay) {
    for (const auto& change : {&HawkRequest::method, &HawkRequest::resource, &HawkRequest::host}) {
        HawkRequest other = get;
        other.*change += "x";
        EXPECT_FALSE(admit(signed_get, other));
    }
    HawkRequest port = get;
    port.port = 443;
    EXPECT_FALSE(admit(signed_get, port));
    std::string ext = signed_get;
    ext.replace(ext.find("some"), 4, "Some");
    EXPECT_FALSE(admit(ext, get));
    EXPECT_FALSE(admit(sign(header("n"), get, "another key"), get));
    // An unknown id is told in the same words as a wrong signature.
    HawkHeader unknown = header("n");
    unknown.id = "nobody";
    EXPECT_EQ(admit(sign(unknown, get), get).error().reason,
              admit(sign(header("n"), get, "another key"), get).error().reason);
    // None of the refused requests used up its nonce.
    EXPECT_TRUE(admit(signed_get, get));
}

TEST_F(Guard, WantsAPayloadToBeSigned) {
    HawkRequest post = get;
    post.method = "POST";
    post.content_type = "application/json";
    post.payload = R"({"ids":["1"]})";
    EXPECT_EQ(admit(sign(header("a"), post), post).error().reason,
              "the payload is not the one that was signed");
    HawkHeader with_hash = header("b");
    with_hash.hash = hawk_payload_hash(post.content_type, post.payload);
    HawkRequest changed = post;
    changed.payload = R"({"ids":["2"]})";
    EXPECT_FALSE(admit(sign(with_hash, post), changed));
    EXPECT_TRUE(admit(sign(with_hash, post), post));
}

TEST_F(Guard, TellsItsTimeToAClientWhoseClockIsOff) {
    const int64_t now = 1353832234, most = hawk_skew_max.count();
    EXPECT_TRUE(admit(sign(header("a", now - most), get), get));
    EXPECT_TRUE(admit(sign(header("b", now + most), get), get));
    for (const int64_t ts : {now - most - 1, now + most + 1}) {
        const auto refused = admit(sign(header("c", ts), get), get);
        ASSERT_FALSE(refused);
        EXPECT_TRUE(refused.error().challenge.starts_with("Hawk ts=\"1353832234\", tsm=\""))
            << refused.error().challenge;
    }
    // A nonce is remembered for as long as its request's time would pass.
    clock_.advance(std::chrono::seconds{2 * most});
    EXPECT_FALSE(admit(sign(header("b", now + most), get), get));
}

TEST_F(Guard, RefusesWhatAnEarlierProcessMayHaveSeen) {
    HawkGuard restarted(clock_);
    const auto key_of = [](const HawkHeader&) -> Result<std::string> { return key; };
    const auto refused = restarted.admit(sign(header("a", 1353832233), get), get, key_of);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().challenge.starts_with("Hawk ts=\"1353832234\", tsm=\""));
    EXPECT_TRUE(restarted.admit(sign(header("a"), get), get, key_of));
}

TEST_F(Guard, SignsItsAnswer) {
    const auto header = admit(signed_get, get);
    ASSERT_TRUE(header);
    const std::string answer = hawk_answer(*header, get, key, "application/json", "{}");
    HawkHeader expected = *header;
    expected.ext.clear();
    expected.hash = hawk_payload_hash("application/json", "{}");
    EXPECT_EQ(answer, "Hawk mac=\"" + hawk_mac(HawkMessage::Answer, expected, get, key) + "\", hash=\"" +
                          expected.hash + "\"");
    EXPECT_NE(hawk_mac(HawkMessage::Answer, expected, get, key),
              hawk_mac(HawkMessage::Request, expected, get, key));
}

}  // namespace
}  // namespace vigia
