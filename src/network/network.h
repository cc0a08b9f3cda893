#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace vigia {

// What a call to the outside may take.
struct NetworkBounds {
    std::chrono::milliseconds connect_timeout_ms{10'000};
    std::chrono::milliseconds total_timeout_ms{30'000};
    size_t answer_bytes_max = 64 * 1024;
};

// What every call is given: the time, when to give up, and how much it may take.
struct Calling {
    const Clock& clock;
    NetworkBounds bounds;
    std::stop_token stop;
};

// How a delivery ended.
struct Delivery {
    enum class Outcome : uint8_t {
        Sent,
        Failed,   // it may go better later
        Refused,  // it will not
    };
    Outcome outcome = Outcome::Sent;
    std::string error;  // in printable ASCII
    std::optional<Duration> retry_after;
};

// What AWS Signature Version 4 signs with.
struct AwsSigning {
    std::string region;
    std::string service;
    std::string access_key_id;
    std::string secret_access_key;
};

struct HttpPost {
    std::string url;
    std::vector<std::string> headers;
    std::string body;
    bool http_allowed = false;  // otherwise https only
    std::string ca_file;        // the system's authorities when empty
    std::optional<AwsSigning> signing;
};

struct PostAnswer {
    long status = 0;
    std::string body;  // its first answer_bytes_max bytes
    std::optional<Duration> retry_after;
};

// Certificates are verified, redirects are not followed, and addresses of the local link, where clouds keep
// the credentials of the machine, are not called. An error never names the url, which may be a secret.
Result<PostAnswer> post(const HttpPost& what, const Calling& calling);

// A call of an API, whose answer is wanted whole. The same bounds hold, and a longer answer is an error.
struct HttpCall {
    std::string method;  // "GET"
    std::string url;
    std::vector<std::string> headers;
    std::string body;
    bool http_allowed = false;  // otherwise https only
    std::string ca_file;        // the system's authorities when empty
};

struct CallAnswer {
    long status = 0;
    std::string body;
};

// As post(). To this machine itself no proxy is used, whatever the environment says.
Result<CallAnswer> call(const HttpCall& what, const Calling& calling);

// 2xx is sent; 4xx is refused but for 408 and 429; everything else has failed.
Delivery delivery_of(const Result<PostAnswer>& answer);

enum class Transport : uint8_t { Plain, StartTls, Tls };

struct Mail {
    std::string host;
    int64_t port = 0;
    Transport transport = Transport::StartTls;
    std::string ca_file;
    std::string user;  // none when empty
    std::string password;
    std::string from;
    std::vector<std::string> to;
    std::string message;
};

// By SMTP. An answer of 5xx is a refusal.
Delivery send_mail(const Mail& mail, const Calling& calling);

// Opens a connection, sends the bytes and closes it. `transport` is Plain or Tls.
Delivery send_stream(const std::string& host, int64_t port, Transport transport, const std::string& ca_file,
                     std::string_view bytes, const Calling& calling);

// The parts of an address that decide whether it may be used.
struct UrlParts {
    std::string scheme;
    bool is_loopback = false;
};
// None for what is no http or https address, or carries a user or a password.
std::optional<UrlParts> url_parts(std::string_view url);

}  // namespace vigia
