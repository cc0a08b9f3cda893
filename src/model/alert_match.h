#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/rule.h"

namespace vigia {

// A match with all that its alert needs, whatever becomes of its rule.
struct AlertMatch {
    std::string organisation;  // its id
    std::string rule_id;
    std::string rule_name;
    std::string ruleset;
    std::string rule_type;  // "CloudTrail", "Host" …
    int severity = severity_lowest;
    Duration window = std::chrono::hours{24};
    uint32_t threshold = 1;
    std::string title;
    std::vector<NamedValue> aggregates;
    Time time;  // of the event
    std::string event_id;
    std::string event_type;
    std::string record;   // JSON
    std::string account;  // this and the next three are empty when not known
    std::string region;
    std::string host;
    std::string agent;  // that saw it on its host, by its id

    bool operator==(const AlertMatch&) const = default;
};

// What became of a rule's hits on one day of events.
struct RuleCount {
    std::string organisation;
    std::string rule_id;
    std::string day;  // "2026-11-25"
    uint64_t matched = 0;
    uint64_t suppressed = 0;

    bool operator==(const RuleCount&) const = default;
};

// All that detection found in one batch of the inbox.
struct BatchMatches {
    std::vector<AlertMatch> matches;
    std::vector<RuleCount> counts;

    bool operator==(const BatchMatches&) const = default;
};

}  // namespace vigia
