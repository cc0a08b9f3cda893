#pragma once

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

// A value of a row, or a parameter. SQL's null is the empty alternative.
using SqlValue = std::variant<std::monostate, int64_t, double, std::string>;
using SqlRow = std::vector<SqlValue>;

// The value as what the schema says it is; null is 0 or the empty text.
int64_t number(const SqlValue& value);
std::string text(const SqlValue& value);

// A time is kept as its nanoseconds since 1970.
Time time_of(const SqlValue& value);
std::optional<Time> optional_time_of(const SqlValue& value);
SqlValue value_of(const std::optional<Time>& time);

// What `of` makes of each row.
template <typename Of>
auto all_of(const std::vector<SqlRow>& rows, Of of) {
    std::vector<decltype(of(rows[0]))> all;
    for (const SqlRow& row : rows) all.push_back(of(row));
    return all;
}

// One connection, inside one transaction. Parameters stand as :name in the text, in the order in which they
// are given; nothing from outside is ever part of the text. For one thread.
class SqlSession {
public:
    class Connection;
    explicit SqlSession(Connection& connection) : connection_(connection) {}

    Result<std::vector<SqlRow>> query(std::string_view sql, std::span<const SqlValue> parameters = {});
    Result<std::vector<SqlRow>> query(std::string_view sql, std::initializer_list<SqlValue> parameters) {
        return query(sql, std::span(parameters.begin(), parameters.size()));
    }
    // How many rows were changed. Conflict when a key is taken or a row is referred to.
    Result<uint64_t> execute(std::string_view sql, std::span<const SqlValue> parameters = {});
    Result<uint64_t> execute(std::string_view sql, std::initializer_list<SqlValue> parameters) {
        return execute(sql, std::span(parameters.begin(), parameters.size()));
    }

private:
    Connection& connection_;
};

// The one door to SQLite and PostgreSQL. Whoever writes SQL keeps to what both understand: text, bigint,
// double precision, and `on conflict`. Safe to use from many threads.
class Database {
public:
    // "sqlite:FILE" (made when it is not there; synchronous, write-ahead log) or "postgresql://…". Waits for
    // a free connection when all are used.
    static Result<Database> open(const std::string& url, size_t connections = 4);
    ~Database();
    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;

    // One query by itself: it sees one state of the database, and does not wait for those who write.
    Result<std::vector<SqlRow>> query(std::string_view sql, std::span<const SqlValue> parameters = {});
    Result<std::vector<SqlRow>> query(std::string_view sql, std::initializer_list<SqlValue> parameters) {
        return query(sql, std::span(parameters.begin(), parameters.size()));
    }

    // Runs `work` in one transaction, which is committed when it succeeds, and otherwise leaves no trace.
    Result<void> transaction(const std::function<Result<void>(SqlSession&)>& work);

    // Runs `work`, which only queries: all its queries see one state of the database.
    Result<void> snapshot(const std::function<Result<void>(SqlSession&)>& work);

private:
    struct Pool;
    Result<void> run(const char* begin, const std::function<Result<void>(SqlSession&)>& work);
    explicit Database(std::unique_ptr<Pool> pool);
    std::unique_ptr<Pool> pool_;
};

// One step of a schema. Steps are numbered by their place from 1, run once each in one transaction, and never
// change once they were released.
struct Migration {
    std::string_view name;
    std::vector<std::string_view> statements;
};

// Brings the database to the last step. Conflict when it has more steps than are known: a newer program wrote
// it. Each part of the program that keeps tables has a list of its own, by a name of lower-case letters, and
// each list counts its own steps.
Result<void> migrate(Database& database, std::span<const Migration> steps, std::string_view list = "");

}  // namespace vigia
