#include "serve/tls_files.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <memory>

#include "base/assert.h"
#include "base/file.h"
#include "base/random.h"
#include "serve/http_target.h"

namespace vigia {

namespace {

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

std::string alternative_names(const std::string& host) {
    std::string names = "DNS:localhost,IP:127.0.0.1";
    if (host == "localhost" || host == "127.0.0.1") return names;
    boost::system::error_code failure;
    boost::asio::ip::make_address(host, failure);
    return names + (failure ? ",DNS:" : ",IP:") + host;
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

Owned<X509> sign(EVP_PKEY& key, const std::string& host, Time now) {
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
    add_extension(*certificate, NID_subject_alt_name, alternative_names(host));
    VIGIA_ASSERT(X509_sign(certificate.get(), &key, EVP_sha256()) > 0);
    return certificate;
}

std::string text_of(BIO& bio) {
    char* bytes = nullptr;
    const long length = BIO_get_mem_data(&bio, &bytes);
    return {bytes, static_cast<size_t>(length)};
}

}  // namespace

Result<void> make_self_signed(const TlsFiles& files, const std::string& host, Time now) {
    boost::system::error_code not_address;
    boost::asio::ip::make_address(host, not_address);
    const auto parsed = parse_host(host);
    // Nothing but a name goes into the list of names, where a comma would begin another one.
    if (not_address && (!parsed || parsed->port || parsed->name.starts_with('[')))
        return error(ErrorKind::BadInput, fmt::format("{} is neither a host name nor an address", host));
    for (const std::string& file : {files.certificate, files.key}) {
        if (is_file(file)) return error(ErrorKind::Conflict, fmt::format("{} is there already", file));
    }
    const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
    VIGIA_ASSERT(key != nullptr);
    const Owned<X509> certificate = sign(*key, host, now);
    const Owned<BIO> key_text(BIO_new(BIO_s_mem()));
    const Owned<BIO> certificate_text(BIO_new(BIO_s_mem()));
    VIGIA_ASSERT(PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
                 1);
    VIGIA_ASSERT(PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1);
    TRY_VOID(write_private_file(files.key, text_of(*key_text)));
    return write_private_file(files.certificate, text_of(*certificate_text));
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
