#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "store/event_store.h"
#include "store/tail.h"

// What the store is made of, for its own files.
namespace vigia {

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
// What a file holds, as a text that another content does not have by chance.
Result<std::string> checksum_of(const std::string& path);

// The rows of a part stand by time from row group to row group, so that a time rules most of them out; in a row
// group, the like of each other stand together, which makes records a tenth smaller.
constexpr std::array<std::string_view, 3> part_order_columns{"access_key", "host", "name"};
// The rows of the query in that order.
std::string part_order(std::string_view query);

// The columns of a part, in its order.
std::string part_columns();

// The rows of sealed files.
std::string read_parquet(std::span<const std::string> paths);
inline std::string read_parquet(const std::string& path) { return read_parquet(std::span(&path, 1)); }

}  // namespace vigia
