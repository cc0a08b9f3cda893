#include "app/backup.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include "app/backup_files.h"
#include "app/cli.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/time.h"
#include "store/pinned_database.h"

namespace vigia {

namespace {

// Where what belongs to one moment is gathered, until it is written away. Hidden, so that nobody takes it for
// a part of the data.
constexpr std::string_view staging_name = ".backup";
constexpr std::string_view lake_name = "lake";
constexpr std::string_view inbox_name = "inbox.db";
constexpr std::string_view catalog_name = "catalog.db";

bool is_database(std::string_view name) { return name.ends_with(".db"); }

// Beside databases and the lake: keys, certificates, names. What SQLite keeps beside a database is none.
bool is_kept(std::string_view name) {
    return !name.starts_with('.') && !is_database(name) && !name.ends_with("-wal") &&
           !name.ends_with("-shm") && !name.ends_with(".tmp") && is_backup_path(name);
}

// The data folder at one moment, as files below `staging`.
class Staging {
public:
    explicit Staging(const std::string& data)
        : data_(data), folder_(fmt::format("{}/{}", data, staging_name)) {}
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;
    ~Staging() {
        if (lock_) (void)remove_folder(folder_);
    }

    Result<void> begin() {
        TRY_VOID(make_private_folder(folder_));
        auto lock = FolderLock::take(folder_, FolderLock::Wait::No);
        if (!lock && lock.error().kind == ErrorKind::Busy)
            return error(ErrorKind::Busy, fmt::format("another backup of {} is being made", data_));
        lock_ = TRY(std::move(lock));
        // What a backup left that was cut short.
        for (const std::string& name : TRY(names_in(folder_))) TRY_VOID(remove_folder(folder_ + "/" + name));
        return {};
    }

    Result<void> gather() {
        const std::vector<std::string> names = TRY(names_in(data_));
        TRY_VOID(pin(names));
        for (const auto& [name, database] : pinned_) TRY_VOID(database.copy_to(folder_ + "/" + name));
        for (const std::string& name : names) {
            const std::string path = data_ + "/" + name;
            if (is_kept(name) && is_file(path)) TRY_VOID(copy_private(path, folder_ + "/" + name));
        }
        return {};
    }

    const std::string& folder() const { return folder_; }
    Result<std::vector<std::string>> paths() const {
        // Below a hidden folder, but not hidden in it.
        std::vector<std::string> paths;
        for (const std::string& file : TRY(files_below(folder_)))
            paths.push_back(file.substr(folder_.size() + 1));
        return paths;
    }

private:
    // While the lake holds still, everything is pinned: the inbox last, so that it has every batch that
    // alerts do not know, and then the files that it names. Nothing is copied meanwhile, so the lake soon
    // moves on.
    Result<void> pin(const std::vector<std::string>& names) {
        const std::string lake = fmt::format("{}/{}", data_, lake_name);
        std::optional<FolderLock> still;
        if (is_folder(lake)) still = TRY(FolderLock::take(lake, FolderLock::Wait::Yes));
        for (const std::string& name : names) {
            if (!is_database(name) || name == inbox_name) continue;
            PinnedDatabase database = TRY(PinnedDatabase::open(data_ + "/" + name));
            pinned_.emplace(name, std::move(database));
        }
        if (!is_file(fmt::format("{}/{}", data_, inbox_name))) return {};
        PinnedDatabase inbox = TRY(PinnedDatabase::open(fmt::format("{}/{}", data_, inbox_name)));
        for (const std::string& part : TRY(inbox.parts())) TRY_VOID(take_part(lake, part));
        pinned_.emplace(inbox_name, std::move(inbox));
        return {};
    }

    Result<void> take_part(const std::string& lake, const std::string& part) const {
        if (!is_backup_path(part))
            return error(ErrorKind::Corrupt, fmt::format("the inbox names a part that is none: {}", part));
        const std::string to = fmt::format("{}/{}/{}", folder_, lake_name, part);
        TRY_VOID(make_private_folder(std::filesystem::path(to).parent_path()));
        if (TRY(link_file(lake + "/" + part, to))) return {};
        return copy_private(lake + "/" + part, to);
    }

    std::string data_, folder_;
    std::optional<FolderLock> lock_;
    std::map<std::string, PinnedDatabase> pinned_;
};

Result<void> check_place(const BackupCommand& command) {
    const std::string inbox = fmt::format("{}/{}", command.data, inbox_name);
    const std::string catalog = fmt::format("{}/{}", command.data, catalog_name);
    if (!is_file(inbox) && !is_file(catalog))
        return error(ErrorKind::NotFound,
                     fmt::format("{} is no data folder of vigia: name it with --data", command.data));
    if (is_below(command.backup, command.data))
        return error(ErrorKind::BadInput,
                     fmt::format("{} lies in the data folder: a backup belongs elsewhere", command.backup));
    return {};
}

// Whether the files are those that the manifest names, all of them and as they were.
Result<Manifest> checked_manifest(const std::string& backup, const std::string& folder) {
    const std::string file = fmt::format("{}/{}", folder, manifest_name);
    const auto damaged = [&](const std::string& what) {
        return error(ErrorKind::Corrupt, fmt::format("the backup {} is damaged: {}", backup, what));
    };
    if (!is_file(file)) return damaged("it has no manifest.json, so it is none or was cut short");
    auto manifest = parse_manifest(TRY(read_file(file, manifest_bytes_max)));
    if (!manifest && manifest.error().kind == ErrorKind::Corrupt)
        return damaged("manifest.json: " + manifest.error().message);
    if (!manifest) return std::unexpected(manifest.error());
    for (const BackupFile& one : manifest->files) {
        const std::string path = folder + "/" + one.path;
        if (!is_file(path)) return damaged(one.path + " is not in it");
        const BackupFile found = TRY(measured(one.path, path));
        if (found != one) return damaged(one.path + " is not what it was (its SHA-256 is another)");
    }
    if (TRY(files_below(folder)).size() != manifest->files.size() + 1)
        return damaged("it has files that its manifest does not name");
    return manifest;
}

BackupDone done_of(const Manifest& manifest) {
    BackupDone done{.files = manifest.files.size(), .has_control_plane = manifest.has_control_plane};
    for (const BackupFile& one : manifest.files) done.bytes += one.bytes;
    return done;
}

// A folder that goes, with all that is in it, unless it is kept.
class Passing {
public:
    explicit Passing(std::string folder) : folder_(std::move(folder)) {}
    Passing(const Passing&) = delete;
    Passing& operator=(const Passing&) = delete;
    ~Passing() {
        if (!kept_) (void)remove_folder(folder_);
    }
    void keep() { kept_ = true; }

private:
    std::string folder_;
    bool kept_ = false;
};

constexpr std::string_view elsewhere =
    "the control plane and alerts are in PostgreSQL: dump them now, after this, with pg_dump "
    "--format=custom; what "
    "was acknowledged before is then in both\n";

}  // namespace

Result<BackupDone> back_up(const BackupCommand& command) {
    TRY_VOID(check_place(command));
    Staging staging(command.data);
    TRY_VOID(staging.begin());
    auto writer = TRY(BackupWriter::open(command.backup));
    TRY_VOID(staging.gather());
    Manifest manifest;
    manifest.vigia = VIGIA_VERSION;
    manifest.made_at = format_rfc3339(std::chrono::floor<std::chrono::seconds>(SystemClock().now()));
    manifest.has_control_plane =
        command.database.empty() && is_file(fmt::format("{}/{}", command.data, catalog_name));
    for (const std::string& path : TRY(staging.paths())) {
        const std::string file = staging.folder() + "/" + path;
        BackupFile one = TRY(measured(path, file));
        TRY_VOID(writer->add(path, file));
        manifest.files.push_back(std::move(one));
    }
    const std::string list = fmt::format("{}/{}", staging.folder(), manifest_name);
    TRY_VOID(write_private_file(list, print(manifest)));
    TRY_VOID(writer->add(std::string(manifest_name), list));
    TRY_VOID(writer->finish());
    return done_of(manifest);
}

Result<BackupDone> restore(const BackupCommand& command) {
    const bool was_there = is_folder(command.data);
    if (was_there && !TRY(names_in(command.data)).empty())
        return error(ErrorKind::Conflict,
                     fmt::format("{} is not empty: restore into a new folder, or move the old one away",
                                 command.data));
    if (is_file(command.data)) return error(ErrorKind::Conflict, fmt::format("{} is a file", command.data));
    TRY_VOID(make_private_folder(command.data));
    Passing whole(command.data);
    if (was_there) whole.keep();
    const std::string folder = fmt::format("{}/{}", command.data, restoring_name);
    const auto done = [&]() -> Result<BackupDone> {
        const Passing passing(folder);
        TRY_VOID(make_private_folder(folder));
        TRY_VOID(extract_backup(command.backup, folder));
        const Manifest manifest = TRY(checked_manifest(command.backup, folder));
        for (const std::string& name : TRY(names_in(folder))) {
            if (name != manifest_name) TRY_VOID(rename_file(folder + "/" + name, command.data + "/" + name));
        }
        return done_of(manifest);
    }();
    if (done) whole.keep();
    return done;
}

int backup_command(const BackupCommand& command) {
    const auto done = back_up(command);
    if (!done) return fail(done.error());
    fmt::print("{} files, {} bytes, in {}\n", done->files, done->bytes, command.backup);
    if (!done->has_control_plane) fmt::print("{}", elsewhere);
    return Nothing;
}

int restore_command(const BackupCommand& command) {
    const auto done = restore(command);
    if (!done) return fail(done.error());
    fmt::print("{} files, {} bytes, in {}\n", done->files, done->bytes, command.data);
    if (!done->has_control_plane)
        fmt::print("the control plane and alerts were in PostgreSQL: restore its dump with pg_restore\n");
    return Nothing;
}

}  // namespace vigia
