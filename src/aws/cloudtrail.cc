#include "aws/cloudtrail.h"

#include <boost/json.hpp>

namespace vigia {

namespace json = boost::json;

namespace {

constexpr size_t pages_max = 100;

double epoch_s(Time time) { return std::chrono::duration<double>(time.time_since_epoch()).count(); }

// The token of the next page; empty when there is none.
Result<std::string> next_of(const std::string& body) {
    boost::system::error_code failed;
    const json::value answer = json::parse(body, failed);
    if (failed || !answer.is_object()) return error(ErrorKind::Io, "cloudtrail did not answer with JSON");
    const json::value* const next = answer.as_object().if_contains("NextToken");
    return next != nullptr && next->is_string() ? std::string(next->as_string()) : std::string();
}

}  // namespace

Result<std::vector<std::string>> list_public_keys(AwsClient& client, const AwsEndpoints& endpoints,
                                                  const std::string& region, Time from, Time until,
                                                  const std::stop_token& stop) {
    AwsCall call{.service = "cloudtrail", .operation = "ListPublicKeys", .region = region, .method = "POST"};
    call.origin = TRY(endpoint_of(endpoints, "cloudtrail", region));
    call.headers = {
        {"content-type", "application/x-amz-json-1.1"},
        {"x-amz-target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.ListPublicKeys"}};
    json::object asked{{"StartTime", epoch_s(from)}, {"EndTime", epoch_s(until)}};
    std::vector<std::string> pages;
    while (pages.size() < pages_max) {
        call.body = json::serialize(asked);
        AwsAnswer answer = TRY(client.call(call, stop));
        const std::string next = TRY(next_of(answer.body));
        pages.push_back(std::move(answer.body));
        if (next.empty()) return pages;
        asked["NextToken"] = next;
    }
    return error(ErrorKind::Io, "cloudtrail ListPublicKeys does not come to an end");
}

}  // namespace vigia
