#include "serve/http_target.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace vigia {
namespace {

using Strings = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

HttpTarget parsed(std::string_view target) {
    auto parts = parse_target(target);
    EXPECT_TRUE(parts) << target << ": " << parts.error().message;
    return parts ? *parts : HttpTarget{};
}

void expect_refused(std::string_view target, std::string_view part) {
    const auto parts = parse_target(target);
    ASSERT_FALSE(parts) << target;
    EXPECT_NE(parts.error().message.find(part), std::string::npos) << target << ": " << parts.error().message;
}

TEST(HttpTarget, TakesPathsApart) {
    EXPECT_EQ(parsed("/").segments, Strings{});
    EXPECT_EQ(parsed("/").path, "/");
    EXPECT_EQ(parsed("/api/v1/alerts").segments, (Strings{"api", "v1", "alerts"}));
    EXPECT_EQ(parsed("/a/").segments, (Strings{"a", ""}));
    EXPECT_EQ(parsed("/a/").path, "/a/");
    EXPECT_EQ(parsed("//a").segments, (Strings{"", "a"}));
    EXPECT_EQ(parsed("//").segments, (Strings{"", ""}));
    EXPECT_EQ(parsed("/a%20b/Z%C3%BCrich").path, "/a b/Zürich");
    EXPECT_EQ(parsed("/a+b").path, "/a+b");
    EXPECT_EQ(parsed("*").path, "*");
}

TEST(HttpTarget, AnEscapedSlashPartsNothing) {
    const HttpTarget parts = parsed("/rules/a%2Fb%20c/x");
    EXPECT_EQ(parts.segments, (Strings{"rules", "a/b c", "x"}));
    EXPECT_EQ(parts.path, "/rules/a%2Fb%20c/x");
    EXPECT_EQ(parsed("/%2e%2e%2fa").segments, (Strings{"../a"}));
}

TEST(HttpTarget, TakesQueriesApart) {
    EXPECT_EQ(parsed("/a?b=1&c=x+y%2Bz&&d&=e&b=2=3").query,
              (Pairs{{"b", "1"}, {"c", "x y+z"}, {"d", ""}, {"", "e"}, {"b", "2=3"}}));
    EXPECT_EQ(parsed("/a?").query, Pairs{});
    EXPECT_EQ(parsed("/a?q=one%0Atwo").query, (Pairs{{"q", "one\ntwo"}}));
    EXPECT_EQ(parsed("/a?b=/../?c").query, (Pairs{{"b", "/../?c"}}));
}

TEST(HttpTarget, WholeAddressesNameTheirHost) {
    const HttpTarget parts = parsed("HTTPS://Example.org:8443/a?b=c");
    ASSERT_TRUE(parts.host);
    EXPECT_EQ(parts.host->name, "example.org");
    EXPECT_EQ(parts.host->port, 8443);
    EXPECT_EQ(parts.segments, (Strings{"a"}));
    EXPECT_EQ(parts.query, (Pairs{{"b", "c"}}));
    EXPECT_EQ(parsed("http://[::1]").host->name, "[::1]");
    EXPECT_EQ(parsed("http://[::1]").path, "/");
    EXPECT_FALSE(parsed("/http://a/b").host);
}

TEST(HttpTarget, RefusesWhatIsNone) {
    for (const char* target : {"/%", "/%4", "/%zz", "/a%2", "/a?b=%", "/a?%=b", "/a?b=%g0"})
        expect_refused(target, "has no two digits after it");
    for (const char* target : {"/a b", "/a\tb", "/a#b", "/\x80", "/a\x7F", "/a\r\nb"})
        expect_refused(target, "must be written as an escape");
    for (const char* target : {"", "a", "?a", "example.org:443", "ftp://example.org/", "**"})
        expect_refused(target, "does not begin with a slash");
    for (const char* target : {"/..", "/a/../b", "/a/.", "/%2e%2E/a", "/a/%2e"})
        expect_refused(target, "of dots alone");
    for (const char* target : {"/%00", "/a%0D%0Ab", "/%7F", "/a?b=%00", "/a?b=%1b"})
        expect_refused(target, "control character");
    for (const char* target : {"/%ff", "/%C3", "/%C0%AF", "/%ED%A0%80", "/%F4%90%80%80", "/a?b=%E2%82"})
        expect_refused(target, "not UTF-8");
    for (const char* target : {"http:///a", "http://a:b/", "http://a:0/", "http://a:65536/", "http://u@a/",
                               "http://[::1/", "http://[]/", "http://a:1:2/", "http://a:/"})
        expect_refused(target, "the host of the request");
}

TEST(HttpTarget, BoundsAreHeldAtTheLastOne) {
    std::string target(target_bytes_max, 'a');
    target[0] = '/';
    EXPECT_EQ(parsed(target).segments.at(0).size(), target_bytes_max - 1);
    expect_refused(target + "a", "more than 8192 bytes");
    std::string path, query = "/?";
    for (size_t i = 0; i < target_segments_max; i++) path += "/a";
    EXPECT_EQ(parsed(path).segments.size(), target_segments_max);
    expect_refused(path + "/", "more than 64 segments");
    for (size_t i = 0; i < target_parameters_max; i++) query += "a=b&";
    EXPECT_EQ(parsed(query).query.size(), target_parameters_max);
    expect_refused(query + "a", "more than 256 parameters");
}

TEST(HttpTarget, ReadsHosts) {
    EXPECT_EQ(parse_host("LocalHost")->name, "localhost");
    EXPECT_FALSE(parse_host("localhost")->port);
    EXPECT_EQ(parse_host("127.0.0.1:80")->port, 80);
    EXPECT_EQ(parse_host("[fe80::1]:443")->name, "[fe80::1]");
    for (const char* text : {"", ":80", "a b", "a/b", "a,b", "a:", "a:+1", "a:99999", "[::1]x", "::1", "ä"})
        EXPECT_FALSE(parse_host(text)) << text;
    EXPECT_TRUE(parse_host(std::string(255, 'a')));
    EXPECT_FALSE(parse_host(std::string(256, 'a')));
}

TEST(HttpTarget, EveryByteComesBackFromItsEscape) {
    std::string all, escaped;
    for (int byte = 0; byte < 256; byte++) {
        all += static_cast<char>(byte);
        escaped += "%" + hex(std::string(1, static_cast<char>(byte)));
    }
    EXPECT_EQ(percent_decode(escaped, PlusSign::Itself), all);
    EXPECT_EQ(percent_decode("a+b", PlusSign::Space), "a b");
}

}  // namespace
}  // namespace vigia
