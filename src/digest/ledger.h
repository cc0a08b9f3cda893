#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "digest/chains.h"
#include "sql/database.h"

namespace vigia {

// Of one digest; what is beyond is counted only.
constexpr size_t digest_findings_max = 1000;
constexpr size_t completeness_page_max = 1000;

// A digest that an organisation's source brought, or that another names.
struct DigestRecord {
    std::string organisation;
    std::string node;    // whose files it is among
    std::string source;  // what brought it; empty: it is known by its name only
    std::string place;   // where it is, as the source knows it
    ObjectName name;     // as far as it is known
    DigestName told;     // what its name says
    // What it says of the one before it; empty where it says nothing.
    std::string previous_file, previous_sha256, previous_signature;
    TrailFileState state = TrailFileState::Unproven;
    Time seen_at;
    std::optional<Time> look_at;  // when it is to be looked at next; none: it is settled

    // By which it is known in its organisation.
    std::string file() const { return std::string(last_part(name.key)); }
};

// A file that is not as it should be, and of which hour.
struct HourFinding {
    FileFinding finding;
    std::string account;
    std::string region;
    Time hour;
};

// What a digest told of an hour: of the log files with events of it, and of the digest that covers it.
struct HourCounts {
    Time hour;
    FileCounts counts;
};

// How complete what CloudTrail recorded of an account and region in an hour is; or, of several hours, the
// first.
struct HourFigure {
    std::string account;
    std::string region;
    Time hour;
    FileCounts counts;
};

struct CompletenessQuery {
    std::string organisation;
    std::string account, region;  // empty: all
    Time from, until;             // hours that begin in it
    size_t limit = completeness_page_max;
    size_t skip = 0;
};

// What became of each digest and of the files that it names. Safe to use from many threads.
class DigestLedger {
public:
    static Result<DigestLedger> open(Database& database);

    // A digest is there, or there anew: it is to be looked at now.
    Result<void> arrived(const DigestRecord& record);
    // What a look at it came to, in place of what another came to before.
    Result<void> put(const DigestRecord& record, std::span<const HourCounts> hours,
                     std::span<const HourFinding> findings);
    // The digest that another names is not there; nothing when it is known by now.
    Result<void> put_missing(const DigestRecord& record, const HourFinding& finding);

    Result<std::optional<DigestRecord>> find(const std::string& organisation, const std::string& file);
    // The digest that names this one as the one before it.
    Result<std::optional<DigestRecord>> after(const std::string& organisation, const std::string& file);
    // Whether a digest of its chain is there that is older.
    Result<bool> has_older(const DigestRecord& record);
    // Those of this node that are to be looked at by now, the oldest first.
    Result<std::vector<DigestRecord>> due(const std::string& node, Time now, size_t limit);
    // It is to be looked at again then.
    Result<void> look_again(const DigestRecord& record, Time at);

    // Of each account and region, over all the hours asked for.
    Result<std::vector<HourFigure>> places(const CompletenessQuery& query);
    // By hour, the newest first.
    Result<std::vector<HourFigure>> hours(const CompletenessQuery& query);
    Result<std::optional<FileCounts>> figure(const std::string& organisation, const std::string& account,
                                             const std::string& region, Time time);
    Result<std::vector<HourFinding>> findings(const CompletenessQuery& query);
    Result<void> forget_before(Time time);

private:
    explicit DigestLedger(Database& database) : database_(&database) {}
    Database* database_;
};

// The hour in which the time lies.
inline Time hour_of(Time time) { return std::chrono::floor<std::chrono::hours>(time); }

}  // namespace vigia
