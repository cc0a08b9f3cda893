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

namespace vigia {

struct StoreSettings {
    std::string folder;  // of the lake
    uint64_t memory_bytes_max = 1024ULL * 1024 * 1024;
    size_t threads = 2;
};

// A tail of so many rows is sealed.
constexpr size_t tail_rows_max = 122'880;
// So is one whose records have so many bytes.
constexpr uint64_t tail_bytes_max = 192ULL * 1024 * 1024;
// A row group of a part.
constexpr size_t row_group_rows = 122'880;
// So many parts of a day that are smaller than half a row group are made one.
constexpr size_t small_parts_max = 8;

// A question to the events of one organisation, in SQL over the columns of event_columns() and the fixed
// ones. Nothing from outside is part of its texts: values stand in `parameters`, as $1, $2 …
struct EventQuery {
    std::string organisation;
    std::optional<Time> since;  // both ends belong to it
    std::optional<Time> until;
    std::string select;
    // One of them holds of the events that are asked for; none holds of what another holds of.
    std::vector<std::string> where{"true"};
    std::string rest;  // group by, order by, limit
    std::vector<DuckValue> parameters;
};

// How many events there may be, by what is known of the parts.
struct StoreCounts {
    uint64_t tail_rows = 0;
    uint64_t sealed_rows = 0;
    uint64_t parts = 0;
    uint64_t part_bytes = 0;
    std::vector<std::string> damaged;  // files that were set aside
};

// The events: those that came last in memory (the tail), the others in sealed Parquet files by organisation
// and day (the lake). What is in the tail stands in the inbox, too, until it is sealed. Safe to use from many
// threads; append() and seal() are for one thread each.
class EventStore {
public:
    // The inbox must outlive it. Files of the lake that the inbox does not know are removed: their batches
    // are still in the inbox.
    static Result<std::unique_ptr<EventStore>> open(const StoreSettings& settings, Inbox& inbox);
    ~EventStore();

    struct Append {
        const std::string& organisation;
        uint64_t batch = 0;  // its number in the inbox
        Time received;
        const EventRows& rows;
        std::span<const uint32_t> accepted;  // which of the rows
    };
    // They can be found when it returns.
    Result<void> append(const Append& what);
    size_t tail_rows() const;
    uint64_t tail_bytes() const;
    // Full ones that are not sealed yet.
    size_t waiting_tails() const;

    // Begins another tail, when this one has rows: for the thread that appends. How many tails wait to be
    // sealed.
    Result<size_t> rotate();
    // Empties the tail that is filled now, when not all of what it should hold could be appended. It is to be
    // given the batches of the inbox again that are behind the one whose number this answers. For the thread
    // that appends.
    Result<uint64_t> restart_tail();
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

private:
    struct Tail;
    struct PartFile;
    struct Snapshot;

public:
    // The rows of an answer, and what they are read from.
    class Answer {
    public:
        // Corrupt when a part turned out to be damaged behind rows that were given already; it is set aside,
        // and the same query asked again succeeds.
        Result<bool> next();
        const DuckRows& rows() const { return rows_; }

    private:
        friend class EventStore;
        Answer(EventStore& store, EventQuery asked, std::shared_ptr<const Snapshot> snapshot,
               DuckConnection connection, DuckRows rows)
            : store_(&store),
              asked_(std::move(asked)),
              snapshot_(std::move(snapshot)),
              connection_(std::move(connection)),
              rows_(std::move(rows)) {}
        EventStore* store_;
        EventQuery asked_;  // as far as it says which parts
        std::shared_ptr<const Snapshot> snapshot_;
        DuckConnection connection_;
        DuckRows rows_;
    };
    // A part that cannot be read is set aside, and the others answer.
    Result<Answer> query(const EventQuery& query, const DuckBound& bound = {});

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

private:
    EventStore(const StoreSettings& settings, Inbox& inbox, Duck duck);
    Result<void> load_parts();
    Result<void> remove_strangers() const;
    Result<std::shared_ptr<Tail>> new_tail();
    std::shared_ptr<const Snapshot> snapshot() const;
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
    static std::vector<std::shared_ptr<PartFile>> parts_of(const Snapshot& taken, const EventQuery& query);
    std::vector<std::shared_ptr<PartFile>> with_paths(std::span<const Part> parts) const;
    Result<std::vector<std::string>> ids_in(std::span<const std::shared_ptr<PartFile>> files,
                                            std::span<const std::string> ids);
    std::string from_text(const Snapshot& snapshot, const EventQuery& query) const;
    std::string full_path(const std::string& path) const { return settings_.folder + "/" + path; }

    StoreSettings settings_;
    Inbox& inbox_;
    Duck duck_;
    uint64_t next_tail_ = 1;
    uint64_t next_part_ = 1;
    std::string run_;  // part of new files' names, so that no two runs write one
    mutable std::mutex mutex_;
    std::shared_ptr<const Snapshot> snapshot_;
    std::shared_ptr<Tail> tail_;
    Sealed on_sealed_;
    std::mutex change_mutex_;  // of the lake: seal, compact, remove, verify
    std::string verified_;     // the file that was held to its checksum last
};

// "2026-11-25", in UTC.
std::string day_of(Time time);

}  // namespace vigia
