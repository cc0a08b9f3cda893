#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "aws/credentials.h"
#include "aws/sigv4.h"
#include "network/transfers.h"

namespace vigia {

// One call of a service. Path and query are as they are meant, not encoded.
struct AwsCall {
    std::string service;    // as it is signed: "s3", "sqs", "sts"
    std::string operation;  // for messages: "GetObject"
    std::string region;
    std::string method = "GET";
    std::string origin;  // "https://sqs.eu-west-1.amazonaws.com"
    std::string path = "/";
    NamedValues query;
    NamedValues headers;
    std::string body;
    NetworkBounds bounds{.answer_bytes_max = 1024 * 1024};
    std::chrono::seconds stall_max{20};
};

struct AwsAnswer {
    long status = 0;
    std::string body;
    std::map<std::string, std::string, std::less<>> headers;
};

// How a failed call is tried again: after a random part of a wait that doubles, as AWS advises ("full
// jitter").
struct RetryPolicy {
    int attempts = 5;
    std::chrono::milliseconds wait{100};
    std::chrono::milliseconds throttled_wait{500};
    std::chrono::milliseconds wait_max{10'000};
};

// How long to wait before the next attempt: `chance` is a random number.
std::chrono::milliseconds retry_wait(const RetryPolicy& policy, int attempts, bool throttled,
                                     uint64_t chance);

// What an error that AWS answered with is called: in XML, in JSON, or in a header.
struct AwsFailure {
    std::string code;
    std::string message;
};
AwsFailure failure_of(const AwsAnswer& answer);
bool is_throttling(std::string_view code);

// Signed calls, with retries: throttling, 5xx, what the network does, expired credentials, and a clock that
// is off, which is set right by the service's own. Safe to use from many threads.
class AwsClient {
public:
    struct Parts {
        Transfers& transfers;
        std::shared_ptr<CredentialCache> credentials;
        const Clock& clock;
        std::string ca_file;
        RetryPolicy retry = {};
    };
    explicit AwsClient(Parts parts) : parts_(std::move(parts)) {}

    // Every answer below 400, and 304; else NotFound, Denied, Busy (throttled), Io (it may go better
    // later) or BadInput, by the code that AWS gave, which stands in the message.
    Result<AwsAnswer> call(const AwsCall& call, const std::stop_token& stop);

    // Where the service says that the bucket is, when the last call of it was refused for that.
    static std::string region_told(const AwsAnswer& answer);

private:
    struct Attempt;
    Result<Attempt> attempt(const AwsCall& call, const std::stop_token& stop);
    bool set_clock(const AwsAnswer& answer, std::string_view code);

    Parts parts_;
    std::atomic<int64_t> skew_s_ = 0;  // of AWS's clock against ours
};

}  // namespace vigia
