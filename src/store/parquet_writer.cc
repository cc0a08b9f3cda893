#include "store/parquet_writer.h"

#include <duckdb.h>
#include <fmt/format.h>

#include <exception>
#include <optional>

namespace vigia {

namespace {

constexpr const char* memory_max = "512MB";
constexpr size_t rows_a_group = 8192;

// A database of its own in memory, whose one table function is the rows.
struct Database {
    duckdb_database handle = nullptr;
    duckdb_connection connection = nullptr;
    Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database() {
        duckdb_disconnect(&connection);
        duckdb_close(&handle);
    }

    Result<void> open() {
        duckdb_config config = nullptr;
        duckdb_create_config(&config);
        duckdb_set_config(config, "memory_limit", memory_max);
        duckdb_set_config(config, "threads", "1");
        duckdb_set_config(config, "autoinstall_known_extensions", "false");
        duckdb_set_config(config, "autoload_known_extensions", "false");
        const duckdb_state opened = duckdb_open_ext(nullptr, &handle, config, nullptr);
        duckdb_destroy_config(&config);
        if (opened != DuckDBSuccess || duckdb_connect(handle, &connection) != DuckDBSuccess)
            return error(ErrorKind::Io, "cannot start DuckDB to write a Parquet file");
        return {};
    }
};

}  // namespace

struct ParquetRows::Chunk {
    duckdb_data_chunk handle = nullptr;
};

struct ParquetJob {
    std::span<const ParquetColumn> columns;
    const ParquetFill& fill;
    std::optional<Error> failure;

    static void bind(duckdb_bind_info info) {
        auto* const job = static_cast<ParquetJob*>(duckdb_bind_get_extra_info(info));
        for (const ParquetColumn& column : job->columns) {
            duckdb_logical_type type =
                duckdb_create_logical_type(column.type == DuckColumn::Text     ? DUCKDB_TYPE_VARCHAR
                                           : column.type == DuckColumn::Number ? DUCKDB_TYPE_BIGINT
                                                                               : DUCKDB_TYPE_TIMESTAMP);
            duckdb_bind_add_result_column(info, column.name.c_str(), type);
            duckdb_destroy_logical_type(&type);
        }
    }

    static void init(duckdb_init_info info) { duckdb_init_set_max_threads(info, 1); }

    static void run(duckdb_function_info info, duckdb_data_chunk output) {
        auto* const job = static_cast<ParquetJob*>(duckdb_function_get_extra_info(info));
        ParquetRows::Chunk chunk{output};
        ParquetRows rows(chunk);
        const auto filled = job->fill_guarded(rows);
        if (!filled) job->failure = filled.error();
        if (!filled) duckdb_function_set_error(info, "the rows cannot be read");
        duckdb_data_chunk_set_size(output, filled ? *filled : 0);
    }

    // No exception may pass through DuckDB's frames.
    Result<size_t> fill_guarded(ParquetRows& rows) const {
        try {
            return fill(rows);
        } catch (const std::exception& thrown) {
            return error(ErrorKind::Io, thrown.what());
        }
    }
};

size_t ParquetRows::rows_max() { return duckdb_vector_size(); }

void ParquetRows::set_null(size_t column, size_t row) {
    duckdb_vector vector = duckdb_data_chunk_get_vector(chunk_.handle, column);
    duckdb_vector_ensure_validity_writable(vector);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
}

void ParquetRows::set(size_t column, size_t row, std::string_view text) {
    duckdb_vector_assign_string_element_len(duckdb_data_chunk_get_vector(chunk_.handle, column), row,
                                            text.data(), text.size());
}

void ParquetRows::set(size_t column, size_t row, int64_t number) {
    static_cast<int64_t*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk_.handle, column)))[row] =
        number;
}

Result<void> write_parquet(const std::string& path, std::span<const ParquetColumn> columns,
                           const ParquetFill& fill) {
    Database database;
    TRY_VOID(database.open());
    ParquetJob job{columns, fill, std::nullopt};
    duckdb_table_function function = duckdb_create_table_function();
    duckdb_table_function_set_name(function, "export_rows");
    duckdb_table_function_set_extra_info(function, &job, nullptr);
    duckdb_table_function_set_bind(function, ParquetJob::bind);
    duckdb_table_function_set_init(function, ParquetJob::init);
    duckdb_table_function_set_function(function, ParquetJob::run);
    const duckdb_state known = duckdb_register_table_function(database.connection, function);
    duckdb_destroy_table_function(&function);
    if (known != DuckDBSuccess) return error(ErrorKind::Io, "DuckDB does not take the rows to write");
    const std::string sql = fmt::format(
        "copy (select * from export_rows()) to {} (format parquet, compression zstd, compression_level 1, "
        "row_group_size {})",
        quote_sql(path), rows_a_group);
    duckdb_result result{};
    Result<void> done;
    if (duckdb_query(database.connection, sql.c_str(), &result) != DuckDBSuccess) {
        const char* const message = duckdb_result_error(&result);
        done = job.failure ? std::unexpected(*job.failure)
                           : error(ErrorKind::Io, fmt::format("cannot write the Parquet file: {}",
                                                              message == nullptr ? "" : message));
    }
    duckdb_destroy_result(&result);
    return done;
}

}  // namespace vigia
