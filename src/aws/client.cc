#include "aws/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <ctime>
#include <span>

#include "aws/xml.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/pause.h"
#include "base/random.h"
#include "network/easy.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr auto throttling_codes = std::to_array<std::string_view>(
    {"Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled",
     "RequestThrottledException", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown",
     "PriorRequestNotComplete", "BandwidthLimitExceeded", "LimitExceededException"});
constexpr auto skewed_codes =
    std::to_array<std::string_view>({"RequestTimeTooSkewed", "RequestExpired", "InvalidSignatureException",
                                     "SignatureDoesNotMatch", "AuthFailure", "RequestInTheFuture"});
constexpr auto expired_codes = std::to_array<std::string_view>(
    {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken", "InvalidClientTokenId",
     "UnrecognizedClientException", "InvalidAccessKeyId"});
constexpr auto denied_codes = std::to_array<std::string_view>(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Forbidden", "403"});
// Clocks that differ by less are taken for the same.
constexpr std::chrono::minutes skew_min{4};
constexpr std::chrono::seconds retry_after_max{20};
constexpr size_t shown_message_bytes_max = 300;

bool stands_in(std::span<const std::string_view> codes, std::string_view code) {
    return std::ranges::find(codes, code) != codes.end();
}

// "com.amazonaws.sqs#QueueDoesNotExist" and "AWS.SimpleQueueService.NonExistentQueue;Sender" alike.
std::string short_code(std::string_view code) {
    if (const size_t hash = code.rfind('#'); hash != std::string_view::npos) code = code.substr(hash + 1);
    code = code.substr(0, code.find_first_of(";:"));
    return printable(code, shown_message_bytes_max);
}

AwsFailure failure_of_json(const AwsAnswer& answer) {
    AwsFailure found;
    boost::system::error_code failed;
    const json::value value = json::parse(answer.body, failed);
    if (failed || !value.is_object()) return found;
    const auto text = [&](const char* name) {
        const json::value* const member = value.as_object().if_contains(name);
        return member != nullptr && member->is_string() ? std::string(member->as_string()) : std::string();
    };
    found.code = short_code(text("__type"));
    found.message =
        printable(text("message").empty() ? text("Message") : text("message"), shown_message_bytes_max);
    return found;
}

ErrorKind kind_of(const AwsAnswer& answer, const AwsFailure& failure) {
    if (is_throttling(failure.code) || answer.status == 429) return ErrorKind::Busy;
    if (answer.status >= 500 || answer.status == 408) return ErrorKind::Io;
    if (answer.status == 404 || failure.code.starts_with("NoSuch") || failure.code == "QueueDoesNotExist" ||
        failure.code.ends_with("NonExistentQueue"))
        return ErrorKind::NotFound;
    if (answer.status == 401 || answer.status == 403 || stands_in(denied_codes, failure.code) ||
        stands_in(expired_codes, failure.code) || stands_in(skewed_codes, failure.code))
        return ErrorKind::Denied;
    return ErrorKind::BadInput;
}

std::optional<Time> http_date(const AwsAnswer& answer) {
    const auto header = answer.headers.find("date");
    if (header == answer.headers.end()) return std::nullopt;
    std::tm parts{};
    if (strptime(header->second.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr) return std::nullopt;
    return Time{std::chrono::seconds{timegm(&parts)}};
}

std::string host_of(std::string_view origin) {
    const size_t scheme = origin.find("://");
    return std::string(scheme == std::string_view::npos ? origin : origin.substr(scheme + 3));
}

}  // namespace

bool is_throttling(std::string_view code) { return stands_in(throttling_codes, code); }

AwsFailure failure_of(const AwsAnswer& answer) {
    AwsFailure found;
    if (answer.body.starts_with('{')) found = failure_of_json(answer);
    if (answer.body.starts_with('<')) {
        if (const auto root = parse_xml(answer.body)) {
            const XmlElement* const inner = root->child("Error");
            const XmlElement& failed = inner == nullptr ? *root : *inner;
            found = {short_code(failed.child_text("Code")),
                     printable(failed.child_text("Message"), shown_message_bytes_max)};
        }
    }
    const auto header = answer.headers.find("x-amzn-errortype");
    if (found.code.empty() && header != answer.headers.end()) found.code = short_code(header->second);
    if (found.code.empty()) found.code = fmt::format("{}", answer.status);
    return found;
}

std::chrono::milliseconds retry_wait(const RetryPolicy& policy, int attempts, bool throttled,
                                     uint64_t chance) {
    auto most = throttled ? policy.throttled_wait : policy.wait;
    for (int i = 1; i < attempts && most < policy.wait_max; i++) most *= 2;
    most = std::min(most, policy.wait_max);
    return std::chrono::milliseconds{chance % (static_cast<uint64_t>(most.count()) + 1)};
}

struct AwsClient::Attempt {
    AwsAnswer answer;
    AwsCredentials credentials;
};

Result<AwsClient::Attempt> AwsClient::attempt(const AwsCall& call, const std::stop_token& stop) {
    Attempt made;
    made.credentials = TRY(parts_.credentials->get(stop));
    SigningInput input{
        .method = call.method, .path = call.path, .query = call.query, .headers = call.headers};
    input.payload_hash = hex(sha256(call.body));
    input.region = call.region;
    input.service = call.service;
    input.time = parts_.clock.now() + std::chrono::seconds{skew_s_.load()};
    input.headers.emplace_back("host", host_of(call.origin));
    input.headers.emplace_back("x-amz-date", amz_date(input.time));
    if (call.service == "s3") input.headers.emplace_back("x-amz-content-sha256", input.payload_hash);
    if (!made.credentials.session_token.empty())
        input.headers.emplace_back("x-amz-security-token", made.credentials.session_token);
    Transfer transfer{.method = call.method, .url = call.origin + percent_encode(call.path, true)};
    if (!call.query.empty()) transfer.url += "?" + canonical_query(call.query);
    for (const auto& [name, value] : input.headers)
        transfer.headers.push_back(fmt::format("{}: {}", name, value));
    transfer.headers.push_back("authorization: " + authorization(input, made.credentials.access_key_id,
                                                                 made.credentials.secret_access_key));
    transfer.body = call.body;
    transfer.http_allowed = call.origin.starts_with("http://");
    transfer.ca_file = parts_.ca_file;
    transfer.bounds = call.bounds;
    transfer.stall_max = call.stall_max;
    TransferAnswer answer = TRY(parts_.transfers.run(std::move(transfer), stop));
    made.answer = {answer.status, std::move(answer.body), std::move(answer.headers)};
    return made;
}

// Whether the call was refused for the time, and would be signed with another one now.
bool AwsClient::set_clock(const AwsAnswer& answer, std::string_view code) {
    const auto told = http_date(answer);
    if (!told || !(stands_in(skewed_codes, code) || answer.status == 403)) return false;
    const Duration off = *told - (parts_.clock.now() + std::chrono::seconds{skew_s_.load()});
    if (off > -skew_min && off < skew_min) return false;
    const auto skew = std::chrono::floor<std::chrono::seconds>(*told - parts_.clock.now());
    skew_s_ = skew.count();
    log(LogLevel::Warning, "aws", "the clock of this machine is off; calls are signed by that of AWS",
        {{"seconds", skew.count()}});
    return true;
}

std::string AwsClient::region_told(const AwsAnswer& answer) {
    if (answer.status != 301 && answer.status != 307 && answer.status != 400) return "";
    const auto header = answer.headers.find("x-amz-bucket-region");
    if (header != answer.headers.end()) return header->second;
    const auto root = parse_xml(answer.body);
    return root ? std::string(root->child_text("Region")) : "";
}

Result<AwsAnswer> AwsClient::call(const AwsCall& call, const std::stop_token& stop) {
    bool is_renewed = false, is_set = false;
    const auto named = [&](Error failure) {
        failure.message = fmt::format("{} {}: {}", call.service, call.operation, failure.message);
        return std::unexpected(std::move(failure));
    };
    for (int attempts = 1;; attempts++) {
        auto made = attempt(call, stop);
        bool throttled = false;
        std::chrono::milliseconds asked{0};
        Error failure{ErrorKind::Io, ""};
        if (!made) {
            if (made.error().kind != ErrorKind::Io) return named(std::move(made.error()));
            failure = std::move(made.error());
        } else {
            AwsAnswer& answer = made->answer;
            const bool elsewhere = !region_told(answer).empty();
            if (answer.status < 400 || elsewhere) return std::move(answer);
            const AwsFailure said = failure_of(answer);
            failure = {kind_of(answer, said), fmt::format("{}: {}", said.code, said.message)};
            if (!is_renewed && stands_in(expired_codes, said.code)) {
                is_renewed = true;
                parts_.credentials->refuse(made->credentials);
                continue;
            }
            if (!is_set && set_clock(answer, said.code)) {
                is_set = true;
                continue;
            }
            throttled = failure.kind == ErrorKind::Busy || answer.status == 503;
            if (failure.kind != ErrorKind::Io && failure.kind != ErrorKind::Busy)
                return named(std::move(failure));
            if (const auto header = answer.headers.find("retry-after"); header != answer.headers.end())
                asked = std::min<std::chrono::milliseconds>(
                    std::chrono::seconds{std::atol(header->second.c_str())}, retry_after_max);
        }
        if (attempts >= parts_.retry.attempts || stop.stop_requested()) return named(std::move(failure));
        pause(std::max(asked, retry_wait(parts_.retry, attempts, throttled, random_seed())), stop);
    }
}

}  // namespace vigia
