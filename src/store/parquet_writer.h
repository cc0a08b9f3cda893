#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/duck.h"

namespace vigia {

struct ParquetColumn {
    std::string name;
    DuckColumn type = DuckColumn::Text;
};

// Some rows on their way into a file.
class ParquetRows {
public:
    static size_t rows_max();
    void set_null(size_t column, size_t row);
    void set(size_t column, size_t row, std::string_view text);
    void set(size_t column, size_t row, int64_t number);

private:
    friend struct ParquetJob;
    struct Chunk;
    explicit ParquetRows(Chunk& chunk) : chunk_(chunk) {}
    Chunk& chunk_;
};

// Fills some rows, rows_max() at most, and says how many; 0 at the end. Called on a thread of DuckDB's.
using ParquetFill = std::function<Result<size_t>(ParquetRows& rows)>;

// Writes a Parquet file of the rows, in their order, in the memory of a few row groups. What `fill` fails
// with is the error; what was written then is left to the caller to remove.
Result<void> write_parquet(const std::string& path, std::span<const ParquetColumn> columns,
                           const ParquetFill& fill);

}  // namespace vigia
