#include "store/tail.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "store/columns.h"
#include "store/event_parts.h"
#include "store/parquet_writer.h"

namespace vigia {

namespace {

constexpr std::string_view table_name = "tail_rows";

// The columns of the table: these, those of events, and these.
enum FixedColumn : size_t { IdColumn, TypeColumn, TimeColumn, ReceivedColumn, ManyColumn, EventColumns };
size_t record_column() { return EventColumns + event_columns().size(); }
size_t place_column() { return record_column() + 1; }

std::vector<DuckTable::Column> columns() {
    std::vector<DuckTable::Column> all{{"id", DuckColumn::Text},
                                       {"type", DuckColumn::Text},
                                       {"time", DuckColumn::Timestamp},
                                       {"received", DuckColumn::Timestamp},
                                       {"many", DuckColumn::Number}};
    for (const EventColumn& column : event_columns())
        all.push_back({std::string(column.name), DuckColumn::Text});
    all.push_back({"record", DuckColumn::Text});
    all.push_back({"place", DuckColumn::Number});
    return all;
}

}  // namespace

std::string day_of(Time time) {
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(time)};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                       static_cast<unsigned>(day.day()));
}

void Tail::append(std::shared_ptr<const Batch> shared) {
    const Batch& batch = *shared;
    if (batch.accepted.empty()) return;
    const std::lock_guard lock(mutex_);
    std::chrono::sys_days day_at{std::chrono::days::min()};
    Part* part = nullptr;
    for (const uint32_t at : batch.accepted) {
        const EventRows::Row& row = batch.rows.row(at);
        // A batch is of few days, and of one at a time.
        if (const auto of_row = std::chrono::floor<std::chrono::days>(row.time); of_row != day_at) {
            day_at = of_row;
            part = &parts_[{batch.organisation, day_of(row.time)}];
        }
        part->first = part->rows == 0 ? row.time : std::min(part->first, row.time);
        part->last = part->rows == 0 ? row.time : std::max(part->last, row.time);
        part->has_many = (part->rows > 0 && part->has_many) || row.many != 0;
        part->rows++;
    }
    auto& of_organisation = batches_[batch.organisation];
    const uint64_t first_place = rows_;
    rows_ += batch.accepted.size();
    bytes_ += batch.rows.bytes();
    last_batch_ = batch.number;
    of_organisation.push_back({std::move(shared), first_place});
}

uint64_t Tail::rows() const {
    const std::lock_guard lock(mutex_);
    return rows_;
}

uint64_t Tail::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

uint64_t Tail::last_batch() const {
    const std::lock_guard lock(mutex_);
    return last_batch_;
}

std::vector<Part> Tail::parts() const {
    const std::lock_guard lock(mutex_);
    std::vector<Part> all;
    for (const auto& [key, one] : parts_) {
        Part& part = all.emplace_back(one);
        part.organisation = key.first;
        part.day = key.second;
    }
    return all;
}

std::optional<std::string_view> Tail::record(const std::string& organisation, uint64_t place) const {
    const std::lock_guard lock(mutex_);
    const auto found = batches_.find(organisation);
    if (found == batches_.end()) return std::nullopt;
    const auto after = std::ranges::upper_bound(found->second, place, {}, &Kept::first_place);
    if (after == found->second.begin()) return std::nullopt;
    const Kept& kept = *std::prev(after);
    const uint64_t at = place - kept.first_place;
    if (at >= kept.batch->accepted.size()) return std::nullopt;
    return kept.batch->rows.record(kept.batch->accepted[at]);
}

// One reading: of the batches that are there when it begins.
class TailScan final : public DuckScan {
public:
    TailScan(std::shared_ptr<const Tail> tail, const std::string& organisation, int64_t since_us,
             int64_t until_us, Tails::Order order, std::span<const size_t> columns)
        : tail_(std::move(tail)),
          since_us_(since_us),
          until_us_(until_us),
          columns_(columns.begin(), columns.end()),
          is_ordered_(order == Tails::Order::Part) {
        const std::lock_guard lock(tail_->mutex_);
        const auto found = tail_->batches_.find(organisation);
        if (found == tail_->batches_.end()) return;
        for (const auto& one : found->second) batches_.push_back(&one);
    }

    Result<size_t> fill(DuckChunk& chunk) override {
        if (is_ordered_ && !ordered_) ordered_ = in_order();
        size_t rows = 0;
        for (; rows < DuckChunk::rows_max(); rows++) {
            const auto row = next();
            if (!row) break;
            put(*row, chunk, rows);
        }
        return rows;
    }

private:
    struct Row {
        const Tail::Kept* kept;
        size_t at;  // of the batch's accepted rows

        uint32_t in_batch() const { return kept->batch->accepted[at]; }
        const EventRows& rows() const { return kept->batch->rows; }
        Time time() const { return rows().row(in_batch()).time; }
    };

    std::optional<Row> next() {
        if (!ordered_) return next_arrived();
        if (next_ordered_ == ordered_->size()) return std::nullopt;
        return (*ordered_)[next_ordered_++].row;
    }

    std::optional<Row> next_arrived() {
        for (; batch_ < batches_.size(); batch_++, at_ = 0) {
            while (at_ < batches_[batch_]->batch->accepted.size()) {
                const Row row{batches_[batch_], at_++};
                const int64_t time_us = microseconds(row.time());
                if (time_us >= since_us_ && time_us <= until_us_) return row;
            }
        }
        return std::nullopt;
    }

    // What a row is ordered by.
    struct Ordered {
        int64_t time_us;
        std::array<std::optional<std::string_view>, part_order_columns.size()> likeness;
        Row row;
    };

    // The slow twin is part_order() in SQL.
    std::vector<Ordered> in_order() {
        std::array<size_t, part_order_columns.size()> columns;
        std::ranges::transform(part_order_columns, columns.begin(), column_index);
        std::vector<Ordered> rows;
        while (const auto row = next_arrived()) {
            Ordered& one = rows.emplace_back(Ordered{microseconds(row->time()), {}, *row});
            for (size_t i = 0; i < columns.size(); i++)
                one.likeness[i] = row->rows().value(row->in_batch(), columns[i]);
        }
        std::ranges::stable_sort(rows, {}, &Ordered::time_us);
        for (size_t from = 0; from < rows.size(); from += row_group_rows) {
            const auto group = std::span(rows).subspan(from, std::min(row_group_rows, rows.size() - from));
            std::ranges::stable_sort(group, {}, &Ordered::likeness);
        }
        return rows;
    }

    void put(const Row& one, DuckChunk& chunk, size_t to) const {
        const Tail::Kept& kept = *one.kept;
        const EventRows& rows = one.rows();
        const uint32_t from = one.in_batch();
        const EventRows::Row& row = rows.row(from);
        for (size_t i = 0; i < columns_.size(); i++) {
            const size_t column = columns_[i];
            if (column == IdColumn)
                chunk.set(i, to, rows.id(from));
            else if (column == TypeColumn)
                chunk.set(i, to, row.type);
            else if (column == TimeColumn)
                chunk.set(i, to, microseconds(row.time));
            else if (column == ReceivedColumn)
                chunk.set(i, to, microseconds(kept.batch->received));
            else if (column == ManyColumn)
                chunk.set(i, to, static_cast<int64_t>(row.many));
            else if (column < record_column_)
                put(rows.value(from, column - EventColumns), chunk, i, to);
            else if (column == record_column_)
                chunk.set(i, to, rows.record(from));
            else if (column == place_column_)
                chunk.set(i, to, static_cast<int64_t>(kept.first_place + one.at));
        }
    }

    static void put(const std::optional<std::string_view>& value, DuckChunk& chunk, size_t column,
                    size_t to) {
        if (value)
            chunk.set(column, to, *value);
        else
            chunk.set_null(column, to);
    }

    std::shared_ptr<const Tail> tail_;
    int64_t since_us_;
    int64_t until_us_;
    std::vector<size_t> columns_;
    const size_t record_column_ = record_column();
    const size_t place_column_ = place_column();
    std::vector<const Tail::Kept*> batches_;
    size_t batch_ = 0;
    size_t at_ = 0;  // of the batch's accepted rows
    bool is_ordered_;
    std::optional<std::vector<Ordered>> ordered_;
    size_t next_ordered_ = 0;
};

Result<void> Tails::add_to(const Duck& duck) {
    return duck.add_table(
        {.name = std::string(table_name),
         .columns = columns(),
         .parameters = {DuckColumn::Number, DuckColumn::Text, DuckColumn::Number, DuckColumn::Number,
                        DuckColumn::Number},
         .scan = [this](std::span<const DuckValue> arguments, std::span<const size_t> wanted) {
             return scan(arguments, wanted);
         }});
}

std::shared_ptr<Tail> Tails::add() {
    const std::lock_guard lock(mutex_);
    std::erase_if(tails_, [](const auto& one) { return one.second.expired(); });
    auto made = std::make_shared<Tail>(next_++);
    tails_.emplace(made->number(), made);
    return made;
}

std::string Tails::table(const Tail& tail, const std::string& organisation, std::optional<Time> since,
                         std::optional<Time> until, Order order) {
    return fmt::format("{}({}, {}, {}, {}, {})", table_name, tail.number(), quote_sql(organisation),
                       since ? microseconds(*since) : INT64_MIN + 1,
                       until ? microseconds(*until) : INT64_MAX, static_cast<int>(order));
}

Result<std::unique_ptr<DuckScan>> Tails::scan(std::span<const DuckValue> arguments,
                                              std::span<const size_t> columns) {
    VIGIA_ASSERT(arguments.size() == 5);
    const auto number = static_cast<uint64_t>(std::get<int64_t>(arguments[0]));
    std::shared_ptr<const Tail> tail;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = tails_.find(number); found != tails_.end()) tail = found->second.lock();
    }
    if (tail == nullptr) return error(ErrorKind::NotFound, fmt::format("there is no tail {}", number));
    return std::make_unique<TailScan>(std::move(tail), std::get<std::string>(arguments[1]),
                                      std::get<int64_t>(arguments[2]), std::get<int64_t>(arguments[3]),
                                      static_cast<Order>(std::get<int64_t>(arguments[4])), columns);
}

}  // namespace vigia
