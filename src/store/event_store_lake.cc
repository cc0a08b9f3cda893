#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "base/file.h"
#include "base/folder.h"
#include "base/hash.h"
#include "base/log.h"
#include "store/event_parts.h"
#include "store/event_store.h"
#include "store/parquet_writer.h"

// The lake: how its files are written, made one, removed, and held to what was written.
namespace vigia {

namespace {

constexpr size_t checksum_piece_bytes = size_t{1} << 20;

}  // namespace

Result<std::string> checksum_of(const std::string& path) {
    const auto source = TRY(open_source(path));
    std::string piece(checksum_piece_bytes, '\0');
    Hash128 hash;
    while (true) {
        // Whole pieces, however the reads fall.
        size_t filled = 0;
        while (filled < piece.size()) {
            const size_t count = TRY(source->read(std::span(piece).subspan(filled)));
            if (count == 0) break;
            filled += count;
        }
        if (filled == 0) return fmt::format("{:016x}{:016x}", hash.high, hash.low);
        hash = hash128(std::string_view(piece).substr(0, filled), hash.low ^ hash.high);
    }
}

std::string part_order(std::string_view query) {
    return fmt::format(
        "select * exclude row_group from (select *, (row_number() over (order by time) - 1) // {} as "
        "row_group from ({})) order by row_group, {} nulls first, time",
        row_group_rows, query, fmt::join(part_order_columns, " nulls first, "));
}

Result<std::vector<Part>> EventStore::write_parts(const Tail& tail) {
    DuckConnection connection = TRY(duck_.connect());
    std::vector<Part> parts;
    for (const Part& part : tail.parts()) {
        const std::string from = fmt::format("select {} from {}", part_columns(),
                                             Tails::table(tail, part.organisation, part.first, part.last, Tails::Order::Part));
        auto written = write_part(connection, part, from);
        if (!written) {
            for (const Part& one : parts) (void)remove_file(full_path(one.path));
            return std::unexpected(written.error());
        }
        parts.push_back(*std::move(written));
    }
    return parts;
}

// Under a temporary name, synced, then renamed: a file of the lake is whole.
Result<Part> EventStore::write_part(DuckConnection& connection, const Part& what, const std::string& from) {
    Part part = what;
    const std::string folder = fmt::format("organisation={}/day={}", part.organisation, part.day);
    part.path = fmt::format("{}/part-{}-{:06}.parquet", folder, run_, next_part_++);
    TRY_VOID(make_private_folder(full_path(folder)));
    const std::string temporary = full_path(part.path) + temporary_suffix;
    const auto finish = [&]() -> Result<void> {
        TRY_VOID(connection.execute(
            copy_to_parquet(from, temporary)));
        part.checksum = TRY(checksum_of(temporary));
        part.bytes = TRY(file_bytes(temporary));
        return finish_file(temporary, full_path(part.path));
    };
    if (const auto done = finish(); !done) {
        // A disk that is full needs the room; what cannot be removed now is removed at the next start.
        (void)remove_file(temporary);
        return std::unexpected(done.error());
    }
    return part;
}

Result<size_t> EventStore::compact() {
    const std::lock_guard changing(change_mutex_);
    const FolderLock pinned = TRY(FolderLock::take(settings_.folder, FolderLock::Wait::Yes));
    std::map<std::pair<std::string, std::string>, std::vector<std::shared_ptr<PartFile>>> small;
    for (const auto& file : snapshot()->parts) {
        if (!file->part.damaged && file->part.rows < tail_rows_max / 2)
            small[{file->part.organisation, file->part.day}].push_back(file);
    }
    size_t gone = 0;
    for (const auto& [day, files] : small) {
        if (files.size() < small_parts_max) continue;
        // What is damaged is not carried on under a checksum that is right.
        if (set_aside(files) > 0) continue;
        TRY_VOID(compact_day(files));
        gone += files.size() - 1;
    }
    return gone;
}

Result<void> EventStore::compact_day(const std::vector<std::shared_ptr<PartFile>>& files) {
    Part whole = files.front()->part;
    whole.rows = 0;
    std::vector<Part> before;
    std::vector<std::string> paths;
    for (const auto& file : files) {
        whole.rows += file->part.rows;
        whole.first = std::min(whole.first, file->part.first);
        whole.last = std::max(whole.last, file->part.last);
        whole.has_many = whole.has_many || file->part.has_many;
        before.push_back(file->part);
        paths.push_back(file->path);
    }
    DuckConnection connection = TRY(duck_.connect());
    const std::string from = part_order(fmt::format("select {} from {}", part_columns(), read_parquet(paths)));
    const SteadyTime began = steady_now();
    const Part made = TRY(write_part(connection, whole, from));
    if (on_sealed_) on_sealed_(made, before);
    TRY_VOID(inbox_.replace(before, std::span(&made, 1)));
    replace(files, part_file(made));
    log(LogLevel::Info, "store", "small parts became one",
        {{"part", made.path}, {"parts", files.size()}, {"events", made.rows}, {"ms", ms_since(began)}});
    return {};
}

// The files are no part of the lake any more; what is made of them, if anything, is.
void EventStore::replace(const std::vector<std::shared_ptr<PartFile>>& files,
                         const std::shared_ptr<PartFile>& made) {
    publish([&](Snapshot& next) {
        // By path: one may have been set aside meanwhile.
        std::erase_if(next.parts, [&](const auto& file) {
            return std::ranges::find(files, file->path, &PartFile::path) != files.end();
        });
        if (made != nullptr) next.parts.push_back(made);
    });
    for (const auto& file : files) file->replaced = true;
}

Result<size_t> EventStore::remove_before(const std::string& organisation, const std::string& day) {
    const std::lock_guard changing(change_mutex_);
    const FolderLock pinned = TRY(FolderLock::take(settings_.folder, FolderLock::Wait::Yes));
    std::vector<std::shared_ptr<PartFile>> old;
    std::vector<Part> parts;
    for (const auto& file : snapshot()->parts) {
        if (file->part.organisation != organisation || file->part.day >= day) continue;
        old.push_back(file);
        parts.push_back(file->part);
    }
    if (old.empty()) return 0;
    TRY_VOID(inbox_.replace(parts, {}));
    replace(old, nullptr);
    log(LogLevel::Info, "store", "days that are older than they are kept were removed",
        {{"organisation", organisation}, {"before", day}, {"parts", old.size()}});
    return old.size();
}

bool EventStore::is_whole(const Part& part) {
    const std::string path = full_path(part.path);
    const auto size = file_bytes(path);
    if (!size || *size != part.bytes) return false;
    if (!part.checksum.empty()) {
        const auto found = checksum_of(path);
        return found && *found == part.checksum;
    }
    auto connection = duck_.connect();
    if (!connection) return true;  // which says nothing about the part
    const auto read =
        connection->execute(fmt::format("select count(columns(*)) from {}", read_parquet(path)));
    // A statement that the database does not understand says nothing of the file.
    return read || read.error().kind != ErrorKind::Io || read.error().message.contains("Binder Error");
}

// In force in any case; when the inbox cannot be told now, the next start finds it out again.
void EventStore::remember_damage(const Part& part) {
    (void)inbox_.set_damaged(part);
    if (part.damaged)
        log(LogLevel::Error, "store", "a part is damaged and is set aside", {{"part", part.path}});
    else
        log(LogLevel::Info, "store", "a part is whole again and is served", {{"part", part.path}});
}

void EventStore::set_damaged(const std::shared_ptr<PartFile>& file, bool damaged) {
    auto changed = part_file(file->part);
    changed->part.damaged = damaged;
    remember_damage(changed->part);
    // Under the same path only: another may have done it already, or removed it.
    publish([&](Snapshot& next) {
        for (auto& one : next.parts) {
            if (one->path == file->path) one = changed;
        }
    });
}

size_t EventStore::set_aside(std::span<const std::shared_ptr<PartFile>> files) {
    size_t damaged = 0;
    for (const auto& file : files) {
        if (is_whole(file->part)) continue;
        set_damaged(file, true);
        damaged++;
    }
    return damaged;
}

size_t EventStore::verify_next() {
    const std::lock_guard changing(change_mutex_);
    const auto taken = snapshot();
    std::shared_ptr<PartFile> next, first;
    for (const auto& file : taken->parts) {
        // What was damaged without a checksum cannot be told to be whole again.
        if (file->part.damaged && file->part.checksum.empty()) continue;
        if (first == nullptr || file->path < first->path) first = file;
        if (file->path > verified_ && (next == nullptr || file->path < next->path)) next = file;
    }
    if (next == nullptr) next = first;
    if (next == nullptr) return 0;
    verified_ = next->path;
    const bool damaged = !is_whole(next->part);
    if (damaged == next->part.damaged) return 0;
    set_damaged(next, damaged);
    return 1;
}

}  // namespace vigia
