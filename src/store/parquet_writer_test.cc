#include "store/parquet_writer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/random.h"

namespace vigia {
namespace {

namespace fs = std::filesystem;

class ParquetWriter : public testing::Test {
protected:
    ~ParquetWriter() override { fs::remove(path_); }
    const std::string path_ = fs::temp_directory_path() / ("vigia-it's-" + hex(random_bytes(8)) + ".parquet");
    const std::vector<ParquetColumn> columns_{
        {"time", DuckColumn::Timestamp}, {"a.b \"c\""}, {"number", DuckColumn::Number}};
};

TEST_F(ParquetWriter, WritesRowsInTheirOrder) {
    constexpr int64_t rows_all = 20'001;
    int64_t next = 0;
    const auto fill = [&](ParquetRows& rows) -> Result<size_t> {
        size_t row = 0;
        for (; row < std::min<size_t>(1000, ParquetRows::rows_max()) && next < rows_all; row++, next++) {
            rows.set(0, row, next * 1'000'000);
            rows.set(2, row, next);
            if (next % 3 == 0)
                rows.set_null(1, row);
            else
                rows.set(1, row, fmt::format("text {}", next));
        }
        return row;
    };
    const auto written = write_parquet(path_, columns_, fill);
    ASSERT_TRUE(written) << written.error().message;
    auto duck = Duck::open({});
    auto connection = duck->connect();
    auto rows = connection->query(fmt::format(
        "select number, epoch_us(time), \"a.b \"\"c\"\"\" from read_parquet({}, file_row_number = "
        "true) order by file_row_number",
        quote_sql(path_)));
    ASSERT_TRUE(rows) << rows.error().message;
    int64_t seen = 0;
    while (*rows->next()) {
        for (size_t i = 0; i < rows->size(); i++, seen++) {
            ASSERT_EQ(rows->number(0, i), seen);
            ASSERT_EQ(rows->number(1, i), seen * 1'000'000);
            ASSERT_EQ(rows->text(2, i).has_value(), seen % 3 != 0);
            if (seen % 3 != 0) {
                ASSERT_EQ(*rows->text(2, i), fmt::format("text {}", seen));
            }
        }
    }
    EXPECT_EQ(seen, rows_all);
}

TEST_F(ParquetWriter, FailsWithWhatItsRowsFailWith) {
    const auto fill = [](ParquetRows&) -> Result<size_t> { return error(ErrorKind::Conflict, "no more"); };
    const auto written = write_parquet(path_, columns_, fill);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind, ErrorKind::Conflict);
    EXPECT_EQ(written.error().message, "no more");
}

}  // namespace
}  // namespace vigia
