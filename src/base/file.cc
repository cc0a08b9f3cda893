#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include "base/folder.h"
#include "base/io_error.h"
#include "base/random.h"

namespace vigia {

namespace fs = std::filesystem;

namespace {

class FileSource final : public ByteSource {
public:
    FileSource(int handle, std::string path) : handle_(handle), path_(std::move(path)) {}
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;
    ~FileSource() override {
        if (handle_ != STDIN_FILENO) ::close(handle_);
    }

    Result<size_t> read(std::span<char> into) override {
        while (true) {
            const ssize_t count = ::read(handle_, into.data(), into.size());
            if (count >= 0) return static_cast<size_t>(count);
            if (errno != EINTR) return io_error("read", path_, errno);
        }
    }

private:
    int handle_;
    std::string path_;
};

class MemorySource final : public ByteSource {
public:
    explicit MemorySource(std::string_view bytes) : rest_(bytes) {}

    Result<size_t> read(std::span<char> into) override {
        const size_t count = std::min(into.size(), rest_.size());
        std::ranges::copy(rest_.substr(0, count), into.begin());
        rest_.remove_prefix(count);
        return count;
    }

private:
    std::string_view rest_;
};

}  // namespace

std::string folder_of(const std::string& path) {
    const fs::path folder = fs::path(path).parent_path();
    return folder.empty() ? "." : folder.native();
}

Result<std::unique_ptr<ByteSource>> open_source(const std::string& path) {
    if (path == "-") return std::make_unique<FileSource>(STDIN_FILENO, "standard input");
    const int handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle < 0) return io_error("open", path, errno);
    return std::make_unique<FileSource>(handle, path);
}

std::unique_ptr<ByteSource> memory_source(std::string_view bytes) {
    return std::make_unique<MemorySource>(bytes);
}

Result<std::string> read_file(const std::string& path, size_t bytes_max) {
    const auto source = TRY(open_source(path));
    std::string bytes;
    std::array<char, 65536> part{};
    while (true) {
        const size_t count = TRY(source->read(part));
        if (count == 0) return bytes;
        bytes.append(part.data(), count);
        if (bytes.size() > bytes_max) {
            return error(ErrorKind::BadInput, fmt::format("{} has more than {} bytes", path, bytes_max));
        }
    }
}

namespace {

// Writes all bytes to a new descriptor, and closes it whatever happens.
Result<void> write_all(int handle, const std::string& path, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(handle, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            const int number = errno;
            ::close(handle);
            return io_error("write", path, number);
        }
        bytes.remove_prefix(static_cast<size_t>(count));
    }
    if (::close(handle) != 0) return io_error("write", path, errno);
    return {};
}

// A file or a folder.
Result<void> sync(const std::string& path) {
    const int handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle < 0) return io_error("open", path, errno);
    const int synced = ::fsync(handle);
    const int number = errno;
    ::close(handle);
    if (synced != 0) return io_error("sync", path, number);
    return {};
}

}  // namespace

Result<void> write_file(const std::string& path, std::string_view bytes) {
    const std::string temporary = path + ".tmp";
    const int handle = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (handle < 0) return io_error("write", temporary, errno);
    TRY_VOID(write_all(handle, temporary, bytes));
    if (::rename(temporary.c_str(), path.c_str()) != 0) return io_error("rename to", path, errno);
    return {};
}

Result<void> rename_file(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) return io_error("rename to", to, errno);
    return sync(folder_of(to));
}

Result<void> finish_file(const std::string& temporary, const std::string& path) {
    TRY_VOID(sync(temporary));
    return rename_file(temporary, path);
}

Result<void> remove_file(const std::string& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return io_error("remove", path, errno);
    return {};
}

Result<uint64_t> file_bytes(const std::string& path) {
    struct stat found{};
    if (::stat(path.c_str(), &found) != 0) return io_error("read", path, errno);
    return static_cast<uint64_t>(found.st_size);
}

Result<uint64_t> free_bytes(const std::string& path) {
    struct statvfs found{};
    if (::statvfs(path.c_str(), &found) != 0) return io_error("read", path, errno);
    return static_cast<uint64_t>(found.f_bavail) * found.f_frsize;
}

Result<void> write_private_file(const std::string& path, std::string_view bytes) {
    const std::string temporary = fmt::format("{}.{}.tmp", path, hex(random_bytes(8)));
    PrivateFile file = TRY(PrivateFile::create(temporary));
    TRY_VOID(file.add(bytes));
    TRY_VOID(file.finish());
    // Unlike rename(), link() never takes the place of a file that is there.
    const int failed = ::link(temporary.c_str(), path.c_str()) == 0 ? 0 : errno;
    TRY_VOID(remove_file(temporary));
    if (failed == EEXIST) return error(ErrorKind::Conflict, path + " is there already");
    if (failed != 0) return io_error("write", path, failed);
    return sync(folder_of(path));
}

Result<void> check_writable(const std::string& folder) {
    const std::string probe = fmt::format("{}/.probe.{}.tmp", folder, hex(random_bytes(8)));
    const auto made = PrivateFile::create(probe);  // and removed again
    if (!made)
        return error(ErrorKind::Io, made.error().message +
                                        ": the disk of the folder must take writes, and this user must "
                                        "have the right to");
    return sync(folder);
}

bool is_private(const std::string& path) {
    std::error_code failure;
    const fs::perms others = fs::perms::group_all | fs::perms::others_all;
    const fs::perms held = fs::status(path, failure).permissions();
    return !failure && (held & others) == fs::perms::none;
}

bool is_folder(const std::string& path) {
    std::error_code failure;
    return fs::is_directory(path, failure);
}

bool is_below(const std::string& path, const std::string& folder) {
    std::error_code failure;
    const fs::path inner = fs::weakly_canonical(path, failure), outer = fs::weakly_canonical(folder, failure);
    const auto [in, out] = std::mismatch(inner.begin(), inner.end(), outer.begin(), outer.end());
    return !failure && out == outer.end();
}

Result<void> make_folder(const std::string& path) {
    std::error_code failure;
    fs::create_directories(path, failure);
    if (failure) return io_error("make folder", path, failure.value());
    return {};
}

Result<void> make_private_folder(const std::string& path) {
    if (path.empty() || is_folder(path)) return {};
    const std::string above = folder_of(path);
    if (!is_folder(above)) TRY_VOID(make_private_folder(above));
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return io_error("make folder", path, errno);
    return sync(above);
}

bool is_file(const std::string& path) {
    std::error_code failure;
    return fs::is_regular_file(path, failure);
}

Result<std::string> real_path(const std::string& path) {
    std::error_code failure;
    const fs::path real = fs::canonical(path, failure);
    if (failure) return error(ErrorKind::NotFound, fmt::format("{}: {}", path, failure.message()));
    return real.native();
}

Result<std::vector<std::string>> files_below(const std::string& path) {
    std::error_code failure;
    const fs::file_status status = fs::status(path, failure);
    if (!fs::exists(status))
        return error(ErrorKind::NotFound, fmt::format("no such file or folder: {}", path));
    if (!fs::is_directory(status)) return std::vector{path};
    std::vector<std::string> files;
    fs::recursive_directory_iterator at(path, failure);
    if (failure) return io_error("open folder", path, failure.value());
    for (; at != fs::recursive_directory_iterator(); at.increment(failure)) {
        if (at->path().filename().native().starts_with(".")) {
            at.disable_recursion_pending();
            continue;
        }
        if (at->is_regular_file(failure)) files.push_back(at->path().native());
    }
    if (failure) return io_error("read folder", path, failure.value());
    std::ranges::sort(files);
    return files;
}

std::string program_folder() {
    std::error_code failure;
    const fs::path self = fs::read_symlink("/proc/self/exe", failure);
    return failure ? std::string(".") : self.parent_path().native();
}

}  // namespace vigia
