#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace vigia {

constexpr size_t notification_objects_max = 1'000;
// How many envelopes, as SNS around EventBridge, are opened.
constexpr size_t notification_envelopes_max = 4;

// An object that S3 tells of.
struct NotifiedObject {
    std::string region;  // empty when the notification does not say
    std::string bucket;
    std::string key;  // as it is, decoded
    uint64_t bytes = 0;
    bool operator==(const NotifiedObject&) const = default;
};

// What stands in a message of a queue: objects that were made; or nothing that there is to do, as
// s3:TestEvent and what tells that an object was removed.
struct S3Notification {
    std::vector<NotifiedObject> objects;
    bool is_test = false;
};

// The event notifications of S3 (version 2.x), as they are, in an envelope of SNS, or as EventBridge sends
// them, alone or one in the other. BadInput, with the reason, for what is none of them.
Result<S3Notification> parse_notification(std::string_view body);

// The account that a file of AWSLogs/ is of: "…/AWSLogs/[o-…/]111122223333/CloudTrail/…". Empty when the key
// does not say.
std::string account_of_key(std::string_view key);

}  // namespace vigia
