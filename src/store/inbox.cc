#include "store/inbox.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <mutex>

namespace vigia {

namespace {

// Times are nanoseconds since 1970, UTC. `autoincrement`: a number is never given twice.
constexpr const char* schema = R"sql(
    create table if not exists batches (
        number integer primary key autoincrement,
        organisation text not null,
        source text not null,
        received integer not null,
        body blob not null,
        accepted blob not null,
        matches blob not null);
    create table if not exists parts (
        path text primary key,
        organisation text not null,
        day text not null,
        rows integer not null,
        bytes integer not null,
        first integer not null,
        last integer not null,
        damaged integer not null default 0,
        checksum text not null default '') without rowid;
    create table if not exists moments (name text primary key, time integer not null) without rowid;
)sql";

// What a table of an older version lacks, by the version that it is of.
constexpr auto upgrades = std::to_array<const char*>({
    "",
    "alter table parts add column checksum text not null default ''",
});
constexpr auto schema_version = int64_t{upgrades.size()};

class Statement {
public:
    Statement(sqlite3* database, const char* sql) {
        code_ = sqlite3_prepare_v2(database, sql, -1, &handle_, nullptr);
    }
    ~Statement() { sqlite3_finalize(handle_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    int code() const { return code_; }
    void number(int at, int64_t value) { sqlite3_bind_int64(handle_, at, value); }
    void text(int at, std::string_view value) {
        sqlite3_bind_text64(handle_, at, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    // An empty one is no null.
    void blob(int at, std::string_view value) {
        sqlite3_bind_blob64(handle_, at, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC);
    }
    int step() { return sqlite3_step(handle_); }
    void again() { sqlite3_reset(handle_); }

    int64_t number_at(int column) const { return sqlite3_column_int64(handle_, column); }
    std::string bytes_at(int column) const {
        const auto* data = static_cast<const char*>(sqlite3_column_blob(handle_, column));
        const auto size = static_cast<size_t>(sqlite3_column_bytes(handle_, column));
        return data == nullptr ? std::string() : std::string(data, size);
    }

private:
    sqlite3_stmt* handle_ = nullptr;
    int code_ = SQLITE_OK;
};

}  // namespace

struct Inbox::State {
    sqlite3* handle = nullptr;
    std::string file;
    std::mutex mutex;

    ~State() { sqlite3_close(handle); }

    std::unexpected<Error> failure() const {
        const int code = sqlite3_errcode(handle);
        const std::string text = fmt::format("the inbox {}: {}", file, sqlite3_errmsg(handle));
        switch (code & 0xff) {
            case SQLITE_BUSY:
            case SQLITE_LOCKED:
                return error(ErrorKind::Conflict,
                             text +
                                 ": another vigia has this data folder open; stop it, or use another "
                                 "folder (--data)");
            case SQLITE_CORRUPT:
            case SQLITE_NOTADB:
                return error(ErrorKind::Corrupt, text);
            case SQLITE_FULL:
                return error(ErrorKind::Busy, text + ": make room on it");
            case SQLITE_READONLY:
            case SQLITE_IOERR:
            case SQLITE_CANTOPEN:
            case SQLITE_PERM:
                return error(ErrorKind::Busy,
                             text +
                                 ": its folder must be one that this user may write to, on a disk that "
                                 "works");
            default:
                return error(ErrorKind::Io, text);
        }
    }

    Result<void> run(const char* sql) {
        if (sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failure();
        return {};
    }

    // What fails leaves no trace.
    template <typename Work>
    Result<void> transaction(Work work) {
        const std::lock_guard lock(mutex);
        TRY_VOID(run("begin immediate"));
        Result<void> done = work();
        if (done) done = run("commit");
        if (!done) {
            // After some failures SQLite has rolled back already; then this one fails, and nothing is lost.
            sqlite3_exec(handle, "rollback", nullptr, nullptr, nullptr);
        }
        return done;
    }

    // What is as it should be is not written, so that a full disk keeps nobody from reading.
    Result<void> migrate() {
        return transaction([&]() -> Result<void> {
            int64_t version = 0;
            {
                Statement statement(handle, "pragma user_version");
                if (statement.step() != SQLITE_ROW) return failure();
                version = statement.number_at(0);
            }
            if (version > schema_version)
                return error(ErrorKind::Conflict,
                             fmt::format("the inbox {} was written by a newer vigia: use that one", file));
            if (version == schema_version) return {};
            for (int64_t i = std::max(version, int64_t{1}); version > 0 && i < schema_version; i++)
                TRY_VOID(run(upgrades.at(static_cast<size_t>(i))));
            TRY_VOID(run(schema));
            return run(fmt::format("pragma user_version = {}", schema_version).c_str());
        });
    }

    Result<void> add(const Part& part) {
        Statement statement(handle, "insert into parts values (?, ?, ?, ?, ?, ?, ?, ?, ?)");
        if (statement.code() != SQLITE_OK) return failure();
        statement.text(1, part.path);
        statement.text(2, part.organisation);
        statement.text(3, part.day);
        statement.number(4, static_cast<int64_t>(part.rows));
        statement.number(5, static_cast<int64_t>(part.bytes));
        statement.number(6, nanoseconds(part.first));
        statement.number(7, nanoseconds(part.last));
        statement.number(8, part.damaged ? 1 : 0);
        statement.text(9, part.checksum);
        if (statement.step() != SQLITE_DONE) return failure();
        return {};
    }
};

Inbox::Inbox(std::unique_ptr<State> state) : state_(std::move(state)) {}
Inbox::Inbox(Inbox&&) noexcept = default;
Inbox& Inbox::operator=(Inbox&&) noexcept = default;
Inbox::~Inbox() = default;

Result<Inbox> Inbox::open(const std::string& file) {
    auto state = std::make_unique<State>();
    state->file = file;
    if (sqlite3_open_v2(
            file.c_str(), &state->handle,
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
            nullptr) != SQLITE_OK)
        return state->failure();
    // Locked for as long as it is open: two processes on one data folder would each overwrite the other.
    for (const char* pragma : {"pragma locking_mode = exclusive", "pragma journal_mode = wal",
                               "pragma synchronous = full", "pragma wal_autocheckpoint = 16384"})
        TRY_VOID(state->run(pragma));
    TRY_VOID(state->migrate());
    return Inbox(std::move(state));
}

Result<void> Inbox::put(std::span<InboxBatch> batches) {
    return state_->transaction([&]() -> Result<void> {
        Statement statement(state_->handle,
                            "insert into batches (organisation, source, received, body, accepted, matches) "
                            "values (?, ?, ?, ?, ?, ?)");
        if (statement.code() != SQLITE_OK) return state_->failure();
        for (InboxBatch& batch : batches) {
            statement.text(1, batch.organisation);
            statement.text(2, batch.source);
            statement.number(3, nanoseconds(batch.received));
            statement.blob(4, batch.body);
            statement.blob(5, batch.accepted);
            statement.blob(6, batch.matches);
            if (statement.step() != SQLITE_DONE) return state_->failure();
            statement.again();
            batch.number = static_cast<uint64_t>(sqlite3_last_insert_rowid(state_->handle));
        }
        return {};
    });
}

Result<void> Inbox::each(const std::function<Result<void>(InboxBatch batch)>& visit) {
    const std::lock_guard lock(state_->mutex);
    Statement statement(state_->handle,
                        "select number, organisation, source, received, body, accepted, matches "
                        "from batches order by number");
    if (statement.code() != SQLITE_OK) return state_->failure();
    int code = statement.step();
    for (; code == SQLITE_ROW; code = statement.step()) {
        InboxBatch batch;
        batch.number = static_cast<uint64_t>(statement.number_at(0));
        batch.organisation = statement.bytes_at(1);
        batch.source = statement.bytes_at(2);
        batch.received = Time{Duration{statement.number_at(3)}};
        batch.body = statement.bytes_at(4);
        batch.accepted = statement.bytes_at(5);
        batch.matches = statement.bytes_at(6);
        TRY_VOID(visit(std::move(batch)));
    }
    if (code != SQLITE_DONE) return state_->failure();
    return {};
}

Result<void> Inbox::seal(uint64_t number, std::span<const Part> parts) {
    return state_->transaction([&]() -> Result<void> {
        for (const Part& part : parts) TRY_VOID(state_->add(part));
        Statement statement(state_->handle, "delete from batches where number <= ?");
        statement.number(1, static_cast<int64_t>(number));
        if (statement.step() != SQLITE_DONE) return state_->failure();
        return {};
    });
}

Result<void> Inbox::replace(std::span<const Part> before, std::span<const Part> after) {
    return state_->transaction([&]() -> Result<void> {
        Statement statement(state_->handle, "delete from parts where path = ?");
        for (const Part& part : before) {
            statement.text(1, part.path);
            if (statement.step() != SQLITE_DONE) return state_->failure();
            statement.again();
        }
        for (const Part& part : after) TRY_VOID(state_->add(part));
        return {};
    });
}

Result<void> Inbox::set_damaged(const Part& part) {
    return state_->transaction([&]() -> Result<void> {
        Statement statement(state_->handle, "update parts set damaged = ? where path = ?");
        statement.number(1, part.damaged ? 1 : 0);
        statement.text(2, part.path);
        if (statement.step() != SQLITE_DONE) return state_->failure();
        return {};
    });
}

Result<std::vector<Part>> Inbox::parts() {
    const std::lock_guard lock(state_->mutex);
    Statement statement(
        state_->handle,
        "select organisation, day, path, rows, bytes, first, last, damaged, checksum from parts "
        "order by organisation, day, path");
    if (statement.code() != SQLITE_OK) return state_->failure();
    std::vector<Part> parts;
    int code = statement.step();
    for (; code == SQLITE_ROW; code = statement.step()) {
        Part part;
        part.organisation = statement.bytes_at(0);
        part.day = statement.bytes_at(1);
        part.path = statement.bytes_at(2);
        part.rows = static_cast<uint64_t>(statement.number_at(3));
        part.bytes = static_cast<uint64_t>(statement.number_at(4));
        part.first = Time{Duration{statement.number_at(5)}};
        part.last = Time{Duration{statement.number_at(6)}};
        part.damaged = statement.number_at(7) != 0;
        part.checksum = statement.bytes_at(8);
        parts.push_back(std::move(part));
    }
    if (code != SQLITE_DONE) return state_->failure();
    return parts;
}

Result<std::optional<Time>> Inbox::moment(std::string_view name) {
    const std::lock_guard lock(state_->mutex);
    Statement statement(state_->handle, "select time from moments where name = ?");
    if (statement.code() != SQLITE_OK) return state_->failure();
    statement.text(1, name);
    const int code = statement.step();
    if (code == SQLITE_DONE) return std::optional<Time>();
    if (code != SQLITE_ROW) return state_->failure();
    return Time{Duration{statement.number_at(0)}};
}

Result<void> Inbox::set_moment(std::string_view name, Time time) {
    return state_->transaction([&]() -> Result<void> {
        Statement statement(state_->handle,
                            "insert into moments values (?1, ?2) on conflict (name) do update set time = ?2");
        if (statement.code() != SQLITE_OK) return state_->failure();
        statement.text(1, name);
        statement.number(2, nanoseconds(time));
        if (statement.step() != SQLITE_DONE) return state_->failure();
        return {};
    });
}

}  // namespace vigia
