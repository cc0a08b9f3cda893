#pragma once

#include <chrono>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/folder_watch.h"
#include "base/time.h"

namespace vigia {

struct FolderTimes {
    // A file that nobody was seen to finish is taken when it has not changed for so long.
    Duration rest = std::chrono::seconds{10};
    // The whole folder is looked at so often, whatever was seen.
    std::chrono::milliseconds rescan{60'000};
    std::chrono::milliseconds rescan_unwatched{5'000};  // when the system tells of nothing
};

// Which files below a folder are there to be read: .json, .ndjson, .jsonl, .log, .gz and .zst, each again
// when it has changed. Half-written ones wait until their writer closes or renames them, or they rest. For
// one thread.
class FolderFiles {
public:
    FolderFiles(const std::string& folder, const Clock& clock, const FolderTimes& times = {})
        : folder_(folder), clock_(clock), times_(times), watch_(folder) {}

    // Those that have become ready; waits for some, but no longer than this.
    Result<std::vector<FoundFile>> next(std::chrono::milliseconds time_max);
    // The file comes again when the folder is looked at next.
    void again(const std::string& path) { given_.erase(path); }
    // Whether the last call looked at the whole folder: then these are all files that there are.
    const std::set<std::string>* all() const { return is_scanned_ ? &all_ : nullptr; }

private:
    struct Facts {
        uint64_t bytes = 0;
        Time changed;
        bool operator==(const Facts&) const = default;
    };
    Result<void> scan(std::vector<FoundFile>& ready);
    void take(const FoundFile& file, std::vector<FoundFile>& ready);

    std::string folder_;
    const Clock& clock_;
    FolderTimes times_;
    FolderWatch watch_;
    std::unordered_map<std::string, Facts> given_;
    std::set<std::string> all_;
    bool is_scanned_ = false;
    bool is_unrest_ = true;  // some file does not rest yet, or nothing was looked at
    SteadyTime scanned_at_;
};

}  // namespace vigia
