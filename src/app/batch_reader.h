#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/column_reader.h"
#include "app/event_pass.h"
#include "app/pipeline.h"
#include "app/rules_in_force.h"
#include "detect/detector.h"
#include "model/alert_match.h"

namespace vigia {

// What a batch may inflate to.
constexpr uint64_t batch_bytes_max = 128ULL * 1024 * 1024;
constexpr size_t batch_problems_max = 20;

// The events of one batch, and the rules that matched each.
struct ReadBatch {
    struct Matched {
        uint32_t event = 0;  // its row
        AlertMatch match;
    };
    struct Suppressed {
        uint32_t event = 0;
        std::string rule;
    };
    EventRows rows;
    std::vector<Matched> matched;  // by event
    std::vector<Suppressed> suppressed;
    std::vector<std::pair<std::string, uint64_t>> evaluations;  // by rule: how often its filter ran
    uint64_t refused = 0;
    uint64_t digests = 0;
    uint64_t controls = 0;
    std::vector<Problem> problems;  // the first of them
    ReadBatch();
};

enum class Detection : uint8_t { On, Off };

// bytes → records → events → rows and matches, of one batch. For one thread.
class BatchReader {
public:
    BatchReader();
    ~BatchReader();

    // A body in any form that ingest knows. BadInput when it inflates to more than batch_bytes_max, or breaks
    // off: nothing of it is taken, for what stood behind the break is not known. An organisation that the
    // rules do not know yet has no matches.
    Result<ReadBatch> read(std::string_view body, const std::string& organisation, Time received,
                           const std::shared_ptr<const RulesInForce>& rules, Detection detection);

private:
    struct Work;
    EventPass pass_;
    ColumnReader columns_;
    std::shared_ptr<const RulesInForce> rules_;
    std::unique_ptr<Detector> detector_;
};

}  // namespace vigia
