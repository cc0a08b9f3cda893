#include "store/event_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>

#include "base/assert.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/log.h"
#include "base/random.h"
#include "store/columns.h"
#include "store/event_parts.h"
#include "store/parquet_writer.h"

namespace vigia {

namespace {

double ms_since(SteadyTime began) { return seconds_since(began) * 1000; }

}  // namespace

std::shared_ptr<EventStore::PartFile> EventStore::part_file(const Part& part) const {
    auto file = std::make_shared<PartFile>();
    file->path = full_path(part.path);
    file->part = part;
    return file;
}

EventStore::EventStore(const StoreSettings& settings, Inbox& inbox, Duck duck)
    : settings_(settings),
      inbox_(inbox),
      duck_(std::move(duck)),
      run_(hex(random_bytes(4))),
      snapshot_(std::make_shared<const Snapshot>()) {}

EventStore::~EventStore() = default;

Result<std::unique_ptr<EventStore>> EventStore::open(const StoreSettings& settings, Inbox& inbox) {
    TRY_VOID(make_private_folder(settings.folder));
    const std::string spill = settings.folder + "/.spill";
    Duck duck = TRY(Duck::open({settings.memory_bytes_max, settings.threads, spill}));
    std::unique_ptr<EventStore> store(new EventStore(settings, inbox, std::move(duck)));
    TRY_VOID(store->tails_->add_to(store->duck_));
    TRY_VOID(store->load_parts());
    TRY_VOID(store->remove_strangers());
    store->tail_ = store->tails_->add();
    store->publish([&](Snapshot& next) { next.tails.push_back(store->tail_); });
    return store;
}

// A part whose file is not there, or has another size, is damaged.
Result<void> EventStore::load_parts() {
    auto parts = TRY(inbox_.parts());
    auto next = std::make_shared<Snapshot>();
    for (Part& part : parts) {
        const auto size = file_bytes(full_path(part.path));
        if (!part.damaged && (!size || *size != part.bytes)) {
            part.damaged = true;
            TRY_VOID(inbox_.set_damaged(part));
            log(LogLevel::Error, "store", "a part is gone or has another size, and is set aside",
                {{"part", part.path}});
        }
        next->parts.push_back(part_file(part));
    }
    snapshot_ = std::move(next);
    return {};
}

// What a crash left between writing a file and telling the inbox of it.
Result<void> EventStore::remove_strangers() const {
    std::set<std::string> known;
    for (const auto& file : snapshot_->parts) known.insert(file->path);
    for (const std::string& path : TRY(files_below(settings_.folder))) {
        if (path.ends_with(".parquet") && !known.contains(path)) TRY_VOID(remove_file(path));
    }
    return {};
}

EventStore::View EventStore::snapshot() const {
    const std::lock_guard lock(mutex_);
    return snapshot_;
}

void EventStore::publish(const std::function<void(Snapshot&)>& change) {
    std::shared_ptr<const Snapshot> before;
    const std::lock_guard lock(mutex_);
    auto next = std::make_shared<Snapshot>(*snapshot_);
    change(*next);
    before = std::exchange(snapshot_, std::move(next));
}

void EventStore::append(std::shared_ptr<const Tail::Batch> batch) {
    std::shared_ptr<Tail> tail;
    {
        const std::lock_guard lock(mutex_);
        tail = tail_;
    }
    tail->append(std::move(batch));
}

size_t EventStore::tail_rows() const {
    const std::lock_guard lock(mutex_);
    return tail_->rows();
}

Result<uint64_t> EventStore::memory_bytes() {
    DuckConnection connection = TRY(duck_.connect());
    auto rows = TRY(connection.query("select sum(memory_usage_bytes)::bigint from duckdb_memory()"));
    uint64_t bytes = TRY(rows.next()) ? static_cast<uint64_t>(rows.number(0, 0).value_or(0)) : 0;
    for (const auto& tail : snapshot()->tails) bytes += tail->bytes();
    return bytes;
}

size_t EventStore::waiting_tails() const { return snapshot()->tails.size() - 1; }

void EventStore::rotate() {
    std::shared_ptr<Tail> full;
    {
        const std::lock_guard lock(mutex_);
        full = tail_;
    }
    if (full->last_batch() == 0) return;
    auto fresh = tails_->add();
    publish([&](Snapshot& next) {
        next.tails.push_back(fresh);
        tail_ = fresh;
    });
}

Result<void> EventStore::seal() {
    rotate();
    return seal_rotated();
}

// In the order in which they were filled, so that the inbox forgets no batch before its time.
Result<void> EventStore::seal_rotated() {
    const std::lock_guard changing(change_mutex_);
    const FolderLock pinned = TRY(FolderLock::take(settings_.folder, FolderLock::Wait::Yes));
    while (true) {
        const auto taken = snapshot();
        if (taken->tails.size() < 2) return {};
        TRY_VOID(seal_tail(taken->tails.front()));
    }
}

Result<void> EventStore::seal_tail(const std::shared_ptr<Tail>& full) {
    const SteadyTime began = steady_now();
    const std::vector<Part> parts = TRY(write_parts(*full));
    if (on_sealed_) {
        for (const Part& part : parts) on_sealed_(part, {});
    }
    TRY_VOID(inbox_.seal(full->last_batch(), parts));
    publish([&](Snapshot& next) {
        std::erase(next.tails, full);
        for (const Part& part : parts) next.parts.push_back(part_file(part));
    });
    uint64_t bytes = 0;
    for (const Part& part : parts) bytes += part.bytes;
    log(LogLevel::Info, "store", "a tail was sealed",
        {{"events", full->rows()}, {"parts", parts.size()}, {"bytes", bytes}, {"ms", ms_since(began)}});
    return {};
}

Result<std::vector<Part>> EventStore::write_parts(const Tail& tail) {
    DuckConnection connection = TRY(duck_.connect());
    std::vector<Part> parts;
    for (const Part& part : tail.parts()) {
        const std::string from = fmt::format("select {} from {}", part_columns(),
                                             Tails::table(tail, part.organisation, part.first, part.last));
        parts.push_back(TRY(write_part(connection, part, from)));
    }
    return parts;
}

// Under a temporary name, synced, then renamed: a file of the lake is whole.
Result<Part> EventStore::write_part(DuckConnection& connection, const Part& what, const std::string& from) {
    Part part = what;
    const std::string folder = fmt::format("organisation={}/day={}", part.organisation, part.day);
    part.path = fmt::format("{}/part-{}-{:06}.parquet", folder, run_, next_part_++);
    TRY_VOID(make_private_folder(full_path(folder)));
    const std::string temporary = full_path(part.path) + ".tmp";
    TRY_VOID(connection.execute(
        copy_to_parquet(fmt::format("select * from ({}) order by time, id", from), temporary)));
    TRY_VOID(finish_file(temporary, full_path(part.path)));
    part.bytes = TRY(file_bytes(full_path(part.path)));
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
    const std::string from = fmt::format("select {} from {}", part_columns(), read_parquet(paths));
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
        std::erase_if(next.parts,
                      [&](const auto& file) { return std::ranges::find(files, file) != files.end(); });
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

StoreCounts EventStore::counts() const {
    StoreCounts counts;
    const auto taken = snapshot();
    for (const auto& tail : taken->tails) counts.tail_rows += tail->rows();
    for (const auto& file : taken->parts) {
        if (file->part.damaged) {
            counts.damaged.push_back(file->path);
            continue;
        }
        counts.parts++;
        counts.sealed_rows += file->part.rows;
        counts.part_bytes += file->part.bytes;
    }
    return counts;
}

}  // namespace vigia
