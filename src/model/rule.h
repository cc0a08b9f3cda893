#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/rule_type.h"

namespace vigia {

constexpr int severity_highest = 1;
constexpr int severity_lowest = 3;
constexpr uint32_t threshold_max = 1'000'000;

// One test of a rule. Of one event, `fires` says whether the filter holds and no suppression does; of a list,
// whether an alert is made. Where it stands (`line`) is for messages only.
struct RuleTest {
    std::string name;
    bool fires = false;
    bool whole_alert = false;         // the test has a list
    std::vector<std::string> events;  // as JSON texts
    int line = 0;

    bool operator==(const RuleTest&) const = default;
};

// A rule as people write it. Where it came from (`file`) is for messages only.
struct Rule {
    std::string id;
    std::string name;
    std::string title;  // a template: {{field}}
    RuleType type = RuleType::CloudTrail;
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
    std::vector<RuleTest> tests;
    std::string file;

    bool operator==(const Rule&) const = default;
};

// A field by name and its value as text.
struct NamedValue {
    std::string name;
    std::string value;
    auto operator<=>(const NamedValue&) const = default;
};

constexpr size_t aggregate_fields_max = 16;

// One event that one rule's filter holds of. It owns what it says, for it outlives its event; a busy rule
// makes many, so all its texts stand in one piece of memory.
class Match {
public:
    uint32_t rule = 0;  // index in the rule set
    Time time;
    std::string record;  // the event's JSON text, when it was asked for

    std::string_view event_id() const { return text(0); }
    std::string_view title() const { return text(1); }
    // The values of the rule's aggregate_fields, in their order.
    size_t aggregate_count() const { return count_ < 2 ? 0 : count_ - 2; }
    std::string_view aggregate(size_t at) const { return text(at + 2); }

    // Texts are added in the order above. The title may also be written to the end of begin_text(), which
    // end_text() closes.
    void add_text(std::string_view text) {
        texts_ += text;
        end_text();
    }
    std::string& begin_text() { return texts_; }
    void end_text() { ends_[count_++] = static_cast<uint32_t>(texts_.size()); }
    void expect_bytes(size_t bytes) { texts_.reserve(bytes); }

private:
    std::string_view text(size_t at) const {
        const uint32_t begin = at == 0 ? 0 : ends_[at - 1];
        return std::string_view(texts_).substr(begin, ends_[at] - begin);
    }

    std::string texts_;
    std::array<uint32_t, 2 + aggregate_fields_max> ends_{};
    uint32_t count_ = 0;
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
