#include "catalog/catalog.h"

#include <fmt/format.h>

#include "base/conflict.h"
#include "base/number.h"
#include "base/random.h"
#include "catalog/bodies.h"
#include "catalog/records.h"
#include "catalog/schema.h"
#include "model/quote.h"

namespace vigia {

namespace {

Organisation organisation_of(const SqlRow& row) {
    return {text(row[0]), text(row[1]), time_of(row[2]), number(row[3])};
}
constexpr std::string_view organisation_columns = "id, name, created_at, version";

AuditEntry entry_of(const SqlRow& row) {
    return {time_of(row[0]), text(row[1]), {text(row[2]), text(row[3])},
            text(row[4]),    text(row[5]), text(row[6]),
            text(row[7]),    text(row[8])};
}

constexpr std::string_view entry_columns =
    "time, organisation, who, origin, action, subject, before_change, after_change, id";

std::string cursor_of(const AuditEntry& entry) {
    return fmt::format("{}-{}", nanoseconds(entry.time), entry.id);
}

// The entries behind it, as a condition.
Result<std::string> add_cursor(const std::string& cursor, std::vector<SqlValue>& parameters) {
    const size_t dash = std::min(cursor.find('-', 1), cursor.size());
    const auto time = parse_whole<int64_t>(std::string_view(cursor).substr(0, dash));
    if (!time || dash == cursor.size())
        return error(ErrorKind::BadInput, "a cursor is the one that the page before it gave");
    const std::string id = cursor.substr(dash + 1);
    TRY_VOID(check_text("a cursor", id, id_bytes_max));
    parameters.insert(parameters.end(), {*time, *time, id});
    return std::string(" and (time < :before or (time = :same and id < :id))");
}

// Conflict when the user is the only owner who may come in.
Result<void> check_not_last_owner(SqlSession& session, const User& user) {
    if (user.role != Role::Owner || user.disabled) return {};
    // Whoever takes an owner away waits for whoever does so at the same time.
    TRY_VOID(session.execute("update organisations set name = name where id = :id", {user.organisation}));
    const auto rows = TRY(
        session.query("select count(*) from users where organisation = :organisation and role = 'owner' and "
                      "disabled = 0 and id <> :id",
                      {user.organisation, user.id}));
    if (number(rows[0][0]) == 0)
        return error(
            ErrorKind::Conflict,
            fmt::format("{} is the last owner of the organisation; make another one first", user.email));
    return {};
}

std::string_view what_changed(const User& before, const User& after) {
    if (before.disabled == after.disabled) return "role changed";
    if (before.role != after.role) return "user changed";
    return after.disabled ? "user disabled" : "user enabled";
}

// What is a user's alone, and goes with them.
Result<void> drop_belongings(SqlSession& session, const std::string& user, Time now) {
    // Holds the user, so that no session begins meanwhile.
    TRY_VOID(session.execute("update users set role = role where id = :id", {user}));
    TRY_VOID(drop_sessions(session, user));
    TRY_VOID(session.execute("delete from preferences where user_id = :user_id", {user}));
    TRY_VOID(session.execute("delete from saved_searches where user_id = :user_id and shared = 0", {user}));
    TRY_VOID(
        session.execute("update api_keys set revoked_at = :revoked_at, sealed = null "
                        "where user_id = :user_id and revoked_at is null",
                        {nanoseconds(now), user}));
    return {};
}

}  // namespace

Result<Catalog> Catalog::open(Database database, const Vault& vault, const Clock& clock) {
    TRY_VOID(migrate(database, catalog_steps()));
    return Catalog(std::move(database), vault, clock);
}

Result<Organisation> Catalog::add_organisation(const Actor& actor, const std::string& name) {
    TRY_VOID(check_name("an organisation", name));
    Organisation made;
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        made = TRY(insert_organisation(session, actor, name, now()));
        return {};
    }));
    return made;
}

Result<std::vector<Organisation>> Catalog::organisations() {
    const auto rows = TRY(
        database_->query(fmt::format("select {} from organisations order by name", organisation_columns)));
    return all_of(rows, organisation_of);
}

Result<Organisation> Catalog::organisation_by_name(const std::string& name) {
    const auto rows = TRY(database_->query(
        fmt::format("select {} from organisations where name = :name", organisation_columns), {name}));
    if (rows.empty()) return error(ErrorKind::NotFound, fmt::format("there is no organisation '{}'", name));
    return organisation_of(rows[0]);
}

Result<std::string> name_of_organisation(SqlSession& session, const std::string& organisation) {
    const auto rows =
        TRY(session.query("select name from organisations where id = :organisation", {organisation}));
    if (rows.empty()) return error(ErrorKind::NotFound, "there is no such organisation");
    return text(rows[0][0]);
}

Result<Organisation> Catalog::organisation(const std::string& id) {
    const auto rows = TRY(database_->query(
        fmt::format("select {} from organisations where id = :id", organisation_columns), {id}));
    if (rows.empty()) return error(ErrorKind::NotFound, "there is no such organisation");
    return organisation_of(rows[0]);
}

Result<Organisation> Catalog::rename_organisation(const Actor& actor, const std::string& id,
                                                  const std::string& name, std::optional<int64_t> expected) {
    TRY_VOID(check_name("an organisation", name));
    Organisation after = TRY(organisation(id));
    TRY_VOID(check_version("the organisation", after.version, expected));
    if (after.name == name) return after;
    const Organisation before = after;
    after.name = name;
    after.version++;
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        const auto done = session.execute(
            "update organisations set name = :name, version = version + 1 "
            "where id = :id and version = :version",
            {name, id, before.version});
        if (!done) return std::unexpected(in_words(done.error(), name_taken("an organisation", name)));
        if (*done == 0) return check_version("the organisation", after.version, before.version);
        return log_change(
            session, actor, now(),
            {"organisation renamed", id, id, fmt::format(R"({{"name":{}}})", quote(before.name)),
             fmt::format(R"({{"name":{}}})", quote(name))});
    }));
    return after;
}

Result<User> Catalog::add_user(const Actor& actor, const std::string& organisation, const std::string& email,
                               Role role, const std::string& password) {
    const std::string address = TRY(check_email(email));
    User made{random_uuid(), organisation, address, role, now()};
    const std::string hash = TRY(hash_password(password));
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(insert_user(session, made, hash));
        return log_change(session, actor, now(), {"user added", organisation, made.id, "", audit_json(made)});
    }));
    return made;
}

Result<std::vector<User>> Catalog::users(const std::string& organisation) {
    const auto rows = TRY(database_->query(
        fmt::format("select {} from users where organisation = :organisation order by email", user_columns),
        {organisation}));
    return all_of(rows, user_of);
}

Result<User> Catalog::user(const std::string& organisation, const std::string& id) {
    User found;
    TRY_VOID(database_->snapshot([&](SqlSession& session) -> Result<void> {
        found = TRY(find_user(session, organisation, id));
        return {};
    }));
    return found;
}

Result<User> Catalog::change_user(const Actor& actor, const std::string& organisation,
                                  const std::string& user, const UserChange& change,
                                  std::optional<int64_t> expected) {
    User after;
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        const User before = TRY(find_user(session, organisation, user));
        TRY_VOID(check_version("the user", before.version, expected));
        after = before;
        after.role = change.role.value_or(before.role);
        after.disabled = change.disabled.value_or(before.disabled);
        if (after.role == before.role && after.disabled == before.disabled) return {};
        if (after.role != Role::Owner || after.disabled) TRY_VOID(check_not_last_owner(session, before));
        after.version++;
        const uint64_t changed = TRY(
            session.execute("update users set role = :role, disabled = :disabled, version = version + 1 "
                            "where id = :id and version = :version",
                            {std::string(name(after.role)), int64_t{after.disabled}, user, before.version}));
        if (changed == 0) return check_version("the user", after.version, before.version);
        TRY_VOID(drop_sessions(session, user));
        return log_change(
            session, actor, now(),
            {what_changed(before, after), organisation, user, audit_json(before), audit_json(after)});
    }));
    return after;
}

Result<void> Catalog::set_password(const Actor& actor, const std::string& organisation,
                                   const std::string& user, const std::string& password) {
    const std::string hash = TRY(hash_password(password));
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(find_user(session, organisation, user));
        TRY_VOID(session.execute("update users set password = :password where id = :id", {hash, user}));
        TRY_VOID(drop_sessions(session, user));
        return log_change(session, actor, now(), {"password changed", organisation, user, "", ""});
    });
}

Result<void> Catalog::remove_user(const Actor& actor, const std::string& organisation,
                                  const std::string& user, std::optional<int64_t> expected) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        const User before = TRY(find_user(session, organisation, user));
        TRY_VOID(check_version("the user", before.version, expected));
        TRY_VOID(check_not_last_owner(session, before));
        TRY_VOID(drop_belongings(session, user, now()));
        TRY_VOID(session.execute("delete from users where id = :id", {user}));
        return log_change(session, actor, now(),
                          {"user removed", organisation, user, audit_json(before), ""});
    });
}

Result<std::vector<AuditEntry>> Catalog::audit(const std::string& organisation, size_t entries_max) {
    const auto rows =
        TRY(database_->query(fmt::format("select {} from audit_log where organisation = :organisation "
                                         "order by time desc, id desc limit :most",
                                         entry_columns),
                             {organisation, static_cast<int64_t>(entries_max)}));
    return all_of(rows, entry_of);
}

Result<AuditPage> Catalog::audit(const AuditQuery& query) {
    if (query.limit == 0 || query.limit > audit_page_max)
        return error(ErrorKind::BadInput, fmt::format("a page has 1 to {} entries", audit_page_max));
    std::string where;
    std::vector<SqlValue> parameters{query.organisation};
    const auto bound = [&](std::string_view condition, const std::optional<Time>& time) {
        if (!time) return;
        where += condition;
        parameters.emplace_back(nanoseconds(*time));
    };
    bound(" and time >= :from", query.from);
    bound(" and time < :until", query.until);
    for (const auto& [column, value] :
         {std::pair("who", &query.who), {"action", &query.action}, {"subject", &query.subject}}) {
        if (value->empty()) continue;
        TRY_VOID(check_text(column, *value, audit_text_bytes_max));
        where += fmt::format(" and {0} = :{0}", column);
        parameters.emplace_back(*value);
    }
    if (!query.cursor.empty()) where += TRY(add_cursor(query.cursor, parameters));
    parameters.emplace_back(static_cast<int64_t>(query.limit + 1));
    const auto rows =
        TRY(database_->query(fmt::format("select {} from audit_log where organisation = :organisation{} "
                                         "order by time desc, id desc limit :most",
                                         entry_columns, where),
                             parameters));
    AuditPage page{.entries = all_of(rows, entry_of), .next = {}};
    if (page.entries.size() > query.limit) {
        page.entries.resize(query.limit);
        page.next = cursor_of(page.entries.back());
    }
    return page;
}

Result<std::map<std::string, Time>> Catalog::last_logins(const std::string& organisation) {
    const auto rows = TRY(database_->query(
        "select subject, max(time) from audit_log where organisation = :organisation and action = :action "
        "group by subject",
        {organisation, std::string(login_action)}));
    std::map<std::string, Time> logins;
    for (const SqlRow& row : rows) logins.emplace(text(row[0]), time_of(row[1]));
    return logins;
}

}  // namespace vigia
