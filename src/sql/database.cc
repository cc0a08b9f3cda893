#include "sql/database.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/assert.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#pragma GCC diagnostic pop

namespace vigia {

namespace {

constexpr std::string_view sqlite_prefix = "sqlite:";
constexpr std::string_view postgresql_prefix = "postgresql://";
constexpr int busy_timeout_s = 10;

ErrorKind kind_of(const soci::soci_error& failure) {
    const std::string_view message = failure.what();
    const auto says = [&](std::string_view part) { return message.find(part) != std::string_view::npos; };
    if (failure.get_error_category() == soci::soci_error::constraint_violation || says("UNIQUE constraint") ||
        says("FOREIGN KEY constraint") || says("duplicate key") || says("violates"))
        return ErrorKind::Conflict;
    if (says("database is locked") || says("could not serialize")) return ErrorKind::Busy;
    // What SQLite says of a full disk, one that is read-only, and one that fails; and PostgreSQL of a full
    // one.
    if (says("disk is full") || says("readonly") || says("disk I/O") || says("No space left"))
        return ErrorKind::Busy;
    if (says("malformed") || says("not a database")) return ErrorKind::Corrupt;
    return ErrorKind::Io;
}

// SOCI throws; this is the one place that catches.
template <typename Work>
auto guarded(Work work) -> decltype(work()) {
    try {
        return work();
    } catch (const soci::soci_error& failure) {
        // Without its context, which has the values of the parameters: those of other people, and hashes.
        return error(kind_of(failure), fmt::format("database: {}", failure.get_error_message()));
    }
}

// Whoever waits longest is next.
class FairMutex {
public:
    void lock() {
        std::unique_lock lock(mutex_);
        const uint64_t ticket = next_++;
        served_.wait(lock, [&] { return serving_ == ticket; });
    }
    void unlock() {
        {
            const std::lock_guard lock(mutex_);
            serving_++;
        }
        served_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable served_;
    uint64_t next_ = 0;
    uint64_t serving_ = 0;
};

SqlValue value_of(const soci::row& row, size_t column) {
    if (row.get_indicator(column) == soci::i_null) return {};
    switch (row.get_properties(column).get_data_type()) {
        case soci::dt_string:
        case soci::dt_xml:
            return row.get<std::string>(column);
        case soci::dt_double:
            return row.get<double>(column);
        case soci::dt_integer:
            return int64_t{row.get<int>(column)};
        case soci::dt_long_long:
            return int64_t{row.get<long long>(column)};
        case soci::dt_unsigned_long_long:
            return static_cast<int64_t>(row.get<unsigned long long>(column));
        case soci::dt_date:
        case soci::dt_blob:
            return {};
    }
    return {};
}

// What is bound must stay where it is until the statement has run.
struct Bound {
    std::vector<std::string> texts;
    std::vector<long long> integers;
    std::vector<double> reals;
    std::vector<soci::indicator> indicators;

    explicit Bound(std::span<const SqlValue> parameters) {
        texts.reserve(parameters.size());
        integers.reserve(parameters.size());
        reals.reserve(parameters.size());
        indicators.reserve(parameters.size());
    }

    void add(soci::statement& statement, const SqlValue& value) {
        if (const auto* integer = std::get_if<int64_t>(&value)) {
            integers.push_back(*integer);
            statement.exchange(soci::use(integers.back()));
        } else if (const auto* real = std::get_if<double>(&value)) {
            reals.push_back(*real);
            statement.exchange(soci::use(reals.back()));
        } else {
            const auto* content = std::get_if<std::string>(&value);
            texts.push_back(content == nullptr ? "" : *content);
            indicators.push_back(content == nullptr ? soci::i_null : soci::i_ok);
            statement.exchange(soci::use(texts.back(), indicators.back()));
        }
    }
};

}  // namespace

class SqlSession::Connection {
public:
    soci::session session;
};

int64_t number(const SqlValue& value) {
    if (const auto* integer = std::get_if<int64_t>(&value)) return *integer;
    if (const auto* real = std::get_if<double>(&value)) return static_cast<int64_t>(*real);
    if (const auto* content = std::get_if<std::string>(&value))
        return std::strtoll(content->c_str(), nullptr, 10);
    return 0;
}

std::string text(const SqlValue& value) {
    if (const auto* content = std::get_if<std::string>(&value)) return *content;
    if (const auto* integer = std::get_if<int64_t>(&value)) return fmt::to_string(*integer);
    if (const auto* real = std::get_if<double>(&value)) return fmt::to_string(*real);
    return "";
}

Time time_of(const SqlValue& value) { return Time{Duration{number(value)}}; }

std::optional<Time> optional_time_of(const SqlValue& value) {
    if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
    return time_of(value);
}

SqlValue value_of(const std::optional<Time>& time) {
    return time ? SqlValue(nanoseconds(*time)) : SqlValue();
}

Result<std::vector<SqlRow>> SqlSession::query(std::string_view sql, std::span<const SqlValue> parameters) {
    return guarded([&]() -> Result<std::vector<SqlRow>> {
        soci::statement statement(connection_.session);
        soci::row row;
        Bound bound(parameters);
        for (const SqlValue& value : parameters) bound.add(statement, value);
        statement.exchange(soci::into(row));
        statement.alloc();
        statement.prepare(std::string(sql));
        statement.define_and_bind();
        std::vector<SqlRow> rows;
        statement.execute(false);
        while (statement.fetch()) {
            SqlRow& one = rows.emplace_back();
            for (size_t column = 0; column < row.size(); column++) one.push_back(value_of(row, column));
        }
        return rows;
    });
}

Result<uint64_t> SqlSession::execute(std::string_view sql, std::span<const SqlValue> parameters) {
    return guarded([&]() -> Result<uint64_t> {
        soci::statement statement(connection_.session);
        Bound bound(parameters);
        for (const SqlValue& value : parameters) bound.add(statement, value);
        statement.alloc();
        statement.prepare(std::string(sql));
        statement.define_and_bind();
        statement.execute(true);
        return static_cast<uint64_t>(std::max(statement.get_affected_rows(), 0LL));
    });
}

struct Database::Pool {
    bool sqlite = false;
    // Who writes to SQLite, one after the other: its own waiting looks again now and then, and a writer that
    // never pauses can keep others out for as long as they are willing to look.
    FairMutex writing;
    std::vector<std::unique_ptr<SqlSession::Connection>> free;
    std::mutex mutex;
    std::condition_variable returned;

    std::unique_ptr<SqlSession::Connection> take() {
        std::unique_lock lock(mutex);
        returned.wait(lock, [&] { return !free.empty(); });
        auto connection = std::move(free.back());
        free.pop_back();
        return connection;
    }

    void give_back(std::unique_ptr<SqlSession::Connection> connection) {
        {
            const std::lock_guard lock(mutex);
            free.push_back(std::move(connection));
        }
        returned.notify_one();
    }
};

Database::Database(std::unique_ptr<Pool> pool) : pool_(std::move(pool)) {}
Database::~Database() = default;
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;

Result<Database> Database::open(const std::string& url, size_t connections) {
    auto pool = std::make_unique<Pool>();
    pool->sqlite = url.starts_with(sqlite_prefix);
    if (!pool->sqlite && !url.starts_with(postgresql_prefix))
        return error(ErrorKind::BadInput, fmt::format("a database is sqlite:FILE or postgresql://…, not '{}'",
                                                      url.substr(0, url.find(':'))));
    TRY_VOID(guarded([&]() -> Result<void> {
        for (size_t i = 0; i < connections; i++) {
            auto connection = std::make_unique<SqlSession::Connection>();
            if (pool->sqlite) {
                // In double quotes, as the backend reads its options, so a quote has no place in the name.
                const std::string file = url.substr(sqlite_prefix.size());
                if (file.find('"') != std::string::npos)
                    return error(ErrorKind::BadInput, "a database file's name can hold no quote");
                connection->session.open(soci::sqlite3,
                                         fmt::format("db=\"{}\" timeout={}", file, busy_timeout_s));
                for (const char* pragma :
                     {"pragma journal_mode = wal", "pragma synchronous = full", "pragma foreign_keys = on"})
                    connection->session.once << pragma;
            } else {
                connection->session.open(soci::postgresql, url);
                connection->session.once << "set client_min_messages = error";
            }
            pool->free.push_back(std::move(connection));
        }
        return {};
    }));
    return Database(std::move(pool));
}

Result<std::vector<SqlRow>> Database::query(std::string_view sql, std::span<const SqlValue> parameters) {
    auto connection = pool_->take();
    auto rows = SqlSession(*connection).query(sql, parameters);
    pool_->give_back(std::move(connection));
    return rows;
}

Result<void> Database::transaction(const std::function<Result<void>(SqlSession&)>& work) {
    // SQLite takes the right to write at once, so that two writers wait for each other and do not fail.
    std::unique_lock<FairMutex> writing;
    if (pool_->sqlite) writing = std::unique_lock(pool_->writing);
    return run(pool_->sqlite ? "begin immediate" : "begin", work);
}

Result<void> Database::snapshot(const std::function<Result<void>(SqlSession&)>& work) {
    return run(pool_->sqlite ? "begin" : "begin isolation level repeatable read, read only", work);
}

Result<void> Database::run(const char* begin, const std::function<Result<void>(SqlSession&)>& work) {
    auto connection = pool_->take();
    SqlSession session(*connection);
    bool open = false;
    const Result<void> done = guarded([&]() -> Result<void> {
        connection->session.once << begin;
        open = true;
        TRY_VOID(work(session));
        connection->session.once << "commit";
        open = false;
        return {};
    });
    // What failed is told; that its traces could not be taken back adds nothing to it.
    if (open && !session.execute("rollback")) open = false;
    pool_->give_back(std::move(connection));
    return done;
}

Result<void> migrate(Database& database, std::span<const Migration> steps, std::string_view list) {
    VIGIA_ASSERT(std::ranges::all_of(list, [](char c) { return c >= 'a' && c <= 'z'; }));
    const std::string table = list.empty() ? "schema_steps" : fmt::format("schema_steps_{}", list);
    return database.transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(session.execute(fmt::format(
            "create table if not exists {} (number bigint primary key, name text not null)", table)));
        const auto rows = TRY(session.query(fmt::format("select coalesce(max(number), 0) from {}", table)));
        const auto known = static_cast<size_t>(number(rows.at(0).at(0)));
        if (known > steps.size())
            return error(
                ErrorKind::Conflict,
                fmt::format("the database has {} steps and this program knows {}: a newer one wrote it",
                            known, steps.size()));
        for (size_t i = known; i < steps.size(); i++) {
            for (const std::string_view statement : steps[i].statements) TRY_VOID(session.execute(statement));
            TRY_VOID(
                session.execute(fmt::format("insert into {} (number, name) values (:number, :name)", table),
                                {static_cast<int64_t>(i + 1), std::string(steps[i].name)}));
        }
        return {};
    });
}

}  // namespace vigia
