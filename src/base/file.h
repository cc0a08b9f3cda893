#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vigia {

// A stream of bytes from outside. Reads are for one thread.
class ByteSource {
public:
    virtual ~ByteSource() = default;
    // Fills the front of `into`, and says with how many bytes; 0 only at the end.
    virtual Result<size_t> read(std::span<char> into) = 0;
};

// Opens a file, or standard input for "-".
Result<std::unique_ptr<ByteSource>> open_source(const std::string& path);

// The bytes as a source, which must outlive it: for tests and for what is in memory already.
std::unique_ptr<ByteSource> memory_source(std::string_view bytes);

// The whole file, or an error when it cannot be read or has more than `bytes_max` bytes.
Result<std::string> read_file(const std::string& path, size_t bytes_max);

// Replaces the file in one step: a temporary name, then rename.
Result<void> write_file(const std::string& path, std::string_view bytes);

// The same for a new file that only its owner may read; Conflict when the file is there.
Result<void> write_private_file(const std::string& path, std::string_view bytes);
// Whether nobody but the owner may read or write the file.
bool is_private(const std::string& path);

// Where the path's name is kept.
std::string folder_of(const std::string& path);
// Syncs a file that is written, and renames it: after a crash there is the whole file under its name, or
// none.
Result<void> finish_file(const std::string& temporary, const std::string& path);
// Where there is no file at `to`, or one to be replaced; the new name is there after a crash.
Result<void> rename_file(const std::string& from, const std::string& to);
// A file that is not there is as good as removed.
Result<void> remove_file(const std::string& path);
Result<uint64_t> file_bytes(const std::string& path);

// What is free on the disk of the path, for those who are not root.
Result<uint64_t> free_bytes(const std::string& path);

bool is_folder(const std::string& path);
// The path from the root, links and dots resolved. NotFound when nothing is there.
Result<std::string> real_path(const std::string& path);
// Whether the path is the folder or lies below it, links and dots resolved.
bool is_below(const std::string& path, const std::string& folder);
// Makes the folder and those above it, as far as they are not there.
Result<void> make_folder(const std::string& path);
// The same, and a new folder is its owner's alone.
Result<void> make_private_folder(const std::string& path);
// An error that says what to do when no file can be made in the folder.
Result<void> check_writable(const std::string& folder);
bool is_file(const std::string& path);

// A file itself; the regular files below a folder, recursive, sorted by path, hidden ones left out.
Result<std::vector<std::string>> files_below(const std::string& path);

// The folder of the running program, with no slash at its end.
std::string program_folder();

}  // namespace vigia
