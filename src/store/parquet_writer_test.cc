#include "store/parquet_writer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <deque>
#include <filesystem>
#include <functional>

#include "base/random.h"

namespace vigia {
namespace {

namespace fs = std::filesystem;

class ParquetWriter : public testing::Test {
protected:
    ~ParquetWriter() override { fs::remove(path_); }
    const std::string path_ = fs::temp_directory_path() / ("vigia-it's-" + hex(random_bytes(8)) + ".parquet");
    const std::vector<DuckTable::Column> columns_{
        {"time", DuckColumn::Timestamp}, {"a.b \"c\"", DuckColumn::Text}, {"number", DuckColumn::Number}};
};

// Rows by a function.
class Rows final : public DuckScan {
public:
    explicit Rows(std::function<Result<size_t>(DuckChunk&)> fill) : fill_(std::move(fill)) {}
    Result<size_t> fill(DuckChunk& chunk) override { return fill_(chunk); }

private:
    std::function<Result<size_t>(DuckChunk&)> fill_;
};

TEST_F(ParquetWriter, WritesRowsInTheirOrder) {
    constexpr int64_t rows_all = 20'001;
    int64_t next = 0;
    std::deque<std::string> texts;
    Rows numbers([&](DuckChunk& rows) -> Result<size_t> {
        texts.clear();
        size_t row = 0;
        for (; row < std::min<size_t>(1000, DuckChunk::rows_max()) && next < rows_all; row++, next++) {
            rows.set(0, row, next * 1'000'000);
            rows.set(2, row, next);
            if (next % 3 == 0)
                rows.set_null(1, row);
            else
                rows.set(1, row, texts.emplace_back(fmt::format("text {}", next)));
        }
        return row;
    });
    const auto written = write_parquet(path_, columns_, numbers);
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
    Rows none([](DuckChunk&) -> Result<size_t> { return error(ErrorKind::Conflict, "no more"); });
    const auto written = write_parquet(path_, columns_, none);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind, ErrorKind::Conflict);
    EXPECT_EQ(written.error().message, "no more");
}

}  // namespace
}  // namespace vigia
