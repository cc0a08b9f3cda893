#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "model/event.h"

namespace vigia {

constexpr int severity_highest = 1;
constexpr int severity_lowest = 3;

// A rule as people write it. Where it came from (`file`) is for messages only.
struct Rule {
    std::string id;
    std::string name;
    std::string title;  // a template: {{field}}
    EventType type = EventType::CloudTrail;
    int severity = severity_lowest;
    std::string description;
    std::string filter;
    std::vector<std::string> suppressions;
    std::vector<std::string> aggregate_fields;
    Duration window = std::chrono::hours{24};
    uint32_t threshold = 1;
    bool enabled = true;
    std::vector<std::string> attack;
    std::vector<std::string> references;
    std::string ruleset;
    std::string file;
};

// A field by name and its value as text.
struct NamedValue {
    std::string name;
    std::string value;
    auto operator<=>(const NamedValue&) const = default;
};

// One event that one rule's filter holds of. It owns what it says, for it outlives its event.
struct Match {
    uint32_t rule = 0;  // index in the rule set
    Time time;
    std::string event_id;
    std::string title;
    std::vector<std::string> aggregates;  // by the rule's aggregate_fields
    std::string record;                   // the event's JSON text, when it was asked for
};

// Matches of one rule with equal aggregates that came within a window. Open from created_at until expires_at,
// which is window later.
struct Alert {
    uint32_t rule = 0;
    std::string key;
    std::string title;
    std::vector<NamedValue> aggregates;
    Time first_at;
    Time created_at;
    Time last_at;
    Time expires_at;
    uint64_t count = 0;
    std::vector<std::string> event_ids;       // of the latest, at most latest_events_max
    std::vector<std::string> latest_records;  // the same events, when records are kept
};

constexpr size_t latest_events_max = 5;

}  // namespace vigia
