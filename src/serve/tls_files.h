#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace vigia {

// Paths of PEM files: the certificate with those that it hangs on, and its key.
struct TlsFiles {
    std::string certificate;
    std::string key;
};

constexpr std::chrono::days self_signed_life{397};

// Another one is made when the one that is there has less to live.
constexpr std::chrono::days self_signed_left_min{30};
constexpr size_t certificate_names_max = 100;

// Makes a key (EC P-256) and a certificate that it has signed itself, for localhost, 127.0.0.1, ::1 and the
// names, which are host names or addresses. Both files are new, and their owner's alone; Conflict when one is
// there.
Result<void> make_self_signed(const TlsFiles& files, const std::vector<std::string>& names, Time now);

// Makes them anew unless they fit each other, have long enough to live and have the names that are needed;
// whether it did. A new one has the others, too.
Result<bool> keep_self_signed(const TlsFiles& files, const std::vector<std::string>& needed,
                              const std::vector<std::string>& others, Time now);

struct CertificateFacts {
    Time until;
    std::vector<std::string> names;  // host names and addresses
    std::string fingerprint;         // SHA-256, as browsers and openssl show it
};
// Of the first certificate of a PEM file.
Result<CertificateFacts> certificate_facts(const std::string& file);

struct FreeTls {
    void operator()(ssl_ctx_st* context) const;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, FreeTls>;
// For a server of TLS 1.2 and 1.3, with the certificate and the key that are in the files now.
Result<TlsContext> load_tls(const TlsFiles& files);

}  // namespace vigia
