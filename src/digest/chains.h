#pragma once

#include <array>
#include <compare>
#include <functional>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "digest/check.h"

namespace vigia {

// The digests that follow each other: of one trail in one region of one account. Those of what came late are
// a chain of their own.
struct ChainName {
    std::string account;
    std::string region;
    std::string trail;
    std::string home_region;
    bool is_backfill = false;

    auto operator<=>(const ChainName&) const = default;
};
ChainName chain_of(const DigestName& name);

// How many files are in which state.
struct FileCounts {
    std::array<uint64_t, trail_file_states> of{};

    uint64_t& operator[](TrailFileState state) { return of.at(static_cast<size_t>(state)); }
    uint64_t operator[](TrailFileState state) const { return of.at(static_cast<size_t>(state)); }
    uint64_t all() const { return std::accumulate(of.begin(), of.end(), uint64_t{0}); }
    bool is_whole() const { return all() == (*this)[TrailFileState::Verified]; }
    FileCounts& operator+=(const FileCounts& other);
    bool operator==(const FileCounts&) const = default;
};

// A time in which no digest was written, for the trail or its log file validation was off. That is no fault,
// and for that time nothing is proved.
struct DigestGap {
    Time from, until;
};

// What came of a chain, in counts: each file that is not as it should be goes to whoever follows as it is
// found.
struct ChainReport {
    ChainName name;
    std::optional<Time> from, until;  // what verified digests cover
    FileCounts digests, logs;
    std::vector<DigestGap> gaps;
    std::vector<Time> lost;  // the ends of the digests that are missing
};

struct DigestRange {
    std::optional<Time> from, until;
};

// The digests of `digests` whose end is in the range, chain by chain, and the log files that they name. A
// chain is followed from its newest digest to the oldest, as `aws cloudtrail validate-logs` does: the digest
// before is missing when a digest names it and it is not there. Before the oldest one nothing is missed,
// unless the range says from when on they must be there.
class ChainVerifier {
public:
    struct Parts {
        const TrailFiles& files;
        FindKeys find_keys;
        size_t threads = 1;
        std::function<void(const ChainName& chain, const FileFinding& finding)> found;
        std::function<void(const DigestedLog& log)> named;  // by a digest, whatever became of it
        std::function<void()> moved;                        // after each digest
    };
    explicit ChainVerifier(Parts parts) : parts_(std::move(parts)) {}

    // An error is the place's, or that of finding keys.
    Result<std::vector<ChainReport>> verify(const std::vector<ObjectName>& digests, const DigestRange& range);

private:
    struct Chain;
    Result<void> follow(Chain& chain, const DigestRange& range);
    Result<void> look_at(Chain& chain, size_t at, const DigestRange& range);
    Result<void> look_at_logs(Chain& chain, const Digest& digest, TrailFileState state);
    void report(Chain& chain, FileKind kind, const ObjectName& name, FileVerdict verdict);
    void look_back(Chain& chain, const Digest& digest, size_t at, const DigestRange& range);

    Parts parts_;
};

// The log files of which no name is in `named` (the last parts of keys), though the digests of their account
// and region that are verified cover the time in which they were delivered, and none is missing that would
// have named them: CloudTrail did not write them.
std::vector<ObjectName> unlisted(const std::vector<ObjectName>& logs, const std::set<std::string>& named,
                                 const std::vector<ChainReport>& reports);

}  // namespace vigia
