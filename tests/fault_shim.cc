// Stands between the service and the system when a test preloads it: fails writes, moves the clock, and keeps
// what was synced, which is what a power cut leaves for sure.
//
// VIGIA_FAULT_FOLDER   the folder whose files it is about
// VIGIA_FAULT_CONTROL  a file with a line for each fault that is on: "write ENOSPC", "sync EIO", "clock
// 86400" VIGIA_FAULT_SHADOW   a folder for a copy of each file as it was synced last; in `.renames` what was
// renamed
//                      since its folder was synced
//
// It calls the kernel itself, so that it works beside the sanitizers' own.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <mutex>
#include <string>

namespace {

struct Faults {
    int write_error = 0;
    int sync_error = 0;
    long clock_s = 0;
};

const char* variable(const char* name) {
    const char* const value = getenv(name);
    return value != nullptr ? value : "";
}

int error_of(const char* name) {
    if (strcmp(name, "ENOSPC") == 0) return ENOSPC;
    if (strcmp(name, "EROFS") == 0) return EROFS;
    return EIO;
}

Faults read_faults() {
    Faults faults;
    const int file = static_cast<int>(
        syscall(SYS_openat, AT_FDCWD, variable("VIGIA_FAULT_CONTROL"), O_RDONLY | O_CLOEXEC));
    if (file < 0) return faults;
    char text[512] = {};
    const long count = syscall(SYS_read, file, text, sizeof text - 1);
    syscall(SYS_close, file);
    if (count <= 0) return faults;
    char* rest = nullptr;
    for (char* line = strtok_r(text, "\n", &rest); line != nullptr; line = strtok_r(nullptr, "\n", &rest)) {
        if (strncmp(line, "write ", 6) == 0) faults.write_error = error_of(line + 6);
        if (strncmp(line, "sync ", 5) == 0) faults.sync_error = error_of(line + 5);
        if (strncmp(line, "clock ", 6) == 0) faults.clock_s = atol(line + 6);
    }
    return faults;
}

long monotonic_ms() {
    timespec now{};
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Read again every few milliseconds.
Faults faults() {
    static std::mutex mutex;
    static Faults known;
    static long read_ms = -1000;
    const std::lock_guard lock(mutex);
    if (monotonic_ms() - read_ms >= 5) {
        known = read_faults();
        read_ms = monotonic_ms();
    }
    return known;
}

std::string path_of(int file) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    char path[4096];
    const long count = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path);
    return count > 0 ? std::string(path, static_cast<size_t>(count)) : std::string();
}

// Below the folder, without it; nothing for others.
std::string inner(const std::string& path) {
    static const std::string folder = variable("VIGIA_FAULT_FOLDER");
    if (folder.empty() || path.compare(0, folder.size(), folder) != 0) return {};
    return path.substr(folder.size());
}

bool fails_to_write(const std::string& path) {
    const int number = inner(path).empty() ? 0 : faults().write_error;
    if (number == 0) return false;
    errno = number;
    return true;
}

bool fails_to_write(int file) { return faults().write_error != 0 && fails_to_write(path_of(file)); }

std::string shadow() { return variable("VIGIA_FAULT_SHADOW"); }

void make_folders(const std::string& path) {
    for (size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1))
        syscall(SYS_mkdirat, AT_FDCWD, path.substr(0, at).c_str(), 0700);
}

std::mutex shadow_mutex;

// Under another name first: the process may be killed in the middle.
void keep(int file, const std::string& name) {
    const std::lock_guard lock(shadow_mutex);
    const std::string target = shadow() + name, copy = shadow() + "/.copy";
    make_folders(target);
    const int out = static_cast<int>(
        syscall(SYS_openat, AT_FDCWD, copy.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (out < 0) return;
    const int in =
        static_cast<int>(syscall(SYS_openat, AT_FDCWD, path_of(file).c_str(), O_RDONLY | O_CLOEXEC));
    static char bytes[1 << 16];
    for (long count = 0; in >= 0 && (count = syscall(SYS_read, in, bytes, sizeof bytes)) > 0;)
        syscall(SYS_write, out, bytes, count);
    syscall(SYS_close, in);
    syscall(SYS_close, out);
    syscall(SYS_renameat2, AT_FDCWD, copy.c_str(), AT_FDCWD, target.c_str(), 0);
}

void note_rename(const std::string& from, const std::string& to) {
    if (shadow().empty() || inner(to).empty()) return;
    const std::lock_guard lock(shadow_mutex);
    const std::string line = inner(from) + "\t" + inner(to) + "\n";
    const int out = static_cast<int>(syscall(SYS_openat, AT_FDCWD, (shadow() + "/.renames").c_str(),
                                             O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    syscall(SYS_write, out, line.data(), line.size());
    syscall(SYS_close, out);
}

void note_removal(const std::string& path) {
    note_rename(path, std::string(variable("VIGIA_FAULT_FOLDER")) + "/.removed");
}

// A folder that is synced has what was renamed in it; the test does that, in the order of the lines.
void note_folder(const std::string& folder) {
    note_rename(shadow(), variable("VIGIA_FAULT_FOLDER") + folder);
}

int synced(int file) {
    struct stat found{};
    const std::string path = path_of(file), name = inner(path);
    const bool is_ours = !name.empty() || path == variable("VIGIA_FAULT_FOLDER");
    if (!is_ours) return static_cast<int>(syscall(SYS_fsync, file));
    if (const int number = faults().sync_error; number != 0) {
        errno = number;
        return -1;
    }
    if (shadow().empty()) return static_cast<int>(syscall(SYS_fsync, file));
    if (fstat(file, &found) == 0 && S_ISDIR(found.st_mode))
        note_folder(name.empty() ? "/" : name);
    else
        keep(file, name);
    return 0;
}

int opened(const char* path, int flags, unsigned mode) {
    if ((flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) != 0 && (flags & O_CREAT) != 0 &&
        access(path, F_OK) != 0 && fails_to_write(std::string(path)))
        return -1;
    return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const unsigned mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, unsigned) : 0;
    va_end(more);
    return opened(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const unsigned mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, unsigned) : 0;
    va_end(more);
    return opened(path, flags, mode);
}

ssize_t write(int file, const void* bytes, size_t count) {
    return fails_to_write(file) ? -1 : syscall(SYS_write, file, bytes, count);
}

ssize_t pwrite(int file, const void* bytes, size_t count, off_t at) {
    return fails_to_write(file) ? -1 : syscall(SYS_pwrite64, file, bytes, count, at);
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t at) {
    return fails_to_write(file) ? -1 : syscall(SYS_pwrite64, file, bytes, count, at);
}

int ftruncate(int file, off_t size) noexcept {
    return fails_to_write(file) ? -1 : static_cast<int>(syscall(SYS_ftruncate, file, size));
}

int ftruncate64(int file, off64_t size) noexcept {
    return fails_to_write(file) ? -1 : static_cast<int>(syscall(SYS_ftruncate, file, size));
}

int mkdir(const char* path, mode_t mode) noexcept {
    if (access(path, F_OK) != 0 && fails_to_write(std::string(path))) return -1;
    return static_cast<int>(syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}

int rename(const char* from, const char* to) noexcept {
    if (fails_to_write(std::string(to))) return -1;
    const int done = static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
    if (done == 0) note_rename(from, to);
    return done;
}

int link(const char* from, const char* to) noexcept {
    if (fails_to_write(std::string(to))) return -1;
    const int done = static_cast<int>(syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0));
    if (done == 0) note_rename(from, to);
    return done;
}

int unlink(const char* path) noexcept {
    if (access(path, F_OK) == 0 && fails_to_write(std::string(path))) return -1;
    const int done = static_cast<int>(syscall(SYS_unlinkat, AT_FDCWD, path, 0));
    if (done == 0 && !inner(path).empty()) note_removal(path);
    return done;
}

int fsync(int file) { return synced(file); }
int fdatasync(int file) { return synced(file); }

int clock_gettime(clockid_t clock, timespec* now) noexcept {
    const int done = static_cast<int>(syscall(SYS_clock_gettime, clock, now));
    if (done == 0 && clock == CLOCK_REALTIME) now->tv_sec += faults().clock_s;
    return done;
}

}  // extern "C"
