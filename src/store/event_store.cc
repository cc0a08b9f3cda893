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

namespace vigia {

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

// A part whose file is not there, or has another size, is damaged; one that was, and is whole again, is not.
Result<void> EventStore::load_parts() {
    auto parts = TRY(inbox_.parts());
    auto next = std::make_shared<Snapshot>();
    for (Part& part : parts) {
        const auto size = file_bytes(full_path(part.path));
        const bool is_there = size && *size == part.bytes;
        if (!part.damaged && !is_there) {
            part.damaged = true;
            remember_damage(part);
        } else if (part.damaged && is_there && !part.checksum.empty() && is_whole(part)) {
            part.damaged = false;
            remember_damage(part);
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
        const bool is_ours = path.ends_with(".parquet") || path.ends_with(temporary_suffix);
        if (is_ours && !known.contains(path)) TRY_VOID(remove_file(path));
    }
    return {};
}

EventStore::View EventStore::snapshot() const {
    const std::lock_guard lock(mutex_);
    return snapshot_;
}

void EventStore::publish(const std::function<void(Snapshot&)>& change) {
    std::shared_ptr<const Snapshot> before;  // goes after the lock: its files may be removed with it
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

uint64_t EventStore::tail_bytes() const {
    const std::lock_guard lock(mutex_);
    return tail_->bytes();
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
    if (!full->written) {
        full->written = TRY(write_parts(*full));
        if (on_sealed_) {
            for (const Part& part : *full->written) on_sealed_(part, {});
        }
    }
    const std::vector<Part>& parts = *full->written;
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

std::vector<Part> EventStore::parts() const {
    std::vector<Part> parts;
    for (const auto& file : snapshot()->parts) parts.push_back(file->part);
    return parts;
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
