#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

// What backups and those who share a data folder need beyond base/file.h.
namespace vigia {

// A new file that only its owner may read, written piece by piece. Without finish() it is removed.
class PrivateFile {
public:
    // Conflict when the file is there.
    static Result<PrivateFile> create(const std::string& path);
    PrivateFile(PrivateFile&& other) noexcept;
    PrivateFile& operator=(PrivateFile&&) = delete;
    ~PrivateFile();
    Result<void> add(std::string_view bytes);
    // The file is whole, and there after a crash.
    Result<void> finish();

private:
    PrivateFile(int handle, std::string path) : handle_(handle), path_(std::move(path)) {}
    int handle_;
    std::string path_;
};

// The right to a folder that one holds at a time, among all processes; it ends with its holder.
class FolderLock {
public:
    enum class Wait : uint8_t { No, Yes };
    // Busy when somebody else has it, and it should not wait.
    static Result<FolderLock> take(const std::string& folder, Wait wait);
    FolderLock(FolderLock&& other) noexcept;
    FolderLock& operator=(FolderLock&& other) noexcept;
    ~FolderLock();

private:
    explicit FolderLock(int handle) : handle_(handle) {}
    int handle_;
};

// Another name for the file in the same file system; false when the folder of `to` lies in another one.
Result<bool> link_file(const std::string& from, const std::string& to);
// The folder with all that is in it; one that is not there is as good as removed.
Result<void> remove_folder(const std::string& path);
// What stands in the folder itself, sorted, hidden ones too.
Result<std::vector<std::string>> names_in(const std::string& folder);

}  // namespace vigia
