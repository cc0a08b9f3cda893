#pragma once

#include <memory>
#include <string>

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

// Makes a key (EC P-256) and a certificate that it has signed itself, for localhost, 127.0.0.1 and the host,
// which is a name or an address. Both files are new, and their owner's alone; Conflict when one is there.
Result<void> make_self_signed(const TlsFiles& files, const std::string& host, Time now);

struct FreeTls {
    void operator()(ssl_ctx_st* context) const;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, FreeTls>;
// For a server of TLS 1.2 and 1.3, with the certificate and the key that are in the files now.
Result<TlsContext> load_tls(const TlsFiles& files);

}  // namespace vigia
