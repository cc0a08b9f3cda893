#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "app/stored_records.h"
#include "detect/detector.h"

namespace vigia {

// The verdict of rules over records as they are stored: that of detection. For one thread.
class RecordJudge {
public:
    explicit RecordJudge(std::shared_ptr<const RuleSet> rules) : detector_(std::move(rules)) {}

    // The place of the record among those that were given, its event, and the rules that hold of it.
    using Visit = std::function<void(size_t record, const Event& event, std::span<const Hit> hits)>;
    // Calls with each event that a rule holds of.
    void judge(std::span<const std::string_view> records, const Visit& visit);

    const RuleSet& rules() const { return detector_.rules(); }

private:
    Detector detector_;
    StoredRecords records_;
};

}  // namespace vigia
