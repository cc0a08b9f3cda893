#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/encoder.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "base/random.h"
#include "digest/chains.h"

namespace vigia {

// The bytes as gzip that does not pack.
inline std::string gzip_of(std::string_view bytes) {
    uint32_t crc = ~0U;
    for (const char one : bytes) {
        crc ^= static_cast<unsigned char>(one);
        for (int i = 0; i < 8; i++) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
    }
    const auto little = [](uint64_t number, size_t count) {
        std::string made;
        for (size_t i = 0; i < count; i++) made += static_cast<char>(number >> (8 * i) & 0xff);
        return made;
    };
    constexpr size_t block_max = 65535;
    std::string made("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10);
    for (size_t at = 0; at == 0 || at < bytes.size(); at += block_max) {
        const std::string_view block = bytes.substr(at, block_max);
        made += at + block_max >= bytes.size() ? '\x01' : '\x00';
        made += little(block.size(), 2) + little(~block.size() & 0xffff, 2) + std::string(block);
    }
    return made + little(~crc, 4) + little(bytes.size(), 4);
}

// An RSA key as CloudTrail has them.
class TestKey {
public:
    TestKey() : key_(EVP_RSA_gen(2048), EVP_PKEY_free) {}

    std::string fingerprint() const { return hex(sha256(der())).substr(0, 32); }
    // The answer of ListPublicKeys.
    std::string list() const {
        return fmt::format(
            R"({{"PublicKeyList":[{{"Value":"{}","ValidityStartTime":"2026-11-01T00:00:00+00:00",)"
            R"("ValidityEndTime":"2026-12-01T00:00:00+00:00","Fingerprint":"{}"}}]}})",
            base64(der()), fingerprint());
    }
    std::string sign(std::string_view text) const {
        EVP_MD_CTX* const context = EVP_MD_CTX_new();
        size_t count = 512;
        std::string bytes(count, '\0');
        auto* const into = reinterpret_cast<unsigned char*>(bytes.data());
        EXPECT_EQ(EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_.get()), 1);
        EXPECT_EQ(EVP_DigestSign(context, into, &count, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size()),
                  1);
        EVP_MD_CTX_free(context);
        return hex(bytes.substr(0, count));
    }

private:
    std::string der() const {
        unsigned char* bytes = nullptr;
        size_t count = 0;
        OSSL_ENCODER_CTX* const encoder =
            OSSL_ENCODER_CTX_new_for_pkey(key_.get(), EVP_PKEY_PUBLIC_KEY, "DER", "type-specific", nullptr);
        EXPECT_EQ(OSSL_ENCODER_to_data(encoder, &bytes, &count), 1);
        OSSL_ENCODER_CTX_free(encoder);
        std::string made(reinterpret_cast<char*>(bytes), count);
        OPENSSL_free(bytes);
        return made;
    }

    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
};

// Files of a trail as CloudTrail writes them, signed, copied to a folder.
class TestTrail {
public:
    struct File {
        std::string key;
        std::string body;  // inflated
        std::string signature;
    };

    TestTrail() : folder_(testing::TempDir() + "vigia_trail_" + std::to_string(getpid())) {
        std::filesystem::remove_all(folder_);
        EXPECT_TRUE(make_folder(folder_));
    }
    TestTrail(const TestTrail&) = delete;
    ~TestTrail() { std::filesystem::remove_all(folder_); }

    // The digest of an hour of 2026-11-20, with so many log files; one that begins a chain names none before
    // it.
    void add_hour(int hour, size_t log_count, bool begins = false, bool is_backfill = false) {
        std::string listed;
        for (size_t i = 0; i < log_count; i++) {
            if (i > 0) listed += ',';
            listed += add_log(hour, i);
        }
        const File* const before = begins || digests.empty() ? nullptr : &digests.back();
        File made{
            fmt::format(
                "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/11/20/"
                "111122223333_CloudTrail-Digest_us-east-1_main_trail_us-east-1_20261120T{:02}0131Z{}.json.gz",
                hour + 1, is_backfill ? "_backfill" : ""),
            "", ""};
        const std::string end = fmt::format("2026-11-20T{:02}:01:31Z", hour + 1);
        made.body = fmt::format(
            R"({{"awsAccountId":"111122223333","digestStartTime":"2026-11-20T{:02}:01:31Z","digestEndTime":"{}",)"
            R"("digestS3Bucket":"acme","digestS3Object":"{}","digestPublicKeyFingerprint":"{}",)"
            R"("digestSignatureAlgorithm":"SHA256withRSA","previousDigestS3Bucket":{},"previousDigestS3Object":{},)"
            R"("previousDigestHashValue":{},"previousDigestHashAlgorithm":"SHA-256","previousDigestSignature":{},)"
            R"("logFiles":[{}]}})",
            hour, end, made.key, key.fingerprint(), quoted(before ? "acme" : ""),
            quoted(before ? before->key : ""), quoted(before ? hex(sha256(before->body)) : ""),
            quoted(before ? before->signature : ""), listed);
        made.signature = key.sign(fmt::format("{}\nacme/{}\n{}\n{}", end, made.key, hex(sha256(made.body)),
                                              before ? before->signature : "null"));
        write(made.key, gzip_of(made.body));
        digests.push_back(std::move(made));
    }

    std::string path(const std::string& of) const { return folder_ + "/" + of; }
    void write(const std::string& of, std::string_view bytes) {
        EXPECT_TRUE(make_folder(folder_of(path(of))));
        EXPECT_TRUE(write_file(path(of), bytes));
    }
    void remove(const std::string& of) { EXPECT_TRUE(std::filesystem::remove(path(of))); }
    // The signature that S3 has beside the newest digest.
    void keep_signature() { write(digests.back().key + ".signature", digests.back().signature + "\n"); }

    const std::string& folder() const { return folder_; }

    const TestKey& key = one_key();  // making one takes a while
    std::vector<File> digests, logs;

private:
    static const TestKey& one_key() {
        static const TestKey made;
        return made;
    }
    static std::string quoted(const std::string& text) { return text.empty() ? "null" : '"' + text + '"'; }

    std::string add_log(int hour, size_t number) {
        File made{fmt::format("AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/20/"
                              "111122223333_CloudTrail_us-east-1_20261120T{:02}15Z_{:016}.json.gz",
                              hour, logs.size()),
                  fmt::format(R"({{"Records":[{{"eventID":"{}-{}"}}]}})", hour, number), ""};
        write(made.key, gzip_of(made.body));
        logs.push_back(made);
        return fmt::format(
            R"({{"s3Bucket":"acme","s3Object":"{}","hashValue":"{}","hashAlgorithm":"SHA-256",)"
            R"("newestEventTime":"2026-11-20T{:02}:14:00Z","oldestEventTime":"2026-11-20T{:02}:10:00Z"}})",
            made.key, hex(sha256(made.body)), hour, hour);
    }

    std::string folder_;
};

}  // namespace vigia
