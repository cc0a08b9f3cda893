#include "aws/sqs.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/assert.h"
#include "base/number.h"

namespace vigia {

namespace json = boost::json;

namespace {

// Ten messages of 256 KiB, each perhaps escaped to twice its size.
constexpr size_t receive_bytes_max = 8 * 1024 * 1024;
constexpr size_t queue_url_bytes_max = 1'024;

std::string member(const json::object& object, std::string_view name) {
    const json::value* const found = object.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

uint64_t whole(const json::object& object, std::string_view name, uint64_t otherwise) {
    return parse_whole<uint64_t>(member(object, name)).value_or(otherwise);
}

Result<json::object> read(const std::string& body) {
    boost::system::error_code failed;
    json::value value = json::parse(body.empty() ? "{}" : body, failed);
    if (failed || !value.is_object()) return error(ErrorKind::Io, "sqs did not answer with JSON");
    return std::move(value.as_object());
}

SqsMessage message_of(const json::object& object) {
    SqsMessage made{member(object, "MessageId"), member(object, "ReceiptHandle"), member(object, "Body")};
    const json::value* const attributes = object.if_contains("Attributes");
    if (attributes == nullptr || !attributes->is_object()) return made;
    made.receives = whole(attributes->as_object(), "ApproximateReceiveCount", 1);
    made.sent = parse_epoch_ms(member(attributes->as_object(), "SentTimestamp"));
    return made;
}

Result<size_t> failed_of(const std::string& body) {
    const json::object object = TRY(read(body));
    const json::value* const failed = object.if_contains("Failed");
    return failed != nullptr && failed->is_array() ? failed->as_array().size() : size_t{0};
}

}  // namespace

Result<SqsQueue> SqsQueue::parse(const std::string& url, const std::string& region,
                                 const AwsEndpoints& endpoints) {
    const auto bad = [](std::string_view what) {
        return error(ErrorKind::BadInput,
                     fmt::format("the queue's URL {}: give it as the SQS console shows it, as "
                                 "https://sqs.eu-west-1.amazonaws.com/111122223333/vigia",
                                 what));
    };
    const size_t scheme = url.find("://");
    if (scheme == std::string::npos || url.size() > queue_url_bytes_max ||
        url.find_first_of(" \t\r\n\"\\@?#") != std::string::npos)
        return bad("is none");
    const std::string rest = url.substr(scheme + 3);
    const size_t slash = rest.find('/');
    // An account and a name.
    const size_t name = slash == std::string::npos ? slash : rest.find('/', slash + 1);
    if (name == std::string::npos || name == slash + 1 || name + 1 == rest.size())
        return bad("names no queue");
    const std::string host = rest.substr(0, slash);
    std::string in = region;
    // The parts of sqs.eu-west-1.amazonaws.com, and of the older eu-west-1.queue.amazonaws.com.
    if (in.empty() && host.starts_with("sqs.")) in = host.substr(4, host.find('.', 4) - 4);
    if (in.empty() && host.starts_with("sqs-fips.")) in = host.substr(9, host.find('.', 9) - 9);
    if (in.empty() || !is_region(in)) return bad("does not say its region, and no region is given");
    const std::string origin = TRY(endpoint_of(endpoints, "sqs", in));
    const bool is_own = !origin.ends_with(".amazonaws.com") && !origin.ends_with(".amazonaws.com.cn");
    const std::string tail = origin.substr(origin.find(in) + in.size());
    if (!is_own && (!host.ends_with(tail) || !url.starts_with("https://")))
        return bad(fmt::format("is not one of {}", in));
    return SqsQueue{url, in};
}

Result<std::string> SqsClient::call(const std::string& operation, const std::string& body,
                                    std::chrono::seconds wait, const std::stop_token& stop) {
    AwsCall call{.service = "sqs", .operation = operation, .region = queue_.region, .method = "POST"};
    call.origin = TRY(endpoint_of(endpoints_, "sqs", queue_.region));
    call.headers = {{"content-type", "application/x-amz-json-1.0"},
                    {"x-amz-target", "AmazonSQS." + operation}};
    call.body = body;
    call.bounds.answer_bytes_max = receive_bytes_max;
    call.bounds.total_timeout_ms += wait;
    call.stall_max += wait;
    AwsAnswer answer = TRY(client_.call(call, stop));
    return std::move(answer.body);
}

Result<std::vector<SqsMessage>> SqsClient::receive(const SqsReceive& how, const std::stop_token& stop) {
    const json::object body{{"QueueUrl", queue_.url},
                            {"MaxNumberOfMessages", how.messages_max},
                            {"WaitTimeSeconds", how.wait.count()},
                            {"VisibilityTimeout", how.visibility.count()},
                            {"AttributeNames", {"ApproximateReceiveCount", "SentTimestamp"}}};
    const std::string answer = TRY(call("ReceiveMessage", json::serialize(body), how.wait, stop));
    const json::object read_body = TRY(read(answer));
    std::vector<SqsMessage> messages;
    const json::value* const all = read_body.if_contains("Messages");
    if (all == nullptr || !all->is_array()) return messages;
    for (const json::value& one : all->as_array())
        if (one.is_object()) messages.push_back(message_of(one.as_object()));
    return messages;
}

Result<size_t> SqsClient::remove(std::span<const std::string> receipts, const std::stop_token& stop) {
    VIGIA_ASSERT(receipts.size() <= sqs_batch_max);
    json::array entries;
    for (const std::string& one : receipts)
        entries.push_back(json::object{{"Id", fmt::format("{}", entries.size())}, {"ReceiptHandle", one}});
    const json::object body{{"QueueUrl", queue_.url}, {"Entries", std::move(entries)}};
    const std::string answer = TRY(call("DeleteMessageBatch", json::serialize(body), {}, stop));
    return failed_of(answer);
}

Result<size_t> SqsClient::set_visibility(std::span<const SqsVisibility> messages,
                                         const std::stop_token& stop) {
    VIGIA_ASSERT(messages.size() <= sqs_batch_max);
    json::array entries;
    for (const SqsVisibility& one : messages)
        entries.push_back(json::object{{"Id", fmt::format("{}", entries.size())},
                                       {"ReceiptHandle", one.receipt},
                                       {"VisibilityTimeout", one.seconds.count()}});
    const json::object body{{"QueueUrl", queue_.url}, {"Entries", std::move(entries)}};
    const std::string answer = TRY(call("ChangeMessageVisibilityBatch", json::serialize(body), {}, stop));
    return failed_of(answer);
}

Result<SqsClient::Depth> SqsClient::depth(const std::stop_token& stop) {
    const json::object body{{"QueueUrl", queue_.url},
                            {"AttributeNames",
                             {"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible",
                              "ApproximateNumberOfMessagesDelayed"}}};
    const std::string answer = TRY(call("GetQueueAttributes", json::serialize(body), {}, stop));
    const json::object read_body = TRY(read(answer));
    const json::value* const attributes = read_body.if_contains("Attributes");
    if (attributes == nullptr || !attributes->is_object()) return Depth{};
    const json::object& all = attributes->as_object();
    return Depth{whole(all, "ApproximateNumberOfMessages", 0),
                 whole(all, "ApproximateNumberOfMessagesNotVisible", 0),
                 whole(all, "ApproximateNumberOfMessagesDelayed", 0)};
}

}  // namespace vigia
