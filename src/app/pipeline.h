#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "alert/alert_book.h"
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
    std::string excerpt = {};  // of what was refused, fit to be shown; empty: nothing is known of it
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
};

// Called with each match of an event that is seen for the first time, in the order of the files.
using TakeMatch = std::function<void(Match match)>;

// One run over log files: bytes → records → events → hits → matches. Files are shared out to threads and put
// together in the order given, so that the outcome is the same with any number of threads.
Outcome run(const std::vector<std::string>& files, const std::shared_ptr<const RuleSet>& rules,
            const Options& options, const TakeMatch& take);

// A hit as a match that owns what it says: title, aggregates and, when asked for, the record. An event of
// values has those that the rule set shows, and keeps no record.
Match make_match(const Hit& hit, const Event& event, const RuleSet& rules, Records records);

// Where the matches of these rules become alerts.
AlertBook make_alert_book(const RuleSet& rules);

}  // namespace vigia
