#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/duck.h"

namespace vigia {

// A row group of a Parquet file: few, for the records of a whole one are inflated to read one of them.
constexpr size_t row_group_rows = 8192;

// The statement that writes the rows of a query to a Parquet file, as all files of Vigia are written.
std::string copy_to_parquet(std::string_view query, const std::string& path);

// Writes a Parquet file of the rows, in their order, in the memory of a few row groups. What they fail with
// is the error; what was written then is left to the caller to remove.
Result<void> write_parquet(const std::string& path, std::vector<DuckTable::Column> columns, DuckScan& rows);

}  // namespace vigia
