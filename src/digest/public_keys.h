#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vigia {

constexpr size_t public_keys_bytes_max = 16ULL * 1024 * 1024;

// The public keys of CloudTrail, by their fingerprints, as PKCS #1 in DER.
class PublicKeys {
public:
    // The answer of ListPublicKeys, which `aws cloudtrail list-public-keys` prints. BadInput names what is
    // wrong.
    static Result<PublicKeys> parse(std::string_view json);

    void add(const PublicKeys& more) { keys_.insert(more.keys_.begin(), more.keys_.end()); }
    bool contains(const std::string& fingerprint) const { return keys_.contains(fingerprint); }
    size_t size() const { return keys_.size(); }

    // Whether the signature, in hexadecimal, is that of the key over the text: RSASSA-PKCS1-v1_5 with
    // SHA-256. NotFound when there is no such key, BadInput when it is no RSA key.
    Result<bool> verifies(const std::string& fingerprint, std::string_view text,
                          std::string_view signature) const;

private:
    std::map<std::string, std::string> keys_;
};

}  // namespace vigia
