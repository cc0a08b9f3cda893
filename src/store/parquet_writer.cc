#include "store/parquet_writer.h"

#include <fmt/format.h>

#include <memory>
#include <optional>

namespace vigia {

namespace {

constexpr uint64_t memory_bytes_max = 512'000'000;
constexpr const char* table_name = "export_rows";

// Hands on what the caller's rows say, and keeps what they fail with: DuckDB hands on its text alone.
class Rows final : public DuckScan {
public:
    Rows(DuckScan& from, std::optional<Error>& failure) : from_(from), failure_(failure) {}

    Result<size_t> fill(DuckChunk& chunk) override {
        auto filled = from_.fill(chunk);
        if (!filled) failure_ = filled.error();
        return filled;
    }

private:
    DuckScan& from_;
    std::optional<Error>& failure_;
};

}  // namespace

std::string copy_to_parquet(std::string_view query, const std::string& path) {
    return fmt::format(
        "copy ({}) to {} (format parquet, compression zstd, compression_level 1, "
        "row_group_size {})",
        query,        quote_sql(path), row_group_rows);
}

Result<void> write_parquet(const std::string& path, std::vector<DuckTable::Column> columns, DuckScan& rows) {
    // One thread, which keeps the order.
    const Duck duck =
        TRY(Duck::open({.memory_bytes_max = memory_bytes_max, .threads = 1, .spill_folder = ""}));
    std::optional<Error> failure;
    TRY_VOID(duck.add_table({.name = table_name,
                             .columns = std::move(columns),
                             .parameters = {},
                             .scan = [&](std::span<const DuckValue>,
                                         std::span<const size_t>) -> Result<std::unique_ptr<DuckScan>> {
                                 return std::make_unique<Rows>(rows, failure);
                             }}));
    DuckConnection connection = TRY(duck.connect());
    const auto done =
        connection.execute(copy_to_parquet(fmt::format("select * from {}()", table_name), path));
    if (failure) return std::unexpected(*failure);
    return done;
}

}  // namespace vigia
