#include "catalog/aws_connections.h"

#include <fmt/format.h>

#include "base/conflict.h"
#include "base/random.h"
#include "catalog/aws_schema.h"
#include "catalog/records.h"
#include "model/quote.h"

namespace vigia {

namespace {

constexpr std::string_view columns =
    "id, organisation, name, queue_url, region, role_arn, external_id, is_configured, enabled, created_at, "
    "version";
constexpr size_t id_bytes = 12, external_id_bytes = 16;
constexpr size_t field_bytes_max = 2'048;
const Actor configuration{"configuration", "configuration file"};

AwsConnection connection_of(const SqlRow& row) {
    return {.id = text(row[0]),
            .organisation = text(row[1]),
            .name = text(row[2]),
            .queue_url = text(row[3]),
            .region = text(row[4]),
            .role_arn = text(row[5]),
            .external_id = text(row[6]),
            .is_configured = number(row[7]) != 0,
            .enabled = number(row[8]) != 0,
            .created_at = time_of(row[9]),
            .version = number(row[10])};
}

std::string json_of(const AwsConnection& one) {
    return fmt::format(
        R"({{"name":{},"queue_url":{},"region":{},"role_arn":{},"external_id":{},"enabled":{}}})",
        quote(one.name), quote(one.queue_url), quote(one.region), quote(one.role_arn), quote(one.external_id),
        one.enabled);
}

Result<void> check_draft(const AwsConnectionDraft& draft) {
    TRY_VOID(check_name("a connection", draft.name));
    TRY_VOID(check_text("the queue's URL", draft.queue_url, field_bytes_max));
    TRY_VOID(check_text("the region", draft.region, field_bytes_max));
    return check_text("the role's ARN", draft.role_arn, field_bytes_max);
}

Result<AwsConnection> find_row(SqlSession& session, const std::string& organisation, const std::string& id) {
    const auto rows = TRY(session.query(
        fmt::format("select {} from aws_connections where organisation = :organisation and id = :id",
                    columns),
        {organisation, id}));
    if (rows.empty()) return error(ErrorKind::NotFound, "there is no such connection");
    return connection_of(rows[0]);
}

Result<void> check_free(const AwsConnection& there) {
    if (!there.is_configured) return {};
    return error(ErrorKind::Conflict, "the connection stands in the configuration file: change it there");
}

Result<void> log_connection(SqlSession& session, const Actor& actor, Time now, std::string_view action,
                            const AwsConnection* before, const AwsConnection* after) {
    const AwsConnection& one = before != nullptr ? *before : *after;
    return log_change(session, actor, now,
                      {.action = action,
                       .organisation = one.organisation,
                       .subject = one.id,
                       .before = before != nullptr ? json_of(*before) : "",
                       .after = after != nullptr ? json_of(*after) : ""});
}

Result<void> insert(SqlSession& session, const AwsConnection& one) {
    TRY_VOID(session.execute(
        "insert into aws_connections (id, organisation, name, queue_url, region, role_arn, external_id, "
        "is_configured, enabled, created_at, version) values (:id, :organisation, :name, :queue_url, "
        ":region, "
        ":role_arn, :external_id, :is_configured, :enabled, :created_at, 1)",
        {one.id, one.organisation, one.name, one.queue_url, one.region, one.role_arn, one.external_id,
         int64_t{one.is_configured}, int64_t{one.enabled}, nanoseconds(one.created_at)}));
    return {};
}

Result<void> update(SqlSession& session, const AwsConnection& one) {
    TRY_VOID(session.execute(
        "update aws_connections set name = :name, queue_url = :queue_url, region = :region, role_arn = "
        ":role_arn, external_id = :external_id, enabled = :enabled, version = version + 1 where id = :id",
        {one.name, one.queue_url, one.region, one.role_arn, one.external_id, int64_t{one.enabled}, one.id}));
    return {};
}

void take(const AwsConnectionDraft& draft, AwsConnection& into) {
    into.name = draft.name;
    into.queue_url = draft.queue_url;
    into.region = draft.region;
    into.role_arn = draft.role_arn;
    into.enabled = draft.enabled;
}

Error taken(const std::string& name) { return name_taken("a connection", name); }

}  // namespace

Result<AwsConnections> AwsConnections::open(Database& database, const Clock& clock) {
    TRY_VOID(migrate(database, aws_steps(), "aws"));
    return AwsConnections(database, clock);
}

Result<AwsConnection> AwsConnections::add(const Actor& actor, const std::string& organisation,
                                          const AwsConnectionDraft& draft) {
    TRY_VOID(check_draft(draft));
    AwsConnection made{.id = hex(random_bytes(id_bytes)), .organisation = organisation};
    take(draft, made);
    made.external_id = hex(random_bytes(external_id_bytes));
    made.created_at = clock_->now();
    const auto done = database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(check_organisation(session, organisation));
        const auto held = TRY(session.query(
            "select count(*) from aws_connections where organisation = :organisation", {organisation}));
        if (number(held[0][0]) >= static_cast<int64_t>(organisation_connections_max))
            return error(ErrorKind::BadInput,
                         fmt::format("an organisation has at most {} connections to AWS: "
                                     "remove one first",
                                     organisation_connections_max));
        TRY_VOID(insert(session, made));
        return log_connection(session, actor, clock_->now(), "aws connection added", nullptr, &made);
    });
    if (!done) return std::unexpected(in_words(done.error(), taken(draft.name)));
    return made;
}

Result<std::vector<AwsConnection>> AwsConnections::list(const std::string& organisation) {
    const auto rows = TRY(database_->query(
        fmt::format("select {} from aws_connections where organisation = :organisation order by name, id",
                    columns),
        {organisation}));
    return all_of(rows, connection_of);
}

Result<std::vector<AwsConnection>> AwsConnections::all() {
    const auto rows =
        TRY(database_->query(fmt::format("select {} from aws_connections order by id", columns)));
    return all_of(rows, connection_of);
}

Result<AwsConnection> AwsConnections::find(const std::string& organisation, const std::string& id) {
    AwsConnection found;
    TRY_VOID(database_->snapshot([&](SqlSession& session) -> Result<void> {
        found = TRY(find_row(session, organisation, id));
        return {};
    }));
    return found;
}

Result<AwsConnection> AwsConnections::change(const Actor& actor, const std::string& organisation,
                                             const std::string& id, const AwsConnectionDraft& draft,
                                             std::optional<int64_t> expected) {
    TRY_VOID(check_draft(draft));
    AwsConnection changed;
    const auto done = database_->transaction([&](SqlSession& session) -> Result<void> {
        const AwsConnection before = TRY(find_row(session, organisation, id));
        TRY_VOID(check_free(before));
        TRY_VOID(check_version("the connection", before.version, expected));
        changed = before;
        take(draft, changed);
        TRY_VOID(update(session, changed));
        changed.version++;
        return log_connection(session, actor, clock_->now(), "aws connection changed", &before, &changed);
    });
    if (!done) return std::unexpected(in_words(done.error(), taken(draft.name)));
    return changed;
}

Result<void> AwsConnections::remove(const Actor& actor, const std::string& organisation,
                                    const std::string& id, std::optional<int64_t> expected) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        const AwsConnection before = TRY(find_row(session, organisation, id));
        TRY_VOID(check_free(before));
        TRY_VOID(check_version("the connection", before.version, expected));
        TRY_VOID(
            session.execute("delete from aws_backfill_shards where backfill in (select id from aws_backfills "
                            "where connection = :connection)",
                            {id}));
        for (const char* const table : {"aws_accounts", "aws_dead_letters", "aws_backfills"})
            TRY_VOID(
                session.execute(fmt::format("delete from {} where connection = :connection", table), {id}));
        TRY_VOID(session.execute("delete from aws_connections where id = :id", {id}));
        return log_connection(session, actor, clock_->now(), "aws connection removed", &before, nullptr);
    });
}

Result<void> AwsConnections::configure(const std::vector<Configured>& wanted) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        const auto rows = TRY(
            session.query(fmt::format("select {} from aws_connections where is_configured = 1", columns)));
        std::map<std::pair<std::string, std::string>, AwsConnection> left;
        for (const SqlRow& row : rows) {
            AwsConnection one = connection_of(row);
            left.emplace(std::pair(one.organisation, one.name), std::move(one));
        }
        for (const Configured& one : wanted) {
            TRY_VOID(check_draft(one.draft));
            const auto there = left.find({one.organisation, one.draft.name});
            AwsConnection made{.id = hex(random_bytes(id_bytes)), .organisation = one.organisation};
            made.created_at = clock_->now();
            if (there != left.end()) made = there->second;
            const std::string before = json_of(made);
            take(one.draft, made);
            made.external_id = one.external_id;
            made.is_configured = true;
            if (there == left.end()) {
                TRY_VOID(insert(session, made));
                TRY_VOID(log_connection(session, configuration, clock_->now(), "aws connection added",
                                        nullptr, &made));
                continue;
            }
            if (before != json_of(made)) {
                TRY_VOID(update(session, made));
                TRY_VOID(log_connection(session, configuration, clock_->now(), "aws connection changed",
                                        &there->second, &made));
            }
            left.erase(there);
        }
        for (auto& [key, gone] : left) {
            if (!gone.enabled) continue;
            AwsConnection off = gone;
            off.enabled = false;
            TRY_VOID(update(session, off));
            TRY_VOID(
                log_connection(session, configuration, clock_->now(), "aws connection changed", &gone, &off));
        }
        return {};
    });
}

Result<void> AwsConnections::map_account(const Actor& actor, const AwsConnection& connection,
                                         const std::string& account, const std::string& organisation) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        if (!organisation.empty()) TRY_VOID(check_organisation(session, organisation));
        const auto there = TRY(session.query(
            "select organisation from aws_accounts where connection = :connection and account = :account",
            {connection.id, account}));
        TRY_VOID(session.execute(
            "insert into aws_accounts (connection, account, organisation, objects, last_seen) values "
            "(:connection, :account, :organisation, 0, null) on conflict (connection, account) do update set "
            "organisation = excluded.organisation",
            {connection.id, account, organisation}));
        const auto entry = [&](const std::string& of) {
            return fmt::format(R"({{"account":{},"organisation":{}}})", quote(account), quote(of));
        };
        return log_change(session, actor, clock_->now(),
                          {.action = "aws account mapped",
                           .organisation = connection.organisation,
                           .subject = connection.id,
                           .before = there.empty() ? "" : entry(text(there[0][0])),
                           .after = entry(organisation)});
    });
}

Result<std::vector<AwsAccount>> AwsConnections::accounts(const std::string& connection) {
    const auto rows = TRY(database_->query(
        "select connection, account, organisation, objects, last_seen from aws_accounts where connection = "
        ":connection order by account",
        {connection}));
    return all_of(rows, [](const SqlRow& row) {
        return AwsAccount{text(row[0]), text(row[1]), text(row[2]), static_cast<uint64_t>(number(row[3])),
                          optional_time_of(row[4])};
    });
}

Result<void> AwsConnections::note_accounts(const std::vector<AwsAccount>& seen) {
    if (seen.empty()) return {};
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        for (const AwsAccount& one : seen)
            TRY_VOID(session.execute(
                "insert into aws_accounts (connection, account, organisation, objects, last_seen) select "
                ":connection, :account, '', cast(:objects as bigint), cast(:last_seen as bigint) from "
                "aws_connections where id = :id on "
                "conflict (connection, account) do update set objects = aws_accounts.objects + "
                "excluded.objects, last_seen = excluded.last_seen",
                {one.connection, one.account, static_cast<int64_t>(one.objects), value_of(one.last_seen),
                 one.connection}));
        return {};
    });
}

}  // namespace vigia
