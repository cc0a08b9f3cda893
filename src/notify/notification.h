#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "base/utf8.h"

namespace vigia {

struct Aggregate {
    std::string name;
    std::string value;
    bool operator==(const Aggregate&) const = default;
};

// What the outside is told of an alert.
struct Notification {
    std::string alert;
    std::string organisation;
    std::string organisation_name;
    std::string title;
    int severity = 3;  // 1 is the highest
    std::string rule;
    std::string rule_name;
    std::string description;
    std::string server_or_region;
    std::string source;  // "CloudTrail", "Host"
    Time created_at;
    int64_t count = 1;  // of matches so far
    std::vector<Aggregate> aggregates;
    std::string url;  // of the alert in the console; empty when the console has no address
    bool operator==(const Notification&) const = default;
};

constexpr size_t notification_text_characters_max = 8000;
constexpr size_t notification_aggregates_max = 50;

// As JSON, in UTF-8 whatever the texts were, cut to the bounds above, with an ellipsis at the end of a text
// that was cut. Corrupt for a text that write_notification() did not write.
std::string write_notification(const Notification& notification);
Result<Notification> read_notification(std::string_view json);

// One line: a blank for every control character.
std::string one_line(std::string_view text);

}  // namespace vigia
