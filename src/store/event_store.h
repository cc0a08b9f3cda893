#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/event_rows.h"
#include "store/duck.h"
#include "store/inbox.h"
#include "store/tail.h"

namespace vigia {

struct StoreSettings {
    std::string folder;  // of the lake
    uint64_t memory_bytes_max = 1024ULL * 1024 * 1024;
    size_t threads = 2;
};

// A tail of so many rows is sealed.
constexpr size_t tail_rows_max = 122'880;
// So is one whose batches have so many bytes.
constexpr uint64_t tail_bytes_max = 192ULL * 1024 * 1024;
// So many parts of a day that are smaller than half a tail are made one.
constexpr size_t small_parts_max = 8;
// Places of records that are asked for at once.
constexpr size_t places_max = 4096;

// A condition on rows. What is asked of rows with a `many` only leaves out the parts that have none.
struct EventCondition {
    std::string sql;
    bool of_many = false;
};

// A question to the events of one organisation, in SQL over the columns of event_columns() and the fixed
// ones, and `file` and `place`, which say where a row stands. Nothing from outside is part of its texts:
// values stand in `parameters`, as $1, $2 …
struct EventQuery {
    std::string organisation;
    std::optional<Time> since;  // both ends belong to it
    std::optional<Time> until;
    std::string select;
    // One of them holds of the events that are asked for; none holds of what another holds of.
    std::vector<EventCondition> where{{"true"}};
    std::string rest;  // group by, order by, limit
    std::vector<DuckValue> parameters;
};

// Where a row stands: its file, or its tail, and which of the rows there.
struct EventPlace {
    std::string file;
    int64_t row = 0;
};

// From which end of time events are read.
enum class EventOrder : uint8_t { NewestFirst, OldestFirst };

// Both ends belong to it; without one, it has none.
struct TimeRange {
    std::optional<Time> since;
    std::optional<Time> until;
};

// How many events there may be, by what is known of the parts.
struct StoreCounts {
    uint64_t tail_rows = 0;
    uint64_t sealed_rows = 0;
    uint64_t parts = 0;
    uint64_t part_bytes = 0;
    std::vector<std::string> damaged;  // files that were set aside
};

// What is stored of one organisation.
struct StoredFacts {
    uint64_t events = 0;
    uint64_t events_in_memory = 0;  // of them
    uint64_t parts = 0;
    uint64_t part_bytes = 0;
    std::optional<Time> first;  // of the events
    std::optional<Time> last;
};

// The events: those that came last in memory (the tail), the others in sealed Parquet files by organisation
// and day (the lake). What is in the tail stands in the inbox, too, until it is sealed. Safe to use from many
// threads; append() and seal() are for one thread each.
class EventStore {
    struct PartFile;

public:
    // The inbox must outlive it. Files of the lake that the inbox does not know are removed: their batches
    // are still in the inbox.
    static Result<std::unique_ptr<EventStore>> open(const StoreSettings& settings, Inbox& inbox);
    ~EventStore();

    // They can be found when it returns.
    void append(std::shared_ptr<const Tail::Batch> batch);
    void append(Tail::Batch batch) { append(std::make_shared<const Tail::Batch>(std::move(batch))); }
    size_t tail_rows() const;
    uint64_t tail_bytes() const;
    // What DuckDB has of memory.
    Result<uint64_t> memory_bytes();
    // Full ones that are not sealed yet.
    size_t waiting_tails() const;

    // Begins another tail, when this one has rows: for the thread that appends.
    void rotate();
    // Writes the tails that wait to the lake, and lets the inbox forget them.
    Result<void> seal_rotated();
    // Both: while nobody appends.
    Result<void> seal();
    // Makes one part of many small ones, where there are such; how many parts are gone.
    Result<size_t> compact();
    // Reads another part's file, each in its turn, and holds it to its checksum: it is set aside when it is
    // damaged, and served again when it is whole again. How many parts changed so.
    size_t verify_next();
    // Removes the days before this one; how many parts are gone.
    Result<size_t> remove_before(const std::string& organisation, const std::string& day);

    // The state of the store at a moment: the parts and tails that it is made of stay until the last view of
    // them is gone. Tails that fill go on doing so.
    struct Snapshot;
    using View = std::shared_ptr<const Snapshot>;
    View view() const { return snapshot(); }

    // The rows of an answer, and what they are read from.
    class Answer {
    public:
        // Corrupt when a part turned out to be damaged behind rows that were given already; it is set aside,
        // and the same query asked again of a new view succeeds.
        Result<bool> next();
        const DuckRows& rows() const { return rows_; }

    private:
        friend class EventStore;
        Answer(EventStore& store, View view, std::vector<std::shared_ptr<PartFile>> files,
               DuckConnection connection, DuckRows rows)
            : store_(&store),
              view_(std::move(view)),
              files_(std::move(files)),
              connection_(std::move(connection)),
              rows_(std::move(rows)) {}
        EventStore* store_;
        View view_;
        std::vector<std::shared_ptr<PartFile>> files_;  // that it is read from
        DuckConnection connection_;
        DuckRows rows_;
    };
    // A part that cannot be read is set aside, and the others answer.
    Result<Answer> query(const EventQuery& query, const DuckBound& bound = {});
    // The same of a view, which loses the part that cannot be read.
    Result<Answer> query(View& view, const EventQuery& query, const DuckBound& bound = {});
    // The records of rows that a query of the same view found, in their order; places_max of them at most.
    // Corrupt when a part turned out to be damaged; it is set aside.
    Result<std::vector<std::string>> records(const View& view, const std::string& organisation,
                                             std::span<const EventPlace> places, const DuckBound& bound = {});
    // Where a window ends that begins at one end of the range: as far as the parts tell, about so many events
    // stand in it. Nothing when the range has no more.
    static std::optional<Time> window_edge(const View& view, const std::string& organisation,
                                           const TimeRange& range, EventOrder order, uint64_t rows);
    // The view without the parts of the organisation that stand whole in the range and in one step of time
    // each, which are counted: how many of their events there are, by the number of the step since 1970.
    static View take_whole_parts(const View& view, const std::string& organisation, const TimeRange& range,
                                 Duration step, std::map<int64_t, uint64_t>& counted);

    // The ids of a part, which are the dedup keys' parts. Corrupt when it is damaged: it is set aside.
    struct StoredId {
        std::string_view account;
        std::string_view id;
    };
    Result<void> each_id(const Part& part, const std::function<void(const StoredId&)>& visit);
    std::vector<Part> parts() const;
    // Which of these ids stand in the parts. `ids` are of the organisation of the parts.
    Result<std::vector<std::string>> known_ids(std::span<const Part> parts, std::span<const std::string> ids);
    // Calls `sealed` with each new part and the parts that it is made of, which are none when it is made of a
    // tail; before what it is made of goes.
    using Sealed = std::function<void(const Part& made, std::span<const Part> of)>;
    void on_sealed(Sealed sealed) { on_sealed_ = std::move(sealed); }

    StoreCounts counts() const;
    Result<StoredFacts> facts(const std::string& organisation);

private:
    EventStore(const StoreSettings& settings, Inbox& inbox, Duck duck);
    Result<void> load_parts();
    Result<void> remove_strangers() const;
    View snapshot() const;
    void publish(const std::function<void(Snapshot&)>& change);
    Result<void> seal_tail(const std::shared_ptr<Tail>& full);
    Result<std::vector<Part>> write_parts(const Tail& tail);
    Result<Part> write_part(DuckConnection& connection, const Part& what, const std::string& from);
    std::shared_ptr<PartFile> part_file(const Part& part) const;
    void replace(const std::vector<std::shared_ptr<PartFile>>& files, const std::shared_ptr<PartFile>& made);
    Result<void> compact_day(const std::vector<std::shared_ptr<PartFile>>& files);
    bool is_whole(const Part& part);
    void remember_damage(const Part& part);
    void set_damaged(const std::shared_ptr<PartFile>& file, bool damaged);
    // Looks which of them are damaged; those are read no more. How many there are.
    size_t set_aside(std::span<const std::shared_ptr<PartFile>> files);
    size_t set_aside(View& view, const EventQuery& query);
    static std::vector<std::shared_ptr<PartFile>> parts_of(const Snapshot& taken, const EventQuery& query);
    std::vector<std::shared_ptr<PartFile>> with_paths(std::span<const Part> parts) const;
    Result<std::vector<std::string>> ids_in(std::span<const std::shared_ptr<PartFile>> files,
                                            std::span<const std::string> ids);
    Result<void> read_records(const std::string& sql, const DuckBound& bound,
                              const std::function<void(const DuckRows&, size_t)>& take);
    static std::string from_text(const Snapshot& snapshot, const EventQuery& query, bool of_many);
    std::string full_path(const std::string& path) const { return settings_.folder + "/" + path; }

    StoreSettings settings_;
    Inbox& inbox_;
    std::unique_ptr<Tails> tails_ = std::make_unique<Tails>();  // outlives the database, which reads them
    Duck duck_;
    uint64_t next_part_ = 1;
    std::string run_;  // part of new files' names, so that no two runs write one
    mutable std::mutex mutex_;
    View snapshot_;
    std::shared_ptr<Tail> tail_;
    Sealed on_sealed_;
    std::mutex change_mutex_;  // of the lake: seal, compact, remove, verify
    std::string verified_;     // the file that was held to its checksum last
};

}  // namespace vigia
