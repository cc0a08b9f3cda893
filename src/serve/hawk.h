#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace vigia {

// Hawk, the HTTP authentication scheme of Threat Stack's API, version 1 with SHA-256, after the specification
// at github.com/mozilla/hawk: the client signs each request with a key that both sides have, and never sends
// it.

// The attributes of an Authorization header.
struct HawkHeader {
    std::string id;
    int64_t ts = 0;  // seconds since 1970, by the client's clock
    std::string nonce;
    std::string hash;  // of the payload; empty when the client did not sign it
    std::string ext;
    std::string mac;
    std::string app;
    std::string dlg;
};

// What is signed of a request beside the header.
struct HawkRequest {
    std::string method;    // in upper case
    std::string resource;  // path and query, as sent
    std::string host;      // without port
    uint16_t port = 0;
    std::string content_type;
    std::string_view payload;
};

constexpr size_t hawk_header_bytes_max = 4096;
constexpr std::chrono::seconds hawk_skew_max{60};
constexpr size_t hawk_nonces_max = 1'000'000;

// BadInput for what is no Hawk header: unknown or doubled attributes, characters that have no place in a
// value.
Result<HawkHeader> parse_hawk(std::string_view authorization);

// The message authentication code of a request or of the answer to it, in base64.
enum class HawkMessage : uint8_t { Request, Answer };
std::string hawk_mac(HawkMessage message, const HawkHeader& header, const HawkRequest& request,
                     std::string_view key);

// The hash of a payload, in base64. Of the content type only what stands before the first ';' counts.
std::string hawk_payload_hash(std::string_view content_type, std::string_view payload);

// The Server-Authorization header of an answer, by which the client knows that it is ours.
std::string hawk_answer(const HawkHeader& header, const HawkRequest& request, std::string_view key,
                        std::string_view content_type, std::string_view body);

// Why a request was not let in, and what the answer's WWW-Authenticate says.
struct HawkRefusal {
    std::string reason;
    std::string challenge;
};

// Lets signed requests in, each once: a request that was seen, or whose time is more than hawk_skew_max off,
// is refused, and so is one that an earlier process may have seen: from before the second in which this guard
// was made. Safe to use from many threads.
class HawkGuard {
public:
    explicit HawkGuard(const Clock& clock);

    // `key_of` answers with the key that the header names, by its id and what else stands there, or an error.
    using KeyOf = std::function<Result<std::string>(const HawkHeader& header)>;
    // A payload that is there must be signed, too.
    std::expected<HawkHeader, HawkRefusal> admit(std::string_view authorization, const HawkRequest& request,
                                                 const KeyOf& key_of);

private:
    bool is_new(const HawkHeader& header, int64_t now);

    const Clock& clock_;
    const int64_t began_;  // in seconds, as all times of Hawk
    std::mutex mutex_;
    std::map<int64_t, std::set<std::string>> nonces_;  // by the second of their request
    size_t nonce_count_ = 0;
};

}  // namespace vigia
