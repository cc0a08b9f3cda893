#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace vigia {

// A batch of events as a source sent it, and what was found in it: enough to have everything again after a
// crash.
struct InboxBatch {
    uint64_t number = 0;  // given by the inbox, ever higher
    std::string organisation;
    std::string source;  // the id of the source
    Time received;
    std::string body;      // as it came, compressed or not
    std::string accepted;  // a byte for each event in it: '1' when it was new, '0' when it was seen before
    std::string matches;   // as the alert life cycle encodes them
};

// A sealed Parquet file of the lake.
struct Part {
    std::string organisation;
    std::string day;   // "2026-11-25"
    std::string path;  // below the lake's folder
    uint64_t rows = 0;
    uint64_t bytes = 0;
    Time first;
    Time last;
    bool damaged = false;  // it could not be read, and was set aside
    bool has_many = true;  // whether a row of it may have a `many`
    std::string checksum;  // of the file; empty when a program that knew none wrote it
};

// How a source does. What has gone wrong is as whoever keeps it encodes it.
struct SourceState {
    std::string organisation;
    std::string source;
    std::optional<Time> first_batch;
    std::optional<Time> last_batch;
    std::optional<Time> last_event;  // the latest time of its events
    uint64_t batches = 0;
    uint64_t accepted = 0;
    uint64_t duplicates = 0;
    uint64_t refused = 0;
    uint64_t refused_batches = 0;  // that could not be read at all
    std::string problems;
};

// A file of a watched folder that was read, or could not be.
struct FileState {
    std::string organisation;
    std::string path;
    uint64_t bytes = 0;
    Time changed;       // its time of change then
    std::string hash;   // SHA-256 over its bytes, as whoever keeps it makes it
    std::string error;  // empty: it was read
};

// The durable record of what was received and not yet sealed, and of which files the lake consists: one
// SQLite database, written ahead and synchronous, so that what was put is there after a crash. Safe to use
// from many threads.
class Inbox {
public:
    // Conflict when another process has it open.
    static Result<Inbox> open(const std::string& file);
    Inbox(Inbox&&) noexcept;
    Inbox& operator=(Inbox&&) noexcept;
    ~Inbox();

    // Puts all of them, or none: they are durable when it returns. Gives them their numbers. Busy when
    // the disk takes nothing; so below.
    Result<void> put(std::span<InboxBatch> batches) { return put(batches, {}); }
    // The same, and in the same step what is known of these sources.
    Result<void> put(std::span<InboxBatch> batches, std::span<const SourceState> sources);
    Result<std::vector<SourceState>> sources();
    Result<void> put_file(const FileState& file);
    Result<void> forget_file(const std::string& organisation, const std::string& path);
    Result<std::vector<FileState>> files(const std::string& organisation);
    // In the order of their numbers.
    Result<void> each(const std::function<Result<void>(InboxBatch batch)>& visit);

    // The next batches get numbers above this one: what was applied to alerts may be newer than an inbox that
    // was restored.
    Result<void> number_above(uint64_t number);

    // In one step: the parts are part of the lake, and the batches up to `number` are gone.
    Result<void> seal(uint64_t number, std::span<const Part> parts);
    // In one step: those that were are no more, those that are made of them are.
    Result<void> replace(std::span<const Part> before, std::span<const Part> after);
    // Keeps what the part says of it.
    Result<void> set_damaged(const Part& part);
    Result<std::vector<Part>> parts();

    // A moment that is remembered by its name; nothing for one that never was.
    Result<std::optional<Time>> moment(std::string_view name);
    Result<void> set_moment(std::string_view name, Time time);

private:
    struct State;
    explicit Inbox(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace vigia
