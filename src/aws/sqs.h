#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aws/client.h"
#include "aws/endpoint.h"

namespace vigia {

// What SQS takes and gives in one call.
constexpr size_t sqs_batch_max = 10;

struct SqsMessage {
    std::string id;
    std::string receipt;
    std::string body;
    std::optional<Time> sent;
    uint64_t receives = 1;  // how often it was received, this time among them
};

struct SqsReceive {
    size_t messages_max = sqs_batch_max;
    std::chrono::seconds wait{20};
    std::chrono::seconds visibility{120};
};

struct SqsVisibility {
    std::string receipt;
    std::chrono::seconds seconds{0};  // from now; 12 hours in all at most
};

// "https://sqs.eu-west-1.amazonaws.com/111122223333/name", taken apart. BadInput, with the remedy, for what
// is none; the host may be any other when `endpoints` have an address of their own for SQS.
struct SqsQueue {
    std::string url;
    std::string region;
    static Result<SqsQueue> parse(const std::string& url, const std::string& region,
                                  const AwsEndpoints& endpoints);
};

// One queue, by SQS's JSON protocol. Safe to use from many threads.
class SqsClient {
public:
    SqsClient(AwsClient& client, AwsEndpoints endpoints, SqsQueue queue)
        : client_(client), endpoints_(std::move(endpoints)), queue_(std::move(queue)) {}

    Result<std::vector<SqsMessage>> receive(const SqsReceive& how, const std::stop_token& stop);
    // How many of them, sqs_batch_max at most, were not deleted: these come again.
    Result<size_t> remove(std::span<const std::string> receipts, const std::stop_token& stop);
    Result<size_t> set_visibility(std::span<const SqsVisibility> messages, const std::stop_token& stop);

    struct Depth {
        uint64_t waiting = 0;
        uint64_t in_flight = 0;
        uint64_t delayed = 0;
    };
    Result<Depth> depth(const std::stop_token& stop);

private:
    Result<std::string> call(const std::string& operation, const std::string& body, std::chrono::seconds wait,
                             const std::stop_token& stop);

    AwsClient& client_;
    AwsEndpoints endpoints_;
    SqsQueue queue_;
};

}  // namespace vigia
