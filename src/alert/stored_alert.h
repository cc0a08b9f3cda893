#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/rule.h"

namespace vigia {

// Why an alert is no longer of interest, in the words of Threat Stack's API.
enum class DismissReason : uint8_t { None, BusinessOperations, CompanyPolicy, Maintenance, Other };

// "BUSINESS_OP", "COMPANY_POLICY", "MAINTENANCE", "OTHER", "NONE".
std::string_view name(DismissReason reason);
std::optional<DismissReason> dismiss_reason_of(std::string_view name);

// An alert as it is kept. What came from outside is valid UTF-8 without null characters in it.
struct StoredAlert {
    std::string id;  // a UUID
    std::string organisation;
    std::string key;  // of the rule and the values of the aggregates
    std::string rule_id;
    std::string rule_name;
    std::string ruleset;
    std::string rule_type;
    int severity = severity_lowest;
    std::string title;
    std::vector<NamedValue> aggregates;
    std::string account;
    std::string region;
    std::string host;
    std::string agent;
    // The times of events: of the first and the last that was counted, and from when until when it is open.
    Time first_at;
    Time created_at;
    Time last_at;
    Time expires_at;
    Time raised_at;  // by the clock
    uint64_t count = 0;
    std::string assignee;
    bool dismissed = false;
    std::optional<Time> dismissed_at;
    std::string dismissed_by;
    DismissReason dismiss_reason = DismissReason::None;
    std::string dismiss_text;
    int64_t change = 0;   // ever higher with each change of any alert
    int64_t version = 0;  // ever higher with each change of this one

    bool operator==(const StoredAlert&) const = default;
};

// An event that was counted in an alert.
struct AlertEvent {
    std::string event_id;
    Time time;
    std::string event_type;
    std::string record;  // JSON

    bool operator==(const AlertEvent&) const = default;
};

}  // namespace vigia
