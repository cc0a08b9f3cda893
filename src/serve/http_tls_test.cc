// TLS with certificates that are made here, asked by Python's own client (tests/serve/http_client.py).
#include <fmt/format.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "base/random.h"
#include "serve/test_http.h"

namespace vigia {
namespace {

class HttpTlsTest : public HttpTest {
protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() / ("vigia_tls_" + hex(random_bytes(8)));
        std::filesystem::create_directory(folder_);
        files_ = {folder_ / "certificate.pem", folder_ / "key.pem"};
        ASSERT_TRUE(make_self_signed(files_, {"vigia.example.org"}, SystemClock().now()));
    }
    void TearDown() override {
        HttpTest::TearDown();
        std::filesystem::remove_all(folder_);
    }
    // Whether the stories of the class hold.
    bool python(const std::string& stories, const std::string& certificate = "") {
        const std::string command =
            fmt::format("VIGIA_PORT={} VIGIA_CERTIFICATE='{}' python3 tests/serve/http_client.py {}",
                        server_->port(), certificate, stories);
        const int status = std::system(command.c_str());
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }

    std::filesystem::path folder_;
    TlsFiles files_;
};

TEST_F(HttpTlsTest, PythonsClientIsServedInTheClear) {
    start();
    EXPECT_TRUE(python("Stories"));
}

TEST_F(HttpTlsTest, PythonsClientIsServedByTls) {
    start({}, files_);
    EXPECT_TRUE(python("Stories TlsStories", files_.certificate));
    EXPECT_TRUE(eventually([&] { return server_->open_connections() == 0; }));
}

TEST_F(HttpTlsTest, WhoDoesNotSpeakTlsIsLeft) {
    start({.read_time_max = std::chrono::seconds{1}}, files_);
    RawClient clear(server_->port()), silent(server_->port());
    clear.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_FALSE(clear.rest().contains("HTTP/1.1 200"));
    EXPECT_EQ(silent.rest(), "");
    EXPECT_EQ(handled_, 0U);
}

TEST_F(HttpTlsTest, NewCertificatesAreTakenUpAndBadOnesAreNot) {
    start({}, files_);
    const TlsFiles fresh{folder_ / "fresh.pem", folder_ / "fresh_key.pem"};
    ASSERT_TRUE(make_self_signed(fresh, {"10.1.2.3"}, SystemClock().now()));
    const std::string old = *read_file(files_.certificate, 65536);
    // The new certificate with the old key: the server goes on with the old pair.
    std::filesystem::copy_file(fresh.certificate, files_.certificate,
                               std::filesystem::copy_options::overwrite_existing);
    const auto mixed = server_->reload_tls();
    ASSERT_FALSE(mixed);
    EXPECT_TRUE(mixed.error().message.contains("cannot use the key")) << mixed.error().message;
    ASSERT_TRUE(write_file(folder_ / "old.pem", old));
    EXPECT_TRUE(python("Reached", folder_ / "old.pem"));
    std::filesystem::copy_file(fresh.key, files_.key, std::filesystem::copy_options::overwrite_existing);
    ASSERT_TRUE(server_->reload_tls());
    EXPECT_TRUE(python("Reached", fresh.certificate));
    EXPECT_TRUE(python("NotTrusted", folder_ / "old.pem"));
}

TEST_F(HttpTlsTest, CertificatesAreMadeOnceAndAreTheirOwners) {
    EXPECT_TRUE(is_private(files_.key));
    EXPECT_TRUE(is_private(files_.certificate));
    const Time now = SystemClock().now();
    EXPECT_EQ(make_self_signed(files_, {"a"}, now).error().kind, ErrorKind::Conflict);
    const TlsFiles other{folder_ / "c", folder_ / "k"};
    for (const char* host : {"", "a,DNS:b", "a b", "a:443", "a/b", "a\nb", "[::1]"}) {
        const auto made = make_self_signed(other, {host}, now);
        ASSERT_FALSE(made) << host;
        EXPECT_EQ(made.error().kind, ErrorKind::BadInput);
    }
    EXPECT_FALSE(is_file(other.key));
    ASSERT_TRUE(make_self_signed(other, {"::1"}, now));
    EXPECT_TRUE(load_tls(other));
    EXPECT_FALSE(load_tls({files_.certificate, other.key}));
    EXPECT_FALSE(load_tls({folder_ / "none", files_.key}));
}

TEST_F(HttpTlsTest, AMadeCertificateIsKeptAsLongAsItServes) {
    const TlsFiles kept{folder_ / "tls.crt", folder_ / "tls.key"};
    const Time now = SystemClock().now();
    EXPECT_TRUE(*keep_self_signed(kept, {"Vigia.example.org"}, {"10.1.2.3", "2001:DB8::1"}, now));
    const CertificateFacts first = *certificate_facts(kept.certificate);
    EXPECT_EQ(first.names, (std::vector<std::string>{"10.1.2.3", "127.0.0.1", "2001:db8::1", "::1",
                                                     "localhost", "vigia.example.org"}));
    EXPECT_EQ(first.fingerprint.size(), 95U);
    EXPECT_EQ(std::chrono::floor<std::chrono::days>(first.until - now),
              self_signed_life - std::chrono::days{1});
    EXPECT_FALSE(*keep_self_signed(kept, {"vigia.example.org", "2001:db8:0::1"}, {}, now));
    EXPECT_EQ(certificate_facts(kept.certificate)->fingerprint, first.fingerprint);
    // Another name, the last days, a key that is another's.
    EXPECT_TRUE(*keep_self_signed(kept, {"other.example.org"}, {}, now));
    EXPECT_FALSE(*keep_self_signed(kept, {}, {},
                                   now + self_signed_life - self_signed_left_min - std::chrono::hours{1}));
    EXPECT_TRUE(*keep_self_signed(kept, {}, {}, now + self_signed_life - self_signed_left_min));
    std::filesystem::copy_file(files_.key, kept.key, std::filesystem::copy_options::overwrite_existing);
    EXPECT_TRUE(*keep_self_signed(kept, {}, {}, now));
    EXPECT_TRUE(load_tls(kept));
    EXPECT_TRUE(is_private(kept.key));
    std::vector<std::string> many(certificate_names_max, "a");
    EXPECT_FALSE(*keep_self_signed(kept, {}, many, now)) << "it is kept, so nothing is asked of others";
    many.push_back("b");
    EXPECT_EQ(keep_self_signed(kept, many, {}, now).error().kind, ErrorKind::BadInput);
}

}  // namespace
}  // namespace vigia
