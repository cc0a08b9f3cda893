#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace vigia {

struct FoundFile {
    std::string path;
    uint64_t bytes = 0;
    Time changed;
};

// The regular files below a folder, sorted by path. Hidden ones are left out; so are links, and folders that
// may not be read.
Result<std::vector<FoundFile>> found_files(const std::string& folder);
// One file as it stands now.
Result<FoundFile> found_file(const std::string& path);

// Tells what happens to the files below a folder. For one thread.
class FolderWatch {
public:
    explicit FolderWatch(std::string folder);
    ~FolderWatch();
    FolderWatch(const FolderWatch&) = delete;
    FolderWatch& operator=(const FolderWatch&) = delete;

    struct Seen {
        std::vector<std::string> finished;  // closed by who wrote them, or renamed to this name
        bool is_more = false;               // something that only a look at the whole folder can tell
    };
    // Waits until something happens, or the time is over.
    Seen wait(std::chrono::milliseconds time_max);
    // Whether it would hear of everything; else the folder must be looked at from time to time.
    bool is_complete() const { return is_complete_; }

private:
    void add(const std::string& folder);
    std::string folder_;
    int handle_ = -1;
    bool is_complete_ = true;
    std::map<int, std::string> folders_;  // by watch
};

}  // namespace vigia
