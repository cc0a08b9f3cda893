#include "store/pinned_database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/file.h"

namespace vigia {

namespace {

constexpr int busy_timeout_ms = 10'000;

struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Handle = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

std::unexpected<Error> failure(sqlite3* handle, const std::string& file) {
    const int code = sqlite3_errcode(handle) & 0xff;
    const bool is_corrupt = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
    return error(is_corrupt ? ErrorKind::Corrupt : ErrorKind::Io,
                 fmt::format("the database {}: {}", file, sqlite3_errmsg(handle)));
}

Result<Handle> opened(const std::string& file) {
    sqlite3* made = nullptr;
    const int code =
        sqlite3_open_v2(file.c_str(), &made, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, nullptr);
    Handle handle(made);
    if (code != SQLITE_OK) return failure(made, file);
    sqlite3_busy_timeout(made, busy_timeout_ms);
    return handle;
}

}  // namespace

struct PinnedDatabase::State {
    Handle handle;
    std::string file;
};

PinnedDatabase::PinnedDatabase(std::unique_ptr<State> state) : state_(std::move(state)) {}
PinnedDatabase::PinnedDatabase(PinnedDatabase&&) noexcept = default;
PinnedDatabase& PinnedDatabase::operator=(PinnedDatabase&&) noexcept = default;
PinnedDatabase::~PinnedDatabase() = default;

Result<PinnedDatabase> PinnedDatabase::open(const std::string& file) {
    auto state = std::make_unique<State>();
    state->file = file;
    state->handle = TRY(opened(file));
    // A transaction sees the database as it was when it first read.
    sqlite3* const handle = state->handle.get();
    for (const char* sql : {"begin", "select count(*) from sqlite_master"}) {
        if (sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failure(handle, file);
    }
    return PinnedDatabase(std::move(state));
}

// SQLite's backup reads in the transaction that is open, in one step: pages of that moment.
Result<void> PinnedDatabase::copy_to(const std::string& file) const {
    TRY_VOID(write_private_file(file, ""));
    const Handle to = TRY(opened(file));
    sqlite3_backup* const backup = sqlite3_backup_init(to.get(), "main", state_->handle.get(), "main");
    if (backup == nullptr) return failure(to.get(), file);
    const int copied = sqlite3_backup_step(backup, -1);
    const int finished = sqlite3_backup_finish(backup);
    if (copied != SQLITE_DONE || finished != SQLITE_OK) return failure(to.get(), file);
    return {};
}

Result<std::vector<std::string>> PinnedDatabase::parts() const {
    sqlite3* const handle = state_->handle.get();
    sqlite3_stmt* made = nullptr;
    const int prepared = sqlite3_prepare_v2(handle, "select path from parts where damaged = 0 order by path",
                                            -1, &made, nullptr);
    const Statement statement(made);
    if (prepared != SQLITE_OK) return failure(handle, state_->file);
    std::vector<std::string> parts;
    int code = sqlite3_step(made);
    for (; code == SQLITE_ROW; code = sqlite3_step(made))
        parts.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(made, 0)));
    if (code != SQLITE_DONE) return failure(handle, state_->file);
    return parts;
}

}  // namespace vigia
