#include "base/folder_watch.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>

namespace vigia {

namespace fs = std::filesystem;

namespace {

constexpr uint32_t watched_events =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_MODIFY | IN_DELETE_SELF | IN_ONLYDIR;
constexpr size_t event_bytes = 64 * 1024;

bool is_hidden(const fs::path& path) { return path.filename().native().starts_with("."); }

}  // namespace

Result<FoundFile> found_file(const std::string& path) {
    struct stat facts{};
    if (lstat(path.c_str(), &facts) != 0)
        return error(ErrorKind::Io, fmt::format("cannot look at {}: {}", path, std::strerror(errno)));
    if (!S_ISREG(facts.st_mode))
        return error(ErrorKind::BadInput, fmt::format("{} is no regular file", path));
    const Duration changed = std::chrono::seconds{facts.st_mtim.tv_sec} + Duration{facts.st_mtim.tv_nsec};
    return FoundFile{path, static_cast<uint64_t>(facts.st_size), Time{changed}};
}

Result<std::vector<FoundFile>> found_files(const std::string& folder) {
    std::error_code failure;
    std::vector<FoundFile> files;
    fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, failure);
    if (failure)
        return error(ErrorKind::Io, fmt::format("cannot open the folder {}: {}", folder, failure.message()));
    for (; !failure && at != fs::recursive_directory_iterator(); at.increment(failure)) {
        if (is_hidden(at->path())) {
            at.disable_recursion_pending();
            continue;
        }
        // One that has gone meanwhile is none.
        if (auto file = found_file(at->path().native())) files.push_back(std::move(*file));
    }
    if (failure)
        return error(ErrorKind::Io, fmt::format("cannot read the folder {}: {}", folder, failure.message()));
    std::ranges::sort(files, {}, &FoundFile::path);
    return files;
}

FolderWatch::FolderWatch(std::string folder) : folder_(std::move(folder)) {
    handle_ = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (handle_ < 0) is_complete_ = false;
    add(folder_);
}

FolderWatch::~FolderWatch() {
    if (handle_ >= 0) close(handle_);
}

// The folder and those below it.
void FolderWatch::add(const std::string& folder) {
    if (handle_ < 0) return;
    const int watch = inotify_add_watch(handle_, folder.c_str(), watched_events | IN_DONT_FOLLOW);
    if (watch < 0) {
        is_complete_ = false;
        return;
    }
    folders_[watch] = folder;
    std::error_code failure;
    for (fs::directory_iterator at(folder, failure); !failure && at != fs::directory_iterator();
         at.increment(failure)) {
        if (!is_hidden(at->path()) && at->is_directory(failure) && !at->is_symlink(failure))
            add(at->path().native());
    }
}

FolderWatch::Seen FolderWatch::wait(std::chrono::milliseconds time_max) {
    Seen seen;
    if (handle_ < 0) {
        std::this_thread::sleep_for(time_max);
        return seen;
    }
    pollfd waited{handle_, POLLIN, 0};
    if (poll(&waited, 1, static_cast<int>(time_max.count())) <= 0) return seen;
    alignas(inotify_event) std::array<char, event_bytes> bytes;
    const ssize_t count = read(handle_, bytes.data(), bytes.size());
    for (ssize_t at = 0; at < count;) {
        inotify_event event{};
        std::memcpy(&event, bytes.data() + at, sizeof event);
        const char* const name = bytes.data() + at + sizeof event;
        at += static_cast<ssize_t>(sizeof event + event.len);
        const auto folder = folders_.find(event.wd);
        if ((event.mask & IN_IGNORED) != 0) folders_.erase(event.wd);
        seen.is_more = seen.is_more || (event.mask & (IN_Q_OVERFLOW | IN_CREATE | IN_MODIFY)) != 0;
        if (folder == folders_.end() || event.len == 0) continue;
        const std::string path = folder->second + "/" + name;
        if ((event.mask & IN_ISDIR) != 0 && (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
            if (!is_hidden(path)) add(path);
            seen.is_more = true;
        } else if ((event.mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0 && !is_hidden(path)) {
            seen.finished.push_back(path);
        }
    }
    return seen;
}

}  // namespace vigia
