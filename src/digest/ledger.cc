#include "digest/ledger.h"

#include <fmt/format.h>

#include <algorithm>

#include "digest/ledger_schema.h"

namespace vigia {

namespace {

constexpr std::string_view columns =
    "organisation, node, source, place, bucket, object, previous_file, previous_sha256, previous_signature, "
    "state, "
    "seen_at, look_at";

std::string chain_text(const DigestName& name) {
    const ChainName chain = chain_of(name);
    return fmt::format("{}/{}/{}/{}/{}", chain.account, chain.region, chain.home_region, chain.trail,
                       chain.is_backfill ? "backfill" : "hourly");
}

DigestRecord record_of(const SqlRow& row) {
    DigestRecord record{.organisation = text(row[0]),
                        .node = text(row[1]),
                        .source = text(row[2]),
                        .place = text(row[3]),
                        .name = {text(row[4]), text(row[5])},
                        .told = {},
                        .previous_file = text(row[6]),
                        .previous_sha256 = text(row[7]),
                        .previous_signature = text(row[8]),
                        .state = trail_file_state_of(text(row[9])).value_or(TrailFileState::Unproven),
                        .seen_at = time_of(row[10]),
                        .look_at = optional_time_of(row[11])};
    record.told = parse_digest_name(record.name.key).value_or(DigestName{});
    return record;
}

std::optional<DigestRecord> first_of(const std::vector<SqlRow>& rows) {
    return rows.empty() ? std::nullopt : std::optional(record_of(rows[0]));
}

Result<void> write(SqlSession& session, const DigestRecord& record) {
    TRY_VOID(session.execute("delete from trail_digests where organisation = :o and file = :f",
                             {record.organisation, record.file()}));
    TRY_VOID(session.execute(
        "insert into trail_digests (organisation, file, chain, node, source, place, bucket, object, ended, "
        "previous_file, previous_sha256, previous_signature, state, seen_at, look_at) values (:o, :f, :c, "
        ":n, :s, :p, "
        ":b, :k, :e, :pf, :ph, :ps, :st, :sa, :la)",
        {record.organisation, record.file(), chain_text(record.told), record.node, record.source,
         record.place, record.name.bucket, record.name.key, nanoseconds(record.told.end),
         record.previous_file, record.previous_sha256, record.previous_signature,
         std::string(name(record.state)), nanoseconds(record.seen_at), value_of(record.look_at)}));
    return {};
}

int64_t signed_of(uint64_t count) { return static_cast<int64_t>(count); }

Result<void> write_hours(SqlSession& session, const DigestRecord& record, std::span<const HourCounts> hours) {
    TRY_VOID(session.execute("delete from trail_hours where organisation = :o and file = :f",
                             {record.organisation, record.file()}));
    for (const HourCounts& one : hours) {
        const auto count = [&](TrailFileState state) { return SqlValue(signed_of(one.counts[state])); };
        TRY_VOID(session.execute(
            "insert into trail_hours (organisation, file, account, region, hour, verified, missing, altered, "
            "unsigned_files, unproven) values (:o, :f, :a, :r, :h, :v, :m, :al, :us, :up)",
            {record.organisation, record.file(), record.told.account, record.told.region,
             nanoseconds(one.hour), count(TrailFileState::Verified), count(TrailFileState::Missing),
             count(TrailFileState::Altered), count(TrailFileState::Unsigned),
             count(TrailFileState::Unproven)}));
    }
    return {};
}

Result<void> write_findings(SqlSession& session, const DigestRecord& record,
                            std::span<const HourFinding> findings) {
    TRY_VOID(session.execute("delete from trail_findings where organisation = :o and file = :f",
                             {record.organisation, record.file()}));
    int64_t number = 0;
    for (const HourFinding& one : findings.first(std::min(findings.size(), digest_findings_max))) {
        const FileFinding& found = one.finding;
        TRY_VOID(
            session.execute("insert into trail_findings (organisation, file, number, kind, state, bucket, "
                            "object, reason, account, "
                            "region, hour) values (:o, :f, :n, :k, :s, :b, :ob, :rs, :a, :r, :h)",
                            {record.organisation, record.file(), number++, std::string(name(found.kind)),
                             std::string(name(found.state)), found.name.bucket, found.name.key, found.reason,
                             one.account, one.region, nanoseconds(one.hour)}));
    }
    return {};
}

FileCounts counts_of(const SqlRow& row, size_t from) {
    FileCounts counts;
    for (size_t i = 0; i < counts.of.size() && from + i < row.size(); i++)
        counts.of.at(i) = static_cast<uint64_t>(number(row[from + i]));
    return counts;
}

HourFigure figure_of(const SqlRow& row) {
    return {text(row[0]), text(row[1]), time_of(row[2]), counts_of(row, 3)};
}

// In the order of the states.
constexpr std::string_view sums =
    "cast(sum(verified) as bigint), cast(sum(missing) as bigint), cast(sum(altered) as bigint), "
    "cast(sum(unsigned_files) as bigint), cast(sum(unproven) as bigint)";
constexpr std::string_view asked =
    "organisation = :o and hour >= :b and hour < :e and (:a = '' or account = :a2) and (:r = '' or "
    "region = :r2)";

std::vector<SqlValue> parameters_of(const CompletenessQuery& query) {
    return {query.organisation, nanoseconds(query.from), nanoseconds(query.until),
            query.account,      query.account,           query.region,
            query.region,       signed_of(query.limit),  signed_of(query.skip)};
}

}  // namespace

Result<DigestLedger> DigestLedger::open(Database& database) {
    TRY_VOID(migrate(database, digest_steps(), "digest"));
    return DigestLedger(database);
}

Result<void> DigestLedger::arrived(const DigestRecord& record) {
    return database_->transaction([&](SqlSession& session) { return write(session, record); });
}

Result<void> DigestLedger::put(const DigestRecord& record, std::span<const HourCounts> hours,
                               std::span<const HourFinding> findings) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(write(session, record));
        TRY_VOID(write_hours(session, record, hours));
        return write_findings(session, record, findings);
    });
}

Result<void> DigestLedger::put_missing(const DigestRecord& record, const HourFinding& finding) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        const auto known =
            TRY(session.query("select 1 from trail_digests where organisation = :o and file = :f",
                              {record.organisation, record.file()}));
        if (!known.empty()) return {};
        TRY_VOID(write(session, record));
        HourCounts counts{finding.hour, {}};
        counts.counts[TrailFileState::Missing] = 1;
        TRY_VOID(write_hours(session, record, {&counts, 1}));
        return write_findings(session, record, {&finding, 1});
    });
}

Result<std::optional<DigestRecord>> DigestLedger::find(const std::string& organisation,
                                                       const std::string& file) {
    return first_of(TRY(database_->query(
        fmt::format("select {} from trail_digests where organisation = :o and file = :f", columns),
        {organisation, file})));
}

Result<std::optional<DigestRecord>> DigestLedger::after(const std::string& organisation,
                                                        const std::string& file) {
    return first_of(TRY(database_->query(fmt::format("select {} from trail_digests where organisation = :o "
                                                     "and previous_file = :f order by ended limit 1",
                                                     columns),
                                         {organisation, file})));
}

Result<bool> DigestLedger::has_older(const DigestRecord& record) {
    const auto rows = TRY(database_->query(
        "select 1 from trail_digests where organisation = :o and chain = :c and ended < :e limit 1",
        {record.organisation, chain_text(record.told), nanoseconds(record.told.end)}));
    return !rows.empty();
}

Result<std::vector<DigestRecord>> DigestLedger::due(const std::string& node, Time now, size_t limit) {
    return all_of(
        TRY(database_->query(
            fmt::format("select {} from trail_digests where node = :n and look_at <= :t order by look_at, "
                        "ended, file limit :l",
                        columns),
            {node, nanoseconds(now), signed_of(limit)})),
        record_of);
}

Result<void> DigestLedger::look_again(const DigestRecord& record, Time at) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(
            session.execute("update trail_digests set look_at = :t where organisation = :o and file = :f",
                            {nanoseconds(at), record.organisation, record.file()}));
        return {};
    });
}

Result<std::vector<HourFigure>> DigestLedger::places(const CompletenessQuery& query) {
    return all_of(
        TRY(database_->query(
            fmt::format("select account, region, min(hour), {} from trail_hours where {} group by account, "
                        "region order by account, region limit :l offset :s",
                        sums, asked),
            parameters_of(query))),
        figure_of);
}

Result<std::vector<HourFigure>> DigestLedger::hours(const CompletenessQuery& query) {
    return all_of(
        TRY(database_->query(
            fmt::format("select account, region, hour, {} from trail_hours where {} group by account, "
                        "region, hour order by hour desc, account, region limit :l offset :s",
                        sums, asked),
            parameters_of(query))),
        figure_of);
}

Result<std::optional<FileCounts>> DigestLedger::figure(const std::string& organisation,
                                                       const std::string& account, const std::string& region,
                                                       Time time) {
    const Time hour = hour_of(time);
    const auto found = TRY(hours({organisation, account, region, hour, hour + std::chrono::hours{1}, 1, 0}));
    return found.empty() ? std::nullopt : std::optional(found[0].counts);
}

Result<std::vector<HourFinding>> DigestLedger::findings(const CompletenessQuery& query) {
    const auto rows = TRY(database_->query(
        fmt::format(
            "select kind, state, bucket, object, reason, account, region, hour from trail_findings where {} "
            "order by hour desc, account, region, file, number limit :l offset :s",
            asked),
        parameters_of(query)));
    return all_of(rows, [](const SqlRow& row) {
        return HourFinding{{file_kind_of(text(row[0])).value_or(FileKind::Log),
                            trail_file_state_of(text(row[1])).value_or(TrailFileState::Missing),
                            {text(row[2]), text(row[3])},
                            text(row[4])},
                           text(row[5]),
                           text(row[6]),
                           time_of(row[7])};
    });
}

Result<void> DigestLedger::forget_before(Time time) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        for (const std::string_view sql :
             {"delete from trail_hours where hour < :t", "delete from trail_findings where hour < :t",
              "delete from trail_digests where ended < :t"})
            TRY_VOID(session.execute(sql, {nanoseconds(time)}));
        return {};
    });
}

}  // namespace vigia
