#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

// What backup and restore share: the files of one, wherever they are kept.
namespace vigia {

struct BackupFile {
    std::string path;  // below the data folder
    uint64_t bytes = 0;
    std::string sha256;  // in hexadecimal
    bool operator==(const BackupFile&) const = default;
};

struct Manifest {
    std::string vigia;    // the version that made it
    std::string made_at;  // RFC 3339
    bool has_control_plane = true;
    std::vector<BackupFile> files;
};

std::string print(const Manifest& manifest);
// Corrupt for what is none, or names paths that no backup has.
Result<Manifest> parse_manifest(std::string_view text);

// Takes the files of a backup. What is not finished leaves nothing at its place.
class BackupWriter {
public:
    virtual ~BackupWriter() = default;
    // The file at `from`, as `path`.
    virtual Result<void> add(const std::string& path, const std::string& from) = 0;
    virtual Result<void> finish() = 0;
    // To a folder, whose files may share their bytes with those that were added; to a file when the path ends
    // in .tar. Conflict when it is there.
    static Result<std::unique_ptr<BackupWriter>> open(const std::string& backup);
};

// Everything of the backup as files below `into`, which are their owner's alone.
Result<void> extract_backup(const std::string& backup, const std::string& into);

// Size and SHA-256 of a file.
Result<BackupFile> measured(const std::string& path, const std::string& file);
// A copy that only its owner may read, synced.
Result<void> copy_private(const std::string& from, const std::string& to);

}  // namespace vigia
