#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "app/intake.h"
#include "app/trail_watch.h"
#include "base/folder_watch.h"
#include "base/time.h"
#include "ingest/folder.h"
#include "store/inbox.h"

namespace vigia {

constexpr std::string_view folder_source_prefix = "folder:";

// A folder whose files are a source. Each file is read once, however often the process begins anew; what a
// file has grown by is read when it has grown. What cannot be read stands in the source's health and holds
// nothing up.
class FolderSource {
public:
    struct Parts {
        Intake& intake;
        Inbox& inbox;
        const Clock& clock;
        std::function<void(const std::string&)> complain;
        // A file was read, before it is known as read.
        FileArrived taken;
    };
    // Everything in `parts` must outlive it.
    FolderSource(const Parts& parts, std::string organisation, const std::string& folder,
                 const FolderTimes& times = {});

    // The name under which its health stands.
    const std::string& source() const { return source_; }

private:
    struct Content;
    void run(const std::stop_token& stop);
    Result<void> load();
    Result<void> forget_gone(const std::set<std::string>& there);
    Result<void> take(const FoundFile& file, const std::stop_token& stop);
    Result<void> read(const FoundFile& file, const Content& content, const std::stop_token& stop);
    Result<void> read_pieces(const FoundFile& file, uint64_t begin, const std::stop_token& stop);
    Result<void> keep(FileState state);
    Result<Content> content(const FoundFile& file, const FileState* before) const;

    Parts parts_;
    std::string organisation_;
    std::string folder_;
    std::string source_;
    FolderFiles files_;  // watching since before the thread began: what comes from then on is seen
    std::map<std::string, FileState> known_;    // by path
    std::map<std::string, std::string> paths_;  // of files that were read, by hash
    std::jthread thread_;
};

}  // namespace vigia
