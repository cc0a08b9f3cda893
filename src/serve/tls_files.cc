#include "serve/tls_files.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <ctime>
#include <memory>
#include <set>

#include "base/assert.h"
#include "base/file.h"
#include "base/random.h"
#include "base/utf8.h"
#include "serve/http_target.h"

namespace vigia {

namespace {

constexpr size_t certificate_bytes_max = 1024 * 1024;

struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(BIGNUM* number) const { BN_free(number); }
};
template <typename Thing>
using Owned = std::unique_ptr<Thing, Free>;

void add_extension(X509& certificate, int what, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
    const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str()));
    VIGIA_ASSERT(extension != nullptr && X509_add_ext(&certificate, extension.get(), -1) == 1);
}

// In one spelling, so that names can be compared.
std::string plain_name(const std::string& name) {
    boost::system::error_code failure;
    const auto address = boost::asio::ip::make_address(name, failure);
    return failure ? lower_ascii(name) : address.to_string();
}

bool is_address(const std::string& name) {
    boost::system::error_code failure;
    boost::asio::ip::make_address(name, failure);
    return !failure;
}

std::string alternative_names(const std::vector<std::string>& names) {
    std::set<std::string> all{"localhost", "127.0.0.1", "::1"};
    for (const std::string& one : names) all.insert(plain_name(one));
    std::string text;
    for (const std::string& one : all)
        text += fmt::format("{}{}:{}", text.empty() ? "" : ",", is_address(one) ? "IP" : "DNS", one);
    return text;
}

// Nothing but a name goes into the list of names, where a comma would begin another one.
Result<void> check_name(const std::string& name) {
    const auto parsed = parse_host(name);
    if (is_address(name) || (parsed && !parsed->port && !parsed->name.starts_with('['))) return {};
    return error(ErrorKind::BadInput, fmt::format("{} is neither a host name nor an address", name));
}

void set_serial(X509& certificate) {
    // 20 bytes are the most, and the first bit must be 0 for a positive number.
    std::string bytes = random_bytes(20);
    bytes[0] = static_cast<char>(bytes[0] & 0x7F);
    const Owned<BIGNUM> number(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                                         static_cast<int>(bytes.size()), nullptr));
    VIGIA_ASSERT(number != nullptr &&
                 BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&certificate)) != nullptr);
}

void set_life(X509& certificate, Time now) {
    // An hour back, for clients whose clock is behind.
    const auto from = std::chrono::floor<std::chrono::seconds>(now) - std::chrono::hours{1};
    const auto until = std::chrono::floor<std::chrono::seconds>(now) + self_signed_life;
    VIGIA_ASSERT(ASN1_TIME_set(X509_getm_notBefore(&certificate), from.time_since_epoch().count()) !=
                 nullptr);
    VIGIA_ASSERT(ASN1_TIME_set(X509_getm_notAfter(&certificate), until.time_since_epoch().count()) !=
                 nullptr);
}

Owned<X509> sign(EVP_PKEY& key, const std::vector<std::string>& names, Time now) {
    Owned<X509> certificate(X509_new());
    VIGIA_ASSERT(certificate != nullptr && X509_set_version(certificate.get(), X509_VERSION_3) == 1);
    set_serial(*certificate);
    set_life(*certificate, now);
    // One name for all of them: that of the host stands among the alternative names, which have no bound.
    X509_NAME* const name = X509_get_subject_name(certificate.get());
    const std::string text = "Vigia";
    VIGIA_ASSERT(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                            reinterpret_cast<const unsigned char*>(text.data()),
                                            static_cast<int>(text.size()), -1, 0) == 1);
    VIGIA_ASSERT(X509_set_issuer_name(certificate.get(), name) == 1);
    VIGIA_ASSERT(X509_set_pubkey(certificate.get(), &key) == 1);
    add_extension(*certificate, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(*certificate, NID_key_usage, "critical,digitalSignature");
    add_extension(*certificate, NID_ext_key_usage, "serverAuth");
    add_extension(*certificate, NID_subject_key_identifier, "hash");
    add_extension(*certificate, NID_subject_alt_name, alternative_names(names));
    VIGIA_ASSERT(X509_sign(certificate.get(), &key, EVP_sha256()) > 0);
    return certificate;
}

std::string text_of(BIO& bio) {
    char* bytes = nullptr;
    const long length = BIO_get_mem_data(&bio, &bytes);
    return {bytes, static_cast<size_t>(length)};
}

}  // namespace

Result<void> make_self_signed(const TlsFiles& files, const std::vector<std::string>& names, Time now) {
    if (names.size() > certificate_names_max)
        return error(ErrorKind::BadInput,
                     fmt::format("a certificate has at most {} names", certificate_names_max));
    for (const std::string& one : names) TRY_VOID(check_name(one));
    for (const std::string& file : {files.certificate, files.key}) {
        if (is_file(file)) return error(ErrorKind::Conflict, fmt::format("{} is there already", file));
    }
    const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
    VIGIA_ASSERT(key != nullptr);
    const Owned<X509> certificate = sign(*key, names, now);
    const Owned<BIO> key_text(BIO_new(BIO_s_mem()));
    const Owned<BIO> certificate_text(BIO_new(BIO_s_mem()));
    VIGIA_ASSERT(PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
                 1);
    VIGIA_ASSERT(PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1);
    TRY_VOID(write_private_file(files.key, text_of(*key_text)));
    return write_private_file(files.certificate, text_of(*certificate_text));
}

namespace {

std::vector<std::string> names_of(const X509& certificate) {
    const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> all(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)),
        GENERAL_NAMES_free);
    std::vector<std::string> names;
    for (int i = 0; all != nullptr && i < sk_GENERAL_NAME_num(all.get()); i++) {
        int type = 0;
        const auto* const value = static_cast<const ASN1_STRING*>(
            GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all.get(), i), &type));
        if (type != GEN_DNS && type != GEN_IPADD) continue;
        const auto* const bytes = ASN1_STRING_get0_data(value);
        const auto count = static_cast<size_t>(ASN1_STRING_length(value));
        if (type == GEN_DNS) {
            names.emplace_back(reinterpret_cast<const char*>(bytes), count);
        } else if (boost::asio::ip::address_v4::bytes_type v4; count == v4.size()) {
            std::copy_n(bytes, count, v4.begin());
            names.push_back(boost::asio::ip::address_v4(v4).to_string());
        } else if (boost::asio::ip::address_v6::bytes_type v6; count == v6.size()) {
            std::copy_n(bytes, count, v6.begin());
            names.push_back(boost::asio::ip::address_v6(v6).to_string());
        }
    }
    return names;
}

std::string fingerprint_of(const X509& certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    VIGIA_ASSERT(X509_digest(&certificate, EVP_sha256(), digest.data(), &length) == 1);
    std::string text;
    for (unsigned i = 0; i < length; i++) text += fmt::format("{}{:02X}", i == 0 ? "" : ":", digest.at(i));
    return text;
}

}  // namespace

Result<CertificateFacts> certificate_facts(const std::string& file) {
    const std::string text = TRY(read_file(file, certificate_bytes_max));
    const Owned<BIO> bytes(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    const Owned<X509> certificate(PEM_read_bio_X509(bytes.get(), nullptr, nullptr, nullptr));
    std::tm until{};
    if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &until) != 1) {
        ERR_clear_error();
        return error(ErrorKind::BadInput, fmt::format("{} has no certificate", file));
    }
    return CertificateFacts{Time{std::chrono::seconds{timegm(&until)}}, names_of(*certificate),
                            fingerprint_of(*certificate)};
}

Result<bool> keep_self_signed(const TlsFiles& files, const std::vector<std::string>& needed,
                              const std::vector<std::string>& others, Time now) {
    if (const auto facts = certificate_facts(files.certificate); facts && load_tls(files)) {
        const bool has_names = std::ranges::all_of(needed, [&](const std::string& one) {
            return std::ranges::find(facts->names, plain_name(one)) != facts->names.end();
        });
        if (has_names && facts->until - now > self_signed_left_min) return false;
    }
    std::vector<std::string> names = needed;
    names.insert(names.end(), others.begin(), others.end());
    const TlsFiles fresh{files.certificate + ".new", files.key + ".new"};
    TRY_VOID(remove_file(fresh.certificate));
    TRY_VOID(remove_file(fresh.key));
    TRY_VOID(make_self_signed(fresh, names, now));
    // Between the two the pair does not fit, and is made once more at the next start.
    TRY_VOID(finish_file(fresh.key, files.key));
    TRY_VOID(finish_file(fresh.certificate, files.certificate));
    return true;
}

void FreeTls::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Result<TlsContext> load_tls(const TlsFiles& files) {
    TlsContext context(SSL_CTX_new(TLS_server_method()));
    VIGIA_ASSERT(context != nullptr);
    SSL_CTX_set_options(context.get(),
                        SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    VIGIA_ASSERT(SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) == 1);
    // Those of TLS 1.3 are all good; of TLS 1.2 the ones with forward secrecy and authenticated encryption.
    VIGIA_ASSERT(SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20") == 1);
    const auto last_error = [] {
        const char* const text = ERR_reason_error_string(ERR_peek_last_error());
        ERR_clear_error();
        return text == nullptr ? "OpenSSL does not say why" : text;
    };
    if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1)
        return error(ErrorKind::BadInput,
                     fmt::format("cannot use the certificate {}: {}", files.certificate, last_error()));
    if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context.get()) != 1)
        return error(ErrorKind::BadInput, fmt::format("cannot use the key {} for the certificate {}: {}",
                                                      files.key, files.certificate, last_error()));
    return context;
}

}  // namespace vigia
