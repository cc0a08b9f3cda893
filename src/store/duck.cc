#include "store/duck.h"

#include <duckdb.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <exception>
#include <list>
#include <mutex>
#include <thread>

#include "base/assert.h"
#include "base/match.h"

namespace vigia {

namespace {

constexpr std::chrono::milliseconds watch_period{20};

// Interrupts statements that take longer than they may, or that nobody wants any more.
class Watchdog {
public:
    struct Watched {
        duckdb_connection connection;
        SteadyTime until;
        const std::atomic<bool>* cancelled;
        std::atomic<bool> late = false;
    };

    Watchdog() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

    std::list<Watched>::iterator begin(duckdb_connection connection, const DuckBound& bound) {
        const std::lock_guard lock(mutex_);
        watched_.emplace_back(connection, steady_now() + bound.time_max, bound.cancelled);
        wake_.notify_one();
        return std::prev(watched_.end());
    }

    void end(std::list<Watched>::iterator one) {
        const std::lock_guard lock(mutex_);
        watched_.erase(one);
    }

private:
    void run(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (!stop.stop_requested()) {
            if (watched_.empty())
                wake_.wait(lock, stop, [&] { return !watched_.empty(); });
            else
                wake_.wait_for(lock, stop, watch_period, [] { return false; });
            for (Watched& one : watched_) {
                if (steady_now() > one.until) one.late = true;
                const bool cancelled = one.cancelled != nullptr && one.cancelled->load();
                if (one.late || cancelled) duckdb_interrupt(one.connection);
            }
        }
    }

    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::list<Watched> watched_;
    std::jthread thread_;
};

// While it lives, its statement is watched.
class Watch {
public:
    Watch(Watchdog& watchdog, duckdb_connection connection, const DuckBound& bound)
        : watchdog_(watchdog), cancelled_(bound.cancelled), one_(watchdog.begin(connection, bound)) {}
    ~Watch() { watchdog_.end(one_); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    std::unexpected<Error> failure(const char* message) const {
        if (cancelled_ != nullptr && cancelled_->load())
            return error(ErrorKind::Conflict, "the query was cancelled");
        if (one_->late)
            return error(ErrorKind::Busy,
                         "the query took longer than it may: narrow its time range or its filter");
        const std::string_view text = message == nullptr ? "unknown error" : message;
        if (text.starts_with("Out of Memory"))
            return error(ErrorKind::Busy,
                         "the query needs more memory than it may: narrow its time range or its filter");
        const bool is_refused = text.contains("No space left") || text.contains("Read-only file system");
        return error(is_refused ? ErrorKind::Busy : ErrorKind::Io, fmt::format("the event store: {}", text));
    }

private:
    Watchdog& watchdog_;
    const std::atomic<bool>* cancelled_;
    std::list<Watchdog::Watched>::iterator one_;
};

duckdb_type duck_type(DuckColumn column) {
    switch (column) {
        case DuckColumn::Text:
            return DUCKDB_TYPE_VARCHAR;
        case DuckColumn::Number:
            return DUCKDB_TYPE_BIGINT;
        case DuckColumn::Timestamp:
            return DUCKDB_TYPE_TIMESTAMP;
    }
    std::unreachable();
}

struct Statement {
    duckdb_prepared_statement handle = nullptr;
    Statement() = default;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement() { duckdb_destroy_prepare(&handle); }

    // DuckDB takes no text that is no UTF-8, and none of its columns holds one.
    Result<void> bind(std::span<const DuckValue> parameters) {
        for (idx_t i = 0; i < parameters.size(); i++) {
            const idx_t at = i + 1;
            const duckdb_state bound =
                std::visit(match{[&](std::monostate) { return duckdb_bind_null(handle, at); },
                                 [&](int64_t number) { return duckdb_bind_int64(handle, at, number); },
                                 [&](const std::string& text) {
                                     return duckdb_bind_varchar_length(handle, at, text.data(), text.size());
                                 }},
                           parameters[i]);
            if (bound != DuckDBSuccess)
                return error(ErrorKind::BadInput, "a text of the question is no UTF-8");
        }
        return {};
    }
};

}  // namespace

struct Duck::State {
    std::deque<DuckTable> tables;
    duckdb_database handle = nullptr;
    Watchdog watchdog;
    ~State() { duckdb_close(&handle); }
};

struct DuckConnection::State {
    duckdb_connection handle = nullptr;
    Watchdog* watchdog = nullptr;
    ~State() { duckdb_disconnect(&handle); }

    // Leaves the statement's answer in `result`, which the caller destroys.
    Result<void> run(std::string_view sql, std::span<const DuckValue> parameters, const Watch& watch,
                     duckdb_result& result) const {
        Statement statement;
        if (duckdb_prepare(handle, std::string(sql).c_str(), &statement.handle) != DuckDBSuccess)
            return watch.failure(duckdb_prepare_error(statement.handle));
        TRY_VOID(statement.bind(parameters));
        if (duckdb_execute_prepared_streaming(statement.handle, &result) != DuckDBSuccess)
            return watch.failure(duckdb_result_error(&result));
        return {};
    }
};

struct DuckRows::State {
    duckdb_result result{};
    duckdb_data_chunk chunk = nullptr;
    std::vector<duckdb_vector> vectors;
    std::vector<duckdb_type> types;
    std::unique_ptr<Watch> watch;

    ~State() {
        duckdb_destroy_data_chunk(&chunk);
        duckdb_destroy_result(&result);
    }

    const char* failure() { return duckdb_result_error(&result); }

    bool is_null(size_t column, size_t row) const {
        uint64_t* validity = duckdb_vector_get_validity(vectors[column]);
        return validity != nullptr && !duckdb_validity_row_is_valid(validity, row);
    }

    template <typename T>
    T at(size_t column, size_t row) const {
        return static_cast<const T*>(duckdb_vector_get_data(vectors[column]))[row];
    }
};

DuckRows::DuckRows(std::unique_ptr<State> state) : state_(std::move(state)) {}
DuckRows::DuckRows(DuckRows&&) noexcept = default;
DuckRows& DuckRows::operator=(DuckRows&&) noexcept = default;
DuckRows::~DuckRows() = default;

Result<bool> DuckRows::next() {
    duckdb_destroy_data_chunk(&state_->chunk);
    size_ = 0;
    state_->chunk = duckdb_fetch_chunk(state_->result);
    if (state_->chunk == nullptr) {
        const char* failure = state_->failure();
        if (failure != nullptr && *failure != '\0') return state_->watch->failure(failure);
        return false;
    }
    size_ = duckdb_data_chunk_get_size(state_->chunk);
    if (size_ == 0) return false;
    state_->vectors.resize(state_->types.size());
    for (idx_t i = 0; i < state_->types.size(); i++)
        state_->vectors[i] = duckdb_data_chunk_get_vector(state_->chunk, i);
    return true;
}

size_t DuckRows::columns() const { return state_->types.size(); }

std::optional<std::string_view> DuckRows::text(size_t column, size_t row) const {
    VIGIA_ASSERT(state_->types[column] == DUCKDB_TYPE_VARCHAR);
    if (state_->is_null(column, row)) return std::nullopt;
    auto* strings = static_cast<duckdb_string_t*>(duckdb_vector_get_data(state_->vectors[column]));
    return std::string_view(duckdb_string_t_data(&strings[row]), duckdb_string_t_length(strings[row]));
}

std::optional<int64_t> DuckRows::number(size_t column, size_t row) const {
    if (state_->is_null(column, row)) return std::nullopt;
    switch (state_->types[column]) {
        case DUCKDB_TYPE_BOOLEAN:
            return state_->at<bool>(column, row);
        case DUCKDB_TYPE_INTEGER:
            return state_->at<int32_t>(column, row);
        case DUCKDB_TYPE_UINTEGER:
            return state_->at<uint32_t>(column, row);
        case DUCKDB_TYPE_BIGINT:
        case DUCKDB_TYPE_UBIGINT:
        case DUCKDB_TYPE_TIMESTAMP:
            return state_->at<int64_t>(column, row);
        case DUCKDB_TYPE_HUGEINT:
            return static_cast<int64_t>(state_->at<duckdb_hugeint>(column, row).lower);
        default:
            VIGIA_ASSERT(false && "a column that is no integer");
    }
    return std::nullopt;
}

DuckConnection::DuckConnection(std::unique_ptr<State> state) : state_(std::move(state)) {}
DuckConnection::DuckConnection(DuckConnection&&) noexcept = default;
DuckConnection& DuckConnection::operator=(DuckConnection&&) noexcept = default;
DuckConnection::~DuckConnection() = default;

Result<void> DuckConnection::execute(std::string_view sql, std::span<const DuckValue> parameters,
                                     const DuckBound& bound) {
    auto rows = TRY(query(sql, parameters, bound));
    while (TRY(rows.next())) {
    }
    return {};
}

Result<DuckRows> DuckConnection::query(std::string_view sql, std::span<const DuckValue> parameters,
                                       const DuckBound& bound) {
    auto state = std::make_unique<DuckRows::State>();
    state->watch = std::make_unique<Watch>(*state_->watchdog, state_->handle, bound);
    TRY_VOID(state_->run(sql, parameters, *state->watch, state->result));
    for (idx_t i = 0; i < duckdb_column_count(&state->result); i++)
        state->types.push_back(duckdb_column_type(&state->result, i));
    return DuckRows(std::move(state));
}

size_t DuckChunk::rows_max() { return duckdb_vector_size(); }

void DuckChunk::set_null(size_t column, size_t row) {
    auto* const vector = static_cast<duckdb_vector>(vectors_[column]);
    duckdb_vector_ensure_validity_writable(vector);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
}

// As DuckDB has strings: short ones in place, of others the beginning and where they stand.
void DuckChunk::set(size_t column, size_t row, std::string_view text) {
    auto& into = static_cast<duckdb_string_t*>(data_[column])[row].value;
    into.inlined.length = static_cast<uint32_t>(text.size());
    if (text.size() <= sizeof into.inlined.inlined) {
        std::ranges::fill(into.inlined.inlined, '\0');
        std::ranges::copy(text, into.inlined.inlined);
    } else {
        std::ranges::copy(text.substr(0, sizeof into.pointer.prefix), into.pointer.prefix);
        into.pointer.ptr = const_cast<char*>(text.data());
    }
}

void DuckChunk::set(size_t column, size_t row, int64_t number) {
    static_cast<int64_t*>(data_[column])[row] = number;
}

Duck::Duck(std::unique_ptr<State> state) : state_(std::move(state)) {}
Duck::Duck(Duck&&) noexcept = default;
Duck& Duck::operator=(Duck&&) noexcept = default;
Duck::~Duck() = default;

Result<Duck> Duck::open(const DuckLimits& limits) {
    duckdb_config config = nullptr;
    duckdb_create_config(&config);
    struct Setting {
        const char* name;
        std::string value;
    };
    const auto settings = std::to_array<Setting>({
        {"memory_limit", fmt::format("{}MB", limits.memory_bytes_max / 1'000'000)},
        {"threads", std::to_string(limits.threads)},
        {"temp_directory", limits.spill_folder},
        {"autoinstall_known_extensions", "false"},
        {"autoload_known_extensions", "false"},
        {"allow_community_extensions", "false"},
        {"preserve_insertion_order", "false"},
    });
    for (const Setting& one : settings) {
        if (duckdb_set_config(config, one.name, one.value.c_str()) != DuckDBSuccess) {
            duckdb_destroy_config(&config);
            return error(ErrorKind::Io, fmt::format("DuckDB does not take its setting '{}'", one.name));
        }
    }
    auto state = std::make_unique<State>();
    char* message = nullptr;
    const duckdb_state opened = duckdb_open_ext(nullptr, &state->handle, config, &message);
    duckdb_destroy_config(&config);
    if (opened == DuckDBSuccess) {
        Duck duck(std::move(state));
        DuckConnection connection = TRY(duck.connect());
        // A setting of its Parquet reader, which is there once it is open. Parts never change under their
        // names.
        TRY_VOID(connection.execute("set global parquet_metadata_cache = true"));
        return duck;
    }
    auto failure = error(ErrorKind::Io, fmt::format("cannot start DuckDB: {}", message));
    duckdb_free(message);
    return failure;
}

Result<DuckConnection> Duck::connect() const {
    auto connection = std::make_unique<DuckConnection::State>();
    connection->watchdog = &state_->watchdog;
    if (duckdb_connect(state_->handle, &connection->handle) != DuckDBSuccess)
        return error(ErrorKind::Io, "cannot connect to DuckDB");
    return DuckConnection(std::move(connection));
}

// What DuckDB calls back to read a table.
struct Duck::Reading {
    static void bind(duckdb_bind_info info) {
        const auto& table = *static_cast<const DuckTable*>(duckdb_bind_get_extra_info(info));
        for (const DuckTable::Column& column : table.columns) {
            duckdb_logical_type type = duckdb_create_logical_type(duck_type(column.type));
            duckdb_bind_add_result_column(info, column.name.c_str(), type);
            duckdb_destroy_logical_type(&type);
        }
        auto arguments = std::make_unique<std::vector<DuckValue>>();
        for (idx_t i = 0; i < table.parameters.size(); i++) {
            duckdb_value value = duckdb_bind_get_parameter(info, i);
            if (table.parameters[i] == DuckColumn::Text) {
                char* const text = duckdb_get_varchar(value);
                arguments->emplace_back(std::string(text));
                duckdb_free(text);
            } else {
                arguments->emplace_back(duckdb_get_int64(value));
            }
            duckdb_destroy_value(&value);
        }
        duckdb_bind_set_bind_data(info, arguments.release(),
                                  [](void* data) { delete static_cast<std::vector<DuckValue>*>(data); });
    }

    static void begin(duckdb_init_info info) {
        const auto& table = *static_cast<const DuckTable*>(duckdb_init_get_extra_info(info));
        const auto& arguments = *static_cast<const std::vector<DuckValue>*>(duckdb_init_get_bind_data(info));
        std::vector<size_t> columns;
        for (idx_t i = 0; i < duckdb_init_get_column_count(info); i++)
            columns.push_back(duckdb_init_get_column_index(info, i));
        auto scan = table.scan(arguments, columns);
        if (!scan) return duckdb_init_set_error(info, scan.error().message.c_str());
        duckdb_init_set_max_threads(info, 1);
        duckdb_init_set_init_data(info, scan->release(),
                                  [](void* data) { delete static_cast<DuckScan*>(data); });
    }

    static void fill(duckdb_function_info info, duckdb_data_chunk output) {
        auto& scan = *static_cast<DuckScan*>(duckdb_function_get_init_data(info));
        DuckChunk chunk;
        for (idx_t i = 0; i < duckdb_data_chunk_get_column_count(output); i++) {
            const duckdb_vector vector = duckdb_data_chunk_get_vector(output, i);
            chunk.vectors_.push_back(vector);
            chunk.data_.push_back(duckdb_vector_get_data(vector));
        }
        const Result<size_t> filled = guarded_fill(scan, chunk);
        if (!filled) duckdb_function_set_error(info, filled.error().message.c_str());
        duckdb_data_chunk_set_size(output, filled.value_or(0));
    }

    // No exception may pass through DuckDB's frames.
    static Result<size_t> guarded_fill(DuckScan& scan, DuckChunk& chunk) {
        try {
            return scan.fill(chunk);
        } catch (const std::exception& thrown) {
            return error(ErrorKind::Io, thrown.what());
        }
    }
};

Result<void> Duck::add_table(DuckTable table) const {
    const DuckConnection connection = TRY(connect());
    const DuckTable& kept = state_->tables.emplace_back(std::move(table));
    duckdb_table_function function = duckdb_create_table_function();
    duckdb_table_function_set_name(function, kept.name.c_str());
    for (const DuckColumn parameter : kept.parameters) {
        duckdb_logical_type type = duckdb_create_logical_type(duck_type(parameter));
        duckdb_table_function_add_parameter(function, type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_table_function_set_extra_info(function, const_cast<DuckTable*>(&kept), nullptr);
    duckdb_table_function_set_bind(function, Reading::bind);
    duckdb_table_function_set_init(function, Reading::begin);
    duckdb_table_function_set_function(function, Reading::fill);
    duckdb_table_function_supports_projection_pushdown(function, true);
    const duckdb_state done = duckdb_register_table_function(connection.state_->handle, function);
    duckdb_destroy_table_function(&function);
    if (done != DuckDBSuccess)
        return error(ErrorKind::Io, fmt::format("DuckDB does not take the table {}", kept.name));
    return {};
}

std::string sql_time(Time time) { return fmt::format("make_timestamp({}::bigint)", microseconds(time)); }

std::string quote_sql(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\'') quoted += '\'';
        quoted += c;
    }
    return quoted + "'";
}

}  // namespace vigia
