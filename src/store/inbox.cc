#include "store/inbox.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <filesystem>
#include <mutex>
#include <optional>

#include "base/folder.h"

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
        damaged integer not null default 0) without rowid;
)sql";

// What each version added; a part of which it is not known may have rows with a `many`.
constexpr std::array steps{
    schema,
    "alter table parts add column has_many integer not null default 1;"
    R"sql(
    create table sources (
        organisation text not null,
        source text not null,
        first_batch integer,
        last_batch integer,
        last_event integer,
        batches integer not null,
        accepted integer not null,
        duplicates integer not null,
        refused integer not null,
        refused_batches integer not null,
        problems blob not null,
        primary key (organisation, source)) without rowid;
    create table files (
        organisation text not null,
        path blob not null,
        bytes integer not null,
        changed integer not null,
        hash blob not null,
        error blob not null,
        primary key (organisation, path)) without rowid;
)sql",
    R"sql(
    alter table parts add column checksum text not null default '';
    create table moments (name text primary key, time integer not null) without rowid;
)sql",
};
constexpr int64_t schema_version = steps.size();
constexpr int busy_timeout_ms = 10'000;

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
    void time(int at, const std::optional<Time>& value) {
        if (value)
            number(at, nanoseconds(*value));
        else
            sqlite3_bind_null(handle_, at);
    }
    // An empty one is no null.
    void blob(int at, std::string_view value) {
        sqlite3_bind_blob64(handle_, at, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC);
    }
    int step() { return sqlite3_step(handle_); }
    void again() { sqlite3_reset(handle_); }

    int64_t number_at(int column) const { return sqlite3_column_int64(handle_, column); }
    std::optional<Time> time_at(int column) const {
        if (sqlite3_column_type(handle_, column) == SQLITE_NULL) return std::nullopt;
        return Time{Duration{number_at(column)}};
    }
    uint64_t count_at(int column) const { return static_cast<uint64_t>(number_at(column)); }
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
    std::optional<FolderLock> folder;

    ~State() { sqlite3_close(handle); }

    std::unexpected<Error> failure() const {
        const int code = sqlite3_errcode(handle);
        const std::string text = fmt::format("the inbox {}: {}", file, sqlite3_errmsg(handle));
        switch (code & 0xff) {
            case SQLITE_BUSY:
            case SQLITE_LOCKED:
                return error(ErrorKind::Busy, text);
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
            for (auto step = static_cast<size_t>(version); step < steps.size(); step++)
                TRY_VOID(run(steps[step]));
            return run(fmt::format("pragma user_version = {}", schema_version).c_str());
        });
    }

    Result<void> set(const SourceState& source) {
        Statement statement(handle,
                            "insert or replace into sources (organisation, source, first_batch, last_batch, "
                            "last_event, batches, accepted, duplicates, refused, refused_batches, problems) "
                            "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        statement.text(1, source.organisation);
        statement.text(2, source.source);
        statement.time(3, source.first_batch);
        statement.time(4, source.last_batch);
        statement.time(5, source.last_event);
        statement.number(6, static_cast<int64_t>(source.batches));
        statement.number(7, static_cast<int64_t>(source.accepted));
        statement.number(8, static_cast<int64_t>(source.duplicates));
        statement.number(9, static_cast<int64_t>(source.refused));
        statement.number(10, static_cast<int64_t>(source.refused_batches));
        statement.blob(11, source.problems);
        if (statement.step() != SQLITE_DONE) return failure();
        return {};
    }

    Result<void> add(const Part& part) {
        Statement statement(handle, "insert into parts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        if (statement.code() != SQLITE_OK) return failure();
        statement.text(1, part.path);
        statement.text(2, part.organisation);
        statement.text(3, part.day);
        statement.number(4, static_cast<int64_t>(part.rows));
        statement.number(5, static_cast<int64_t>(part.bytes));
        statement.number(6, nanoseconds(part.first));
        statement.number(7, nanoseconds(part.last));
        statement.number(8, part.damaged ? 1 : 0);
        statement.number(9, part.has_many ? 1 : 0);
        statement.text(10, part.checksum);
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
    // For as long as it is open: two processes on one data folder would each overwrite the other.
    auto lock = FolderLock::take(std::filesystem::absolute(file).parent_path(), FolderLock::Wait::No);
    if (!lock && lock.error().kind == ErrorKind::Busy)
        return error(ErrorKind::Conflict,
                     fmt::format("the inbox {}: another vigia has this data folder open; stop it, or use "
                                 "another folder (--data)",
                                 file));
    state->folder = TRY(std::move(lock));
    if (sqlite3_open_v2(
            file.c_str(), &state->handle,
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
            nullptr) != SQLITE_OK)
        return state->failure();
    // A backup reads it meanwhile, and holds a checkpoint up now and then.
    sqlite3_busy_timeout(state->handle, busy_timeout_ms);
    for (const char* pragma :
         {"pragma journal_mode = wal", "pragma synchronous = full", "pragma wal_autocheckpoint = 16384"})
        TRY_VOID(state->run(pragma));
    TRY_VOID(state->migrate());
    return Inbox(std::move(state));
}

Result<void> Inbox::put(std::span<InboxBatch> batches, std::span<const SourceState> sources) {
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
        for (const SourceState& source : sources) TRY_VOID(state_->set(source));
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

Result<std::vector<SourceState>> Inbox::sources() {
    const std::lock_guard lock(state_->mutex);
    Statement statement(
        state_->handle,
        "select organisation, source, first_batch, last_batch, last_event, batches, accepted, "
        "duplicates, refused, refused_batches, problems from sources");
    if (statement.code() != SQLITE_OK) return state_->failure();
    std::vector<SourceState> sources;
    int code = statement.step();
    for (; code == SQLITE_ROW; code = statement.step())
        sources.push_back({.organisation = statement.bytes_at(0),
                           .source = statement.bytes_at(1),
                           .first_batch = statement.time_at(2),
                           .last_batch = statement.time_at(3),
                           .last_event = statement.time_at(4),
                           .batches = statement.count_at(5),
                           .accepted = statement.count_at(6),
                           .duplicates = statement.count_at(7),
                           .refused = statement.count_at(8),
                           .refused_batches = statement.count_at(9),
                           .problems = statement.bytes_at(10)});
    if (code != SQLITE_DONE) return state_->failure();
    return sources;
}

Result<void> Inbox::put_file(const FileState& file) {
    return state_->transaction([&]() -> Result<void> {
        Statement statement(state_->handle, "insert or replace into files values (?, ?, ?, ?, ?, ?)");
        if (statement.code() != SQLITE_OK) return state_->failure();
        statement.text(1, file.organisation);
        statement.blob(2, file.path);
        statement.number(3, static_cast<int64_t>(file.bytes));
        statement.number(4, nanoseconds(file.changed));
        statement.blob(5, file.hash);
        statement.blob(6, file.error);
        if (statement.step() != SQLITE_DONE) return state_->failure();
        return {};
    });
}

Result<void> Inbox::forget_file(const std::string& organisation, const std::string& path) {
    return state_->transaction([&]() -> Result<void> {
        Statement statement(state_->handle, "delete from files where organisation = ? and path = ?");
        if (statement.code() != SQLITE_OK) return state_->failure();
        statement.text(1, organisation);
        statement.blob(2, path);
        if (statement.step() != SQLITE_DONE) return state_->failure();
        return {};
    });
}

Result<std::vector<FileState>> Inbox::files(const std::string& organisation) {
    const std::lock_guard lock(state_->mutex);
    Statement statement(state_->handle,
                        "select path, bytes, changed, hash, error from files where organisation = ?");
    if (statement.code() != SQLITE_OK) return state_->failure();
    statement.text(1, organisation);
    std::vector<FileState> files;
    int code = statement.step();
    for (; code == SQLITE_ROW; code = statement.step())
        files.push_back({organisation, statement.bytes_at(0), statement.count_at(1),
                         Time{Duration{statement.number_at(2)}}, statement.bytes_at(3),
                         statement.bytes_at(4)});
    if (code != SQLITE_DONE) return state_->failure();
    return files;
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

Result<void> Inbox::number_above(uint64_t number) {
    return state_->transaction([&]() -> Result<void> {
        // What SQLite keeps of `autoincrement`; the row comes with the first batch.
        Statement later(state_->handle,
                        "update sqlite_sequence set seq = max(seq, ?) where name = 'batches'");
        later.number(1, static_cast<int64_t>(number));
        if (later.step() != SQLITE_DONE) return state_->failure();
        if (sqlite3_changes(state_->handle) > 0) return {};
        Statement first(state_->handle, "insert into sqlite_sequence (name, seq) values ('batches', ?)");
        first.number(1, static_cast<int64_t>(number));
        if (first.step() != SQLITE_DONE) return state_->failure();
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
        "select organisation, day, path, rows, bytes, first, last, damaged, has_many, checksum from parts "
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
        part.has_many = statement.number_at(8) != 0;
        part.checksum = statement.bytes_at(9);
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
