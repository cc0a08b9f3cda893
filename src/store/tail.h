#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/event_rows.h"
#include "store/duck.h"
#include "store/inbox.h"

namespace vigia {

// "2026-11-25", in UTC.
std::string day_of(Time time);

// Events in memory, as their batches brought them: SQL reads them where they stand. One thread appends, any
// number read.
class Tail {
public:
    explicit Tail(uint64_t number) : number_(number) {}

    struct Batch {
        std::string organisation;
        uint64_t number = 0;  // in the inbox
        Time received;
        EventRows rows;
        std::vector<uint32_t> accepted;  // which of the rows
    };
    void append(std::shared_ptr<const Batch> batch);

    uint64_t number() const { return number_; }
    uint64_t rows() const;
    uint64_t bytes() const;       // of its batches
    uint64_t last_batch() const;  // 0: none
    // What it holds by organisation and day; a part to be for each.
    std::vector<Part> parts() const;
    // The record of a row by its `place`; nothing when there is none.
    std::optional<std::string_view> record(const std::string& organisation, uint64_t place) const;

private:
    friend class TailScan;
    struct Kept {
        std::shared_ptr<const Batch> batch;
        uint64_t first_place = 0;
    };

    uint64_t number_;
    mutable std::mutex mutex_;
    uint64_t rows_ = 0;
    uint64_t bytes_ = 0;
    uint64_t last_batch_ = 0;
    std::map<std::pair<std::string, std::string>, Part> parts_;  // by organisation and day
    // By organisation, in order. What is in it stays as it is and where it is.
    std::unordered_map<std::string, std::deque<Kept>> batches_;

public:
    // What was made of it, when the inbox could not be told yet: whether that has happened may show only
    // after a crash, so it is neither made again nor removed. Of the thread that seals.
    std::optional<std::vector<Part>> written;
};

// The tails that there are, as a table of SQL.
class Tails {
public:
    // Makes them known to the database, which must not outlive them.
    Result<void> add_to(const Duck& duck);

    std::shared_ptr<Tail> add();

    // As they came, or as a part has them.
    enum class Order : uint8_t { Arrival, Part };
    // The rows of one organisation between two times, which both belong to it; for a `from` clause. The
    // columns are those of a part and `place`, the number of the row. Whoever asks keeps the tail until it
    // has let go of the answer.
    static std::string table(const Tail& tail, const std::string& organisation, std::optional<Time> since,
                             std::optional<Time> until, Order order = Order::Arrival);

private:
    Result<std::unique_ptr<DuckScan>> scan(std::span<const DuckValue> arguments,
                                           std::span<const size_t> columns);

    std::mutex mutex_;
    uint64_t next_ = 1;
    std::map<uint64_t, std::weak_ptr<const Tail>> tails_;
};

}  // namespace vigia
