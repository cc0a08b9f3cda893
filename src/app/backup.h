#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vigia {

struct BackupCommand {
    std::string data = "vigia-data";
    std::string backup;    // a folder, or a file when it ends in .tar
    std::string database;  // as `vigia serve` has it
};

// The file that says what a backup consists of, with a SHA-256 of each.
constexpr std::string_view manifest_name = "manifest.json";
constexpr size_t manifest_bytes_max = 256 * 1024 * 1024;
constexpr size_t backup_path_bytes_max = 1024;

// While a folder of this name stands in a data folder, a restore into it has not ended.
constexpr std::string_view restoring_name = ".restoring";

struct BackupDone {
    uint64_t files = 0;
    uint64_t bytes = 0;
    bool has_control_plane = true;  // else it is in a database of its own, which has its own means
};

// What the data folder held at one moment, while a service may go on working in it: Busy while another backup
// is made, Conflict when there is something at `backup` already.
Result<BackupDone> back_up(const BackupCommand& command);
// Into a folder that is not there or is empty. Corrupt, and nothing is there, when the backup is not whole.
Result<BackupDone> restore(const BackupCommand& command);

// Whether it is a path that backups have: relative, of plain names, none hidden.
bool is_backup_path(std::string_view path);

// The commands.
int backup_command(const BackupCommand& command);
int restore_command(const BackupCommand& command);

}  // namespace vigia
