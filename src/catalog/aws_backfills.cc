#include "catalog/aws_backfills.h"

#include <fmt/format.h>

#include <array>

#include "base/random.h"
#include "catalog/records.h"
#include "model/quote.h"

namespace vigia {

namespace {

using State = AwsBackfill::State;

constexpr std::string_view columns =
    "id, organisation, connection, region, bucket, prefix, from_time, until_time, objects_per_second, state, "
    "error, found, done, failed, bytes, listed, created_at, updated_at, ended_at";
constexpr size_t id_bytes = 12;
constexpr auto states =
    std::to_array({State::Running, State::Paused, State::Done, State::Failed, State::Cancelled});

uint64_t count(const SqlValue& value) { return static_cast<uint64_t>(number(value)); }

AwsBackfill backfill_of(const SqlRow& row) {
    AwsBackfill made{.id = text(row[0]),
                     .organisation = text(row[1]),
                     .connection = text(row[2]),
                     .region = text(row[3]),
                     .bucket = text(row[4]),
                     .prefix = text(row[5]),
                     .from = optional_time_of(row[6]),
                     .until = optional_time_of(row[7]),
                     .objects_per_second = count(row[8])};
    for (const State one : states)
        if (name(one) == text(row[9])) made.state = one;
    made.error = text(row[10]);
    made.found = count(row[11]);
    made.done = count(row[12]);
    made.failed = count(row[13]);
    made.bytes = count(row[14]);
    made.is_listed = number(row[15]) != 0;
    made.created_at = time_of(row[16]);
    made.updated_at = time_of(row[17]);
    made.ended_at = optional_time_of(row[18]);
    return made;
}

std::string json_of(const AwsBackfill& one) {
    return fmt::format(R"({{"connection":{},"bucket":{},"prefix":{},"state":{}}})", quote(one.connection),
                       quote(one.bucket), quote(one.prefix), quote(name(one.state)));
}

Result<void> log_backfill(SqlSession& session, const Actor& actor, Time now, std::string_view action,
                          const AwsBackfill* before, const AwsBackfill& after) {
    return log_change(session, actor, now,
                      {.action = action,
                       .organisation = after.organisation,
                       .subject = after.id,
                       .before = before != nullptr ? json_of(*before) : "",
                       .after = json_of(after)});
}

Result<AwsBackfill> find_row(SqlSession& session, const std::string& organisation,
                             const std::string& connection, const std::string& id) {
    const auto rows = TRY(session.query(
        fmt::format("select {} from aws_backfills where organisation = :organisation and connection = "
                    ":connection and id = :id",
                    columns),
        {organisation, connection, id}));
    if (rows.empty()) return error(ErrorKind::NotFound, "there is no such back-fill");
    return backfill_of(rows[0]);
}

bool has_ended(State state) { return state != State::Running && state != State::Paused; }

}  // namespace

std::string_view name(State state) {
    switch (state) {
        case State::Running:
            return "running";
        case State::Paused:
            return "paused";
        case State::Done:
            return "done";
        case State::Failed:
            return "failed";
        case State::Cancelled:
            return "cancelled";
    }
    return "";
}

Result<AwsBackfill> AwsBackfills::add(const Actor& actor, const AwsBackfill& wanted) {
    AwsBackfill made = wanted;
    made.id = hex(random_bytes(id_bytes));
    made.state = State::Running;
    made.created_at = made.updated_at = clock_->now();
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        const auto held = TRY(session.query(
            "select count(*) from aws_backfills where connection = :connection", {made.connection}));
        if (count(held[0][0]) >= connection_backfills_max)
            return error(ErrorKind::BadInput,
                         fmt::format("a connection has at most {} back-fills", connection_backfills_max));
        TRY_VOID(session.execute(
            "insert into aws_backfills (id, organisation, connection, region, bucket, prefix, from_time, "
            "until_time, objects_per_second, state, error, found, done, failed, bytes, listed, created_at, "
            "updated_at, ended_at) values (:id, :organisation, :connection, :region, :bucket, :prefix, "
            ":from_time, :until_time, :objects_per_second, :state, '', 0, 0, 0, 0, 0, :created_at, "
            ":updated_at, null)",
            {made.id, made.organisation, made.connection, made.region, made.bucket, made.prefix,
             value_of(made.from), value_of(made.until), static_cast<int64_t>(made.objects_per_second),
             std::string(name(made.state)), nanoseconds(made.created_at), nanoseconds(made.updated_at)}));
        return log_backfill(session, actor, clock_->now(), "aws back-fill added", nullptr, made);
    }));
    return made;
}

Result<std::vector<AwsBackfill>> AwsBackfills::list(const std::string& organisation,
                                                    const std::string& connection) {
    const auto rows = TRY(database_->query(
        fmt::format("select {} from aws_backfills where organisation = :organisation and connection = "
                    ":connection order by created_at desc, id",
                    columns),
        {organisation, connection}));
    return all_of(rows, backfill_of);
}

Result<std::vector<AwsBackfill>> AwsBackfills::running() {
    const auto rows = TRY(database_->query(
        fmt::format("select {} from aws_backfills where state = 'running' order by created_at", columns)));
    return all_of(rows, backfill_of);
}

Result<AwsBackfill> AwsBackfills::find(const std::string& organisation, const std::string& connection,
                                       const std::string& id) {
    AwsBackfill found;
    TRY_VOID(database_->snapshot([&](SqlSession& session) -> Result<void> {
        found = TRY(find_row(session, organisation, connection, id));
        return {};
    }));
    return found;
}

Result<AwsBackfill> AwsBackfills::set_state(const Actor& actor, const std::string& organisation,
                                            const std::string& connection, const std::string& id,
                                            State state) {
    AwsBackfill changed;
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        const AwsBackfill before = TRY(find_row(session, organisation, connection, id));
        // One that failed may go on where it was.
        if (has_ended(before.state) && !(before.state == State::Failed && state == State::Running))
            return error(ErrorKind::Conflict,
                         fmt::format("the back-fill has ended: it is {}", name(before.state)));
        changed = before;
        changed.state = state;
        changed.updated_at = clock_->now();
        if (has_ended(state)) changed.ended_at = clock_->now();
        TRY_VOID(session.execute(
            "update aws_backfills set state = :state, error = '', updated_at = :updated_at, ended_at = "
            ":ended_at where id = :id",
            {std::string(name(state)), nanoseconds(changed.updated_at), value_of(changed.ended_at), id}));
        return log_backfill(session, actor, clock_->now(), "aws back-fill changed", &before, changed);
    }));
    return changed;
}

Result<void> AwsBackfills::keep(const AwsBackfill& one) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(
            session.execute("update aws_backfills set error = :error, found = :found, done = :done, failed = "
                            ":failed, bytes = "
                            ":bytes, listed = :listed, updated_at = :updated_at where id = :id",
                            {one.error, static_cast<int64_t>(one.found), static_cast<int64_t>(one.done),
                             static_cast<int64_t>(one.failed), static_cast<int64_t>(one.bytes),
                             int64_t{one.is_listed}, nanoseconds(clock_->now()), one.id}));
        if (one.state == State::Running) return {};
        TRY_VOID(
            session.execute("update aws_backfills set state = :state, ended_at = :ended_at where id = :id "
                            "and state = 'running'",
                            {std::string(name(one.state)), nanoseconds(clock_->now()), one.id}));
        return {};
    });
}

Result<std::vector<AwsBackfillShard>> AwsBackfills::shards(const std::string& backfill) {
    const auto rows = TRY(database_->query(
        "select prefix, position, done from aws_backfill_shards where backfill = :backfill order by prefix",
        {backfill}));
    return all_of(rows, [](const SqlRow& row) {
        return AwsBackfillShard{text(row[0]), text(row[1]), number(row[2]) != 0};
    });
}

Result<void> AwsBackfills::add_shards(const std::string& backfill,
                                      const std::vector<AwsBackfillShard>& shards) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        for (const AwsBackfillShard& one : shards)
            TRY_VOID(session.execute(
                "insert into aws_backfill_shards (backfill, prefix, position, done) values (:backfill, "
                ":prefix, :position, :done) on conflict (backfill, prefix) do nothing",
                {backfill, one.prefix, one.position, int64_t{one.done}}));
        return {};
    });
}

Result<void> AwsBackfills::keep_shard(const std::string& backfill, const AwsBackfillShard& shard) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(
            session.execute("update aws_backfill_shards set position = :position, done = :done where "
                            "backfill = :backfill and "
                            "prefix = :prefix",
                            {shard.position, int64_t{shard.done}, backfill, shard.prefix}));
        return {};
    });
}

}  // namespace vigia
