#pragma once

#include <fmt/format.h>

#include <atomic>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "store/duck.h"
#include "store/event_store.h"

// What the store is made of, for its own files.
namespace vigia {

// A table in memory. It goes when the last reader has let go of it.
struct EventStore::Tail {
    DuckConnection connection;
    std::string table;
    DuckAppender appender;
    std::atomic<uint64_t> rows = 0;
    uint64_t last_batch = 0;
    std::map<std::pair<std::string, std::string>, Part> days;  // by organisation and day

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

inline std::string sql_time(Time time) {
    return fmt::format("make_timestamp({}::bigint)", microseconds(time));
}

// The columns of a part, in its order.
std::string part_columns();

// The rows of sealed files.
std::string read_parquet(std::span<const std::string> paths);
inline std::string read_parquet(const std::string& path) { return read_parquet(std::span(&path, 1)); }

}  // namespace vigia
