#include "store/event_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "base/file.h"
#include "base/random.h"
#include "store/columns.h"
#include "store/event_store_state.h"

namespace vigia {

namespace {

// Fixed columns of a tail, in its order; the event columns follow.
constexpr size_t organisation_column = 0;
constexpr size_t id_column = 1;
constexpr size_t type_column = 2;
constexpr size_t time_column = 3;
constexpr size_t received_column = 4;
constexpr size_t many_column = 5;
constexpr size_t record_column = 6;
constexpr size_t fixed_columns = 7;

std::string tail_schema(const std::string& table) {
    std::string text = fmt::format(
        "create table {} (organisation varchar, id varchar, type varchar, time timestamp, received "
        "timestamp, "
        "many bigint, record varchar",
        table);
    for (const EventColumn& column : event_columns()) text += fmt::format(", {} varchar", column.name);
    return text + ")";
}

}  // namespace

std::string day_of(Time time) {
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(time)};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                       static_cast<unsigned>(day.day()));
}

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
    TRY_VOID(store->load_parts());
    TRY_VOID(store->remove_strangers());
    store->tail_ = TRY(store->new_tail());
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

Result<std::shared_ptr<EventStore::Tail>> EventStore::new_tail() {
    const std::string table = fmt::format("tail_{}", next_tail_++);
    DuckConnection connection = TRY(duck_.connect());
    TRY_VOID(connection.execute(tail_schema(table)));
    std::vector<DuckColumn> columns(fixed_columns + event_columns().size(), DuckColumn::Text);
    columns[time_column] = columns[received_column] = DuckColumn::Timestamp;
    columns[many_column] = DuckColumn::Number;
    DuckAppender appender = TRY(DuckAppender::open(connection, table, columns));
    return std::make_shared<Tail>(std::move(connection), table, std::move(appender));
}

std::shared_ptr<const EventStore::Snapshot> EventStore::snapshot() const {
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

Result<void> EventStore::append(const Append& what) {
    std::shared_ptr<Tail> tail;
    {
        const std::lock_guard lock(mutex_);
        tail = tail_;
    }
    DuckAppender& to = tail->appender;
    for (const uint32_t at : what.accepted) {
        const EventRows::Row& row = what.rows.row(at);
        to.set(organisation_column, what.organisation);
        to.set(id_column, what.rows.id(at));
        to.set(type_column, row.type);
        to.set(time_column, microseconds(row.time));
        to.set(received_column, microseconds(what.received));
        to.set(many_column, static_cast<int64_t>(row.many));
        to.set(record_column, what.rows.record(at));
        for (size_t i = 0; i < what.rows.columns(); i++) {
            if (const auto value = what.rows.value(at, i))
                to.set(fixed_columns + i, *value);
            else
                to.set_null(fixed_columns + i);
        }
        TRY_VOID(to.end_row());
        const auto [day, is_new] = tail->days.try_emplace({what.organisation, day_of(row.time)});
        Part& part = day->second;
        part.rows++;
        part.first = is_new ? row.time : std::min(part.first, row.time);
        part.last = is_new ? row.time : std::max(part.last, row.time);
    }
    TRY_VOID(to.flush());
    for (const uint32_t at : what.accepted) tail->bytes += what.rows.record(at).size();
    tail->rows += what.accepted.size();
    tail->last_batch = what.batch;
    return {};
}

size_t EventStore::tail_rows() const {
    const std::lock_guard lock(mutex_);
    return tail_->rows;
}

uint64_t EventStore::tail_bytes() const {
    const std::lock_guard lock(mutex_);
    return tail_->bytes;
}

size_t EventStore::waiting_tails() const { return snapshot()->tails.size() - 1; }

Result<size_t> EventStore::rotate() {
    std::shared_ptr<Tail> full;
    {
        const std::lock_guard lock(mutex_);
        full = tail_;
    }
    if (full->last_batch == 0) return waiting_tails();
    auto fresh = TRY(new_tail());
    publish([&](Snapshot& next) {
        next.tails.push_back(fresh);
        tail_ = fresh;
    });
    return waiting_tails();
}

Result<uint64_t> EventStore::restart_tail() {
    auto fresh = TRY(new_tail());
    uint64_t sealing = 0;
    publish([&](Snapshot& next) {
        next.tails.back() = fresh;
        tail_ = fresh;
        if (next.tails.size() > 1) sealing = next.tails[next.tails.size() - 2]->last_batch;
    });
    return sealing;
}

Result<void> EventStore::seal() {
    TRY(rotate());
    return seal_rotated();
}

// In the order in which they were filled, so that the inbox forgets no batch before its time.
Result<void> EventStore::seal_rotated() {
    const std::lock_guard changing(change_mutex_);
    while (true) {
        const auto taken = snapshot();
        if (taken->tails.size() < 2) return {};
        TRY_VOID(seal_tail(taken->tails.front()));
    }
}

Result<void> EventStore::seal_tail(const std::shared_ptr<Tail>& full) {
    if (!full->written) {
        full->written = TRY(write_parts(*full));
        if (on_sealed_) {
            for (const Part& part : *full->written) on_sealed_(part, {});
        }
    }
    const std::vector<Part>& parts = *full->written;
    TRY_VOID(inbox_.seal(full->last_batch, parts));
    publish([&](Snapshot& next) {
        std::erase(next.tails, full);
        for (const Part& part : parts) next.parts.push_back(part_file(part));
    });
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
    for (const auto& tail : taken->tails) counts.tail_rows += tail->rows;
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
