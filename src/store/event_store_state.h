#pragma once

#include <fmt/format.h>

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "store/event_store.h"

// What the files of the event store share, and nobody else.
namespace vigia {

// A table in memory. It goes when the last reader has let go of it.
struct EventStore::Tail {
    DuckConnection connection;
    std::string table;
    DuckAppender appender;
    std::atomic<uint64_t> rows = 0;
    std::atomic<uint64_t> bytes = 0;  // of the records
    uint64_t last_batch = 0;
    std::map<std::pair<std::string, std::string>, Part> days;  // by organisation and day
    // What was made of it, when the inbox could not be told yet: whether that has happened may show only
    // after a crash, so it is neither made again nor removed.
    std::optional<std::vector<Part>> written;

    Tail(DuckConnection opened, std::string name, DuckAppender made)
        : connection(std::move(opened)), table(std::move(name)), appender(std::move(made)) {}
    Tail(const Tail&) = delete;
    Tail& operator=(const Tail&) = delete;
    // What cannot be dropped stays until the process ends; there is nothing else to do about it.
    ~Tail() { (void)connection.execute("drop table " + table); }
};

// A sealed file. It is removed when it is no part of the lake any more and the last reader has let go of it.
struct EventStore::PartFile {
    Part part;
    std::string path;
    std::atomic<bool> replaced = false;
    ~PartFile() {
        if (replaced) (void)remove_file(path);
    }
};

struct EventStore::Snapshot {
    std::vector<std::shared_ptr<Tail>> tails;
    std::vector<std::shared_ptr<PartFile>> parts;
};

// A file of the lake while it is written.
constexpr const char* temporary_suffix = ".tmp";

std::string sql_time(Time time);
// The columns of a part, in its order.
std::string part_columns();
// The rows of sealed files.
std::string read_parquet(std::span<const std::string> paths);
std::string read_parquet(const std::string& path);
// What a file holds, as a text that another content does not have by chance.
Result<std::string> checksum_of(const std::string& path);

}  // namespace vigia
