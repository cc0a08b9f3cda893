#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace vigia {

// A parameter of a statement. Texts are never part of a statement's text.
using DuckValue = std::variant<std::monostate, int64_t, std::string>;

// What a statement may take: it ends with Busy when the time is over, and with Conflict when whoever asked
// does not want the answer any more. `cancelled` must outlive the statement.
struct DuckBound {
    Duration time_max = std::chrono::seconds{30};
    const std::atomic<bool>* cancelled = nullptr;
};

// The rows of an answer, a chunk at a time; what a row says is valid until the next chunk.
class DuckRows {
public:
    DuckRows(DuckRows&&) noexcept;
    DuckRows& operator=(DuckRows&&) noexcept;
    ~DuckRows();

    // Fetches the next chunk; false at the end.
    Result<bool> next();
    size_t size() const { return size_; }  // rows of the chunk
    size_t columns() const;
    // Of a text column. Nothing for null.
    std::optional<std::string_view> text(size_t column, size_t row) const;
    // Of an integer column of any width up to 64 bits. Nothing for null.
    std::optional<int64_t> number(size_t column, size_t row) const;

private:
    friend class DuckConnection;
    struct State;
    explicit DuckRows(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
    size_t size_ = 0;
};

// One connection. For one thread.
class DuckConnection {
public:
    DuckConnection(DuckConnection&&) noexcept;
    DuckConnection& operator=(DuckConnection&&) noexcept;
    ~DuckConnection();

    Result<void> execute(std::string_view sql, std::span<const DuckValue> parameters = {},
                         const DuckBound& bound = {.time_max = std::chrono::hours{1}});
    // Parameters stand as $1, $2 … in the text, which has each. The rows keep the connection busy until they
    // are gone.
    Result<DuckRows> query(std::string_view sql, std::span<const DuckValue> parameters = {},
                           const DuckBound& bound = {});

private:
    friend class Duck;
    struct State;
    explicit DuckConnection(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

enum class DuckColumn : uint8_t { Text, Number, Timestamp };  // numbers of 64 bits, microseconds since 1970

// Rows that a table of the program hands to SQL, a chunk at a time. Columns count as they were wanted.
class DuckChunk {
public:
    static size_t rows_max();

    void set_null(size_t column, size_t row);
    // The text is not copied: it must stay until the next fill, and where rows of an answer show it, while
    // they are read. It must be UTF-8, which nobody checks.
    void set(size_t column, size_t row, std::string_view text);
    void set(size_t column, size_t row, int64_t number);

private:
    friend class Duck;
    std::vector<void*> vectors_;  // of DuckDB
    std::vector<void*> data_;
};

// One reading of such a table. For one thread at a time.
class DuckScan {
public:
    virtual ~DuckScan() = default;
    // Fills rows from the first on, all of their columns; how many. None: it is at its end.
    virtual Result<size_t> fill(DuckChunk& chunk) = 0;
};

// A table that the program has, and SQL reads where it stands: NAME(arguments).
struct DuckTable {
    struct Column {
        std::string name;
        DuckColumn type;
    };
    std::string name;
    std::vector<Column> columns;
    std::vector<DuckColumn> parameters;  // Text or Number
    // Begins a reading. `columns` are the places of those that are wanted; one beyond the end is set by
    // nobody.
    std::function<Result<std::unique_ptr<DuckScan>>(std::span<const DuckValue> arguments,
                                                    std::span<const size_t> columns)>
        scan;
};

struct DuckLimits {
    uint64_t memory_bytes_max = 1024ULL * 1024 * 1024;
    size_t threads = 2;
    std::string spill_folder;  // for what does not fit in memory
};

// DuckDB in memory. It reads and writes Parquet, and fetches no extension. Safe to use from many threads.
class Duck {
public:
    static Result<Duck> open(const DuckLimits& limits);
    Duck(Duck&&) noexcept;
    Duck& operator=(Duck&&) noexcept;
    ~Duck();

    Result<DuckConnection> connect() const;
    // For all connections, and as long as the database is there.
    Result<void> add_table(DuckTable table) const;

private:
    struct State;
    struct Reading;
    explicit Duck(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

std::string sql_time(Time time);

// The text as an SQL literal, for the places where DuckDB takes no parameter: file names.
std::string quote_sql(std::string_view text);

}  // namespace vigia
