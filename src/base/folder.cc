#include "base/folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "base/file.h"
#include "base/io_error.h"

namespace vigia {

namespace fs = std::filesystem;

Result<PrivateFile> PrivateFile::create(const std::string& path) {
    const int handle = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (handle < 0 && errno == EEXIST) return error(ErrorKind::Conflict, path + " is there already");
    if (handle < 0) return io_error("write", path, errno);
    return PrivateFile(handle, path);
}

PrivateFile::PrivateFile(PrivateFile&& other) noexcept
    : handle_(std::exchange(other.handle_, -1)), path_(std::move(other.path_)) {}

PrivateFile::~PrivateFile() {
    if (handle_ < 0) return;
    ::close(handle_);
    ::unlink(path_.c_str());
}

Result<void> PrivateFile::add(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(handle_, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return io_error("write", path_, errno);
        bytes.remove_prefix(static_cast<size_t>(count));
    }
    return {};
}

Result<void> PrivateFile::finish() {
    if (::fsync(handle_) != 0) return io_error("sync", path_, errno);
    if (::close(std::exchange(handle_, -1)) != 0) return io_error("write", path_, errno);
    return {};
}

Result<FolderLock> FolderLock::take(const std::string& folder, Wait wait) {
    const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0) return io_error("open folder", folder, errno);
    int failed = 0;
    do failed = ::flock(handle, wait == Wait::Yes ? LOCK_EX : LOCK_EX | LOCK_NB);
    while (failed != 0 && errno == EINTR);
    if (failed == 0) return FolderLock(handle);
    const int number = errno;
    ::close(handle);
    if (number == EWOULDBLOCK) return error(ErrorKind::Busy, folder + " is in use");
    return io_error("lock", folder, number);
}

FolderLock::FolderLock(FolderLock&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
}
FolderLock::~FolderLock() {
    if (handle_ >= 0) ::close(handle_);
}

Result<bool> link_file(const std::string& from, const std::string& to) {
    if (::link(from.c_str(), to.c_str()) == 0) return true;
    // Some file systems know no second names.
    if (errno == EXDEV || errno == EPERM || errno == EOPNOTSUPP || errno == EMLINK) return false;
    return io_error("link", from, errno);
}

Result<void> remove_folder(const std::string& path) {
    std::error_code failure;
    fs::remove_all(path, failure);
    if (failure) return io_error("remove", path, failure.value());
    return {};
}

Result<std::vector<std::string>> names_in(const std::string& folder) {
    std::error_code failure;
    std::vector<std::string> names;
    for (fs::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure))
        names.push_back(at->path().filename().native());
    if (failure) return io_error("read folder", folder, failure.value());
    std::ranges::sort(names);
    return names;
}

}  // namespace vigia
