#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/rule_files.h"
#include "detect/detector.h"
#include "model/rule.h"

namespace vigia {

// What became of everything that was read: nothing is dropped without a count.
struct Counts {
    uint64_t files = 0;
    uint64_t bytes = 0;
    uint64_t events = 0;
    uint64_t duplicates = 0;  // events whose id was seen before in their account
    uint64_t outside = 0;     // events before --since or after --until
    uint64_t digests = 0;
    uint64_t controls = 0;
    uint64_t refused = 0;  // records that could not be read
    uint64_t matched = 0;
    uint64_t suppressed = 0;
    std::optional<Time> first;
    std::optional<Time> last;
};

struct Problem {
    std::string file;
    uint64_t record = 0;  // its number in the file, from 1; 0: the file as a whole
    uint64_t offset = 0;
    std::string message;
};

constexpr size_t problems_shown_max = 1000;

struct Range {
    std::optional<Time> since;
    std::optional<Time> until;
};

enum class Records : uint8_t { Dropped, Kept };

// Called before each file: how many are done, of how many.
using Progress = std::function<void(size_t done, size_t all, const std::string& file)>;

struct Options {
    Range range;
    Records records = Records::Dropped;  // whether matches carry their records
    size_t threads = 1;
    Progress progress;
};

struct Outcome {
    Counts counts;
    std::vector<Problem> problems;
    std::vector<Match> matches;  // of events seen for the first time, in the order of the files
};

// One run over log files: bytes → records → events → hits → matches. Files are shared out to threads and put
// together in the order given, so that the outcome is the same with any number of threads.
Outcome run(const std::vector<std::string>& files, const std::shared_ptr<const RuleSet>& rules,
            const Options& options);

// A hit as a match that owns what it says: title, aggregates and, when asked for, the record.
Match make_match(const Hit& hit, const Event& event, const RuleSet& rules, Records records);

// Matches → alerts, by creation time.
std::vector<Alert> raise(std::vector<Match> matches, const RuleSet& rules);

}  // namespace vigia
