#include "serve/console.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "serve/compression.h"

namespace vigia {

// Those of tests/web_fixture, which CMake makes part of this program.
std::span<const EmbeddedFile> embedded_fixture();

namespace {

constexpr std::string_view script = "export const answer = 42;\n";

HttpRequest get(std::string path, std::vector<std::pair<std::string, std::string>> headers = {}) {
    HttpRequest request{.method = Method::Get, .path = path, .headers = std::move(headers)};
    for (size_t at = 1; path.size() > 1 && at <= path.size();) {
        const size_t end = std::min(path.find('/', at), path.size());
        request.segments.push_back(path.substr(at, end - at));
        at = end + 1;
    }
    return request;
}

std::string header(const HttpAnswer& answer, std::string_view name) {
    for (const auto& [key, value] : answer.headers)
        if (key == name) return value;
    return {};
}

// A console of which the script has no plain copy.
class ConsoleTest : public testing::Test {
protected:
    void SetUp() override {
        std::filesystem::create_directories(folder_ + "/assets/deep");
        put("index.html", "<meta name=\"csp-nonce\" content=\"__NONCE__\"><i nonce=__NONCE__>");
        put("secret.txt", "not an asset");
        put("assets/main-1a2b3c4d.js.br", "brotli of it");
        put("assets/main-1a2b3c4d.js.gz", gzip(script));
        put("assets/deep/style-aB_-3c4d.css", "a{}");
        put("assets/logo.svg", "<svg/>");
        put("assets/cut-12345678.js.gz", gzip(script).substr(0, 20));
        put("assets/.hidden.js", "x");
        auto files = web_folder(folder_);
        ASSERT_TRUE(files) << files.error().message;
        console_.emplace(*std::move(files));
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    void put(const std::string& name, std::string_view bytes) {
        ASSERT_TRUE(write_file(folder_ + "/" + name, bytes));
    }
    HttpAnswer asked(const HttpRequest& request) {
        auto answer = console_->answer(request);
        EXPECT_TRUE(answer) << request.path;
        return answer ? *std::move(answer) : HttpAnswer{};
    }

    const std::string folder_ = testing::TempDir() + "vigia_console_" + std::to_string(getpid());
    std::optional<Console> console_;
};

TEST_F(ConsoleTest, AnAssetComesInTheBestCodingThatTheClientTakes) {
    const std::string path = "/assets/main-1a2b3c4d.js";
    const HttpAnswer best = asked(get(path, {{"Accept-Encoding", "gzip, deflate, br, zstd"}}));
    EXPECT_EQ(best.status, 200U);
    EXPECT_EQ(best.body, "brotli of it");
    EXPECT_EQ(header(best, "Content-Encoding"), "br");
    EXPECT_EQ(header(best, "Vary"), "Accept-Encoding");
    EXPECT_EQ(header(best, "Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(best.content_type, "text/javascript; charset=utf-8");
    const HttpAnswer packed = asked(get(path, {{"accept-encoding", "br;q=0, gzip;q=0.5"}}));
    EXPECT_EQ(header(packed, "Content-Encoding"), "gzip");
    EXPECT_EQ(packed.body, gzip(script));
    const HttpAnswer plain = asked(get(path));
    EXPECT_EQ(header(plain, "Content-Encoding"), "");
    EXPECT_EQ(plain.body, script);
    EXPECT_NE(header(plain, "ETag"), header(packed, "ETag"));
    EXPECT_EQ(asked(get("/assets/deep/style-aB_-3c4d.css")).body, "a{}");
}

TEST_F(ConsoleTest, AnAssetThatTheClientHasIsNotSentAgain) {
    const std::string path = "/assets/main-1a2b3c4d.js";
    const std::string tag = header(asked(get(path)), "ETag");
    for (const std::string& known : {tag, "\"x\", " + tag, "W/" + tag, std::string("*")}) {
        const HttpAnswer same = asked(get(path, {{"If-None-Match", known}}));
        EXPECT_EQ(same.status, 304U) << known;
        EXPECT_EQ(same.body, "");
        EXPECT_EQ(header(same, "ETag"), tag);
    }
    EXPECT_EQ(asked(get(path, {{"If-None-Match", "\"x\""}})).status, 200U);
    // In another coding it is another thing.
    EXPECT_EQ(asked(get(path, {{"If-None-Match", tag}, {"Accept-Encoding", "br"}})).status, 200U);
}

TEST_F(ConsoleTest, OnlyANameWithAHashIsKeptForEver) {
    EXPECT_EQ(header(asked(get("/assets/logo.svg")), "Cache-Control"), "no-cache");
    EXPECT_EQ(header(asked(get("/assets/deep/style-aB_-3c4d.css")), "Cache-Control"),
              "public, max-age=31536000, immutable");
}

TEST_F(ConsoleTest, NothingButAssetsIsReachedBelowAssets) {
    std::filesystem::create_symlink(folder_ + "/../vigia_outside.js", folder_ + "/assets/out.js");
    put("../vigia_outside.js", "outside");
    for (const char* const path :
         {"/assets", "/assets/", "/assets/none.js", "/assets/main-1a2b3c4d.js.br", "/assets/../secret.txt",
          "/assets/deep/../../secret.txt", "/assets//secret.txt", "/assets/.hidden.js", "/assets/deep",
          "/assets/out.js", "/assets/cut-12345678.js", "/assets/..\\secret.txt"}) {
        const HttpAnswer answer = asked(get(path, {{"Accept", "text/html"}}));
        EXPECT_EQ(answer.status, 404U) << path;
        EXPECT_EQ(answer.content_type, "application/problem+json") << path;
    }
    HttpRequest slash = get("/assets");
    slash.segments.emplace_back("../secret.txt");
    EXPECT_EQ(asked(slash).status, 404U);
    slash.segments = {"assets", std::string("logo.svg\0.js", 12)};
    EXPECT_EQ(asked(slash).status, 404U);
    std::filesystem::remove(folder_ + "/../vigia_outside.js");
}

TEST_F(ConsoleTest, EveryOtherPathThatAPersonOpensIsThePage) {
    const std::vector<std::pair<std::string, std::string>> browser{{"Accept", "text/html,*/*;q=0.8"}};
    std::string before;
    for (const char* const path : {"/", "/alerts", "/a/123", "/rules/x/y", "/index.html", "/apis"}) {
        const HttpAnswer page = asked(get(path, browser));
        EXPECT_EQ(page.status, 200U);
        EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
        EXPECT_EQ(header(page, "Cache-Control"), "no-store");
        EXPECT_EQ(header(page, "Cross-Origin-Opener-Policy"), "same-origin");
        const std::string policy = header(page, "Content-Security-Policy");
        const size_t at = policy.find("'nonce-") + 7;
        const std::string nonce = policy.substr(at, policy.find('\'', at) - at);
        EXPECT_EQ(nonce.size(), 36U) << policy;
        EXPECT_EQ(page.body, "<meta name=\"csp-nonce\" content=\"" + nonce + "\"><i nonce=" + nonce + ">");
        EXPECT_NE(nonce, before);
        before = nonce;
        EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"));
        EXPECT_FALSE(policy.contains("unsafe"));
    }
    for (const char* const path :
         {"/api", "/api/v1/none", "/v2/x", "/help/hawk", "/healthz", "/readyz", "/metrics", "/csp-report"})
        EXPECT_FALSE(console_->answer(get(path, browser))) << path;
    EXPECT_FALSE(console_->answer(get("/favicon.ico", {{"Accept", "image/*"}})));
    HttpRequest post = get("/alerts", browser);
    post.method = Method::Post;
    EXPECT_FALSE(console_->answer(post));
    EXPECT_TRUE(asked(get("/")).body.contains("csp-nonce"));
}

TEST_F(ConsoleTest, AFolderWithoutAPageIsRefused) {
    EXPECT_EQ(web_folder(folder_ + "/none").error().kind, ErrorKind::NotFound);
    const auto refused = web_folder(folder_ + "/assets");
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().message.contains("has no index.html")) << refused.error().message;
}

TEST(EmbeddedConsole, HasTheFilesOfItsFolder) {
    const Console console(embedded_web(embedded_fixture()));
    EXPECT_TRUE(console.answer(get("/"))->body.contains("the page of the fixture"));
    // The plain copy was left out, for there is a compressed one.
    EXPECT_EQ(embedded_fixture().size(), 3U);
    const auto inflated = console.answer(get("/assets/main-0f1e2d3c.js"));
    EXPECT_EQ(inflated->body, *read_file("tests/web_fixture/assets/main-0f1e2d3c.js", 1000));
    EXPECT_EQ(console.answer(get("/assets/plain-0f1e2d3c.css"))->body,
              *read_file("tests/web_fixture/assets/plain-0f1e2d3c.css", 1000));
    EXPECT_EQ(console.answer(get("/assets/none.css"))->status, 404U);
}

TEST(EmbeddedConsole, SaysThatItIsNotThere) {
    const Console console(embedded_web({}));
    const auto page = console.answer(get("/"));
    ASSERT_TRUE(page);
    EXPECT_EQ(page->status, 200U);
    EXPECT_TRUE(page->body.contains("without its console"));
    EXPECT_EQ(console.answer(get("/assets/a.js"))->status, 404U);
}

TEST(Compression, TheAcceptedCodingsAreRead) {
    const auto takes = [](const char* accepted, const char* coding) {
        return accepts_coding(get("/", {{"Accept-Encoding", accepted}}), coding);
    };
    EXPECT_TRUE(takes("gzip", "gzip"));
    EXPECT_TRUE(takes("deflate , GZIP ;q=1", "gzip"));
    EXPECT_TRUE(takes("*", "br"));
    EXPECT_TRUE(takes("gzip;q=0.001", "gzip"));
    EXPECT_FALSE(takes("gzip;q=0", "gzip"));
    EXPECT_FALSE(takes("gzip; q=0.000", "gzip"));
    EXPECT_FALSE(takes("*;q=0", "br"));
    EXPECT_FALSE(takes("*, br;q=0", "br"));
    EXPECT_FALSE(takes("identity", "gzip"));
    EXPECT_FALSE(takes("xgzip", "gzip"));
    EXPECT_FALSE(takes("", "gzip"));
    EXPECT_FALSE(accepts_coding(get("/"), "gzip"));
}

TEST(Compression, WhatIsPackedComesBack) {
    for (const size_t length : {0U, 1U, 1000U, 3'000'000U}) {
        std::string text(length, 'a');
        for (size_t i = 0; i < length; i += 7) text[i] = static_cast<char>(i * 31);
        EXPECT_EQ(gunzip(gzip(text), length), text);
        if (length == 0) continue;
        EXPECT_FALSE(gunzip(gzip(text), length - 1));
    }
    EXPECT_FALSE(gunzip("", 100));
    EXPECT_FALSE(gunzip(std::string(100, 'x'), 1 << 30));
    EXPECT_FALSE(gunzip(gzip(script).substr(1), 100));
}

TEST(Compression, OnlyLongJsonWithoutATagIsCompressed) {
    const HttpRequest request = get("/", {{"Accept-Encoding", "gzip"}});
    const std::string body = "[" + std::string(5000, ' ') + "]";
    HttpAnswer long_one{.body = body};
    compress_json(request, long_one);
    EXPECT_EQ(header(long_one, "Content-Encoding"), "gzip");
    EXPECT_EQ(header(long_one, "Vary"), "Accept-Encoding");
    EXPECT_EQ(gunzip(long_one.body, 10'000), body);
    HttpAnswer refused{.body = body};
    compress_json(get("/"), refused);
    EXPECT_EQ(refused.body, body);
    EXPECT_EQ(header(refused, "Vary"), "Accept-Encoding");
    HttpAnswer short_one{.body = "{}"};
    HttpAnswer tagged{.headers = {{"ETag", "\"7\""}}, .body = body};
    HttpAnswer other{.content_type = "text/csv", .body = body};
    for (HttpAnswer* const one : {&short_one, &tagged, &other}) {
        compress_json(request, *one);
        EXPECT_EQ(header(*one, "Content-Encoding"), "");
    }
}

}  // namespace
}  // namespace vigia
