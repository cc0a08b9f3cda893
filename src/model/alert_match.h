#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/rule.h"

namespace vigia {

// A match with all that its alert needs, whatever becomes of its rule. Ids and texts are as of the match.
struct AlertMatch {
    std::string organisation;
    std::string rule_id;
    std::string rule_name;
    std::string ruleset;
    std::string rule_type;  // "CloudTrail", "Host" …
    int severity = 3;
    Duration window{};
    uint32_t threshold = 1;
    std::string title;
    std::vector<NamedValue> aggregates;
    Time time;  // of the event
    std::string event_id;
    std::string event_type;
    std::string record;   // JSON
    std::string account;  // empty when not known; so below
    std::string region;
    std::string host;
};

// How often a rule's filter held in a batch, by the day of the events.
struct RuleCount {
    std::string organisation;
    std::string rule_id;
    std::string day;  // "2026-11-25"
    uint64_t matched = 0;
    uint64_t suppressed = 0;
};

struct BatchMatches {
    std::vector<AlertMatch> matches;
    std::vector<RuleCount> counts;
};

}  // namespace vigia
