#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/people.h"
#include "sql/database.h"

namespace vigia {

// A prefix of a bucket that is read once, by listing.
struct AwsBackfill {
    enum class State : uint8_t { Running, Paused, Done, Failed, Cancelled };
    std::string id;
    std::string organisation;
    std::string connection;
    std::string region;  // empty: that of the connection
    std::string bucket;
    std::string prefix;
    std::optional<Time> from;   // objects that were written from then on
    std::optional<Time> until;  // and before then
    uint64_t objects_per_second = 0;
    State state = State::Running;
    std::string error;
    uint64_t found = 0;   // objects so far
    uint64_t done = 0;    // durable
    uint64_t failed = 0;  // set aside as dead letters
    uint64_t bytes = 0;
    bool is_listed = false;  // `found` is all that there are
    Time created_at;
    Time updated_at;
    std::optional<Time> ended_at;
};
std::string_view name(AwsBackfill::State state);

// A part of a back-fill that is read by itself, in the order of its keys.
struct AwsBackfillShard {
    std::string prefix;
    std::string position;  // keys up to this one are durable
    bool done = false;
};

constexpr size_t connection_backfills_max = 1'000;

// Safe to use from many threads; the database must outlive it, and AwsConnections have opened it.
class AwsBackfills {
public:
    AwsBackfills(Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

    Result<AwsBackfill> add(const Actor& actor, const AwsBackfill& wanted);
    Result<std::vector<AwsBackfill>> list(const std::string& organisation, const std::string& connection);
    Result<std::vector<AwsBackfill>> running();
    Result<AwsBackfill> find(const std::string& organisation, const std::string& connection,
                             const std::string& id);
    // Running, Paused or Cancelled, of one that has not ended; Conflict otherwise.
    Result<AwsBackfill> set_state(const Actor& actor, const std::string& organisation,
                                  const std::string& connection, const std::string& id,
                                  AwsBackfill::State state);

    // For whoever runs it. The counts, the state, the error and is_listed are kept; a state that somebody
    // else has set meanwhile stays.
    Result<void> keep(const AwsBackfill& backfill);
    Result<std::vector<AwsBackfillShard>> shards(const std::string& backfill);
    Result<void> add_shards(const std::string& backfill, const std::vector<AwsBackfillShard>& shards);
    Result<void> keep_shard(const std::string& backfill, const AwsBackfillShard& shard);

private:
    Database* database_;
    const Clock* clock_;
};

}  // namespace vigia
