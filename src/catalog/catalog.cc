#include "catalog/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/random.h"
#include "base/utf8.h"
#include "catalog/schema.h"
#include "model/quote.h"

namespace vigia {

namespace {

constexpr size_t organisation_id_bytes = 12;  // 24 digits
constexpr size_t token_bytes = 32;
constexpr std::string_view token_prefix = "vigia_";  // so that scanners of secrets know one

constexpr auto roles = std::to_array<std::pair<std::string_view, Role>>(
    {{"owner", Role::Owner}, {"user", Role::User}, {"reader", Role::Reader}});
constexpr auto key_kinds = std::to_array<std::pair<std::string_view, KeyKind>>(
    {{"source", KeyKind::Source}, {"hawk", KeyKind::Hawk}});

template <typename Table>
std::string_view name_in(const Table& table, auto value) {
    return std::ranges::find(table, value, &Table::value_type::second)->first;
}
template <typename Table>
auto value_in(const Table& table, std::string_view name) {
    const auto at = std::ranges::find(table, name, &Table::value_type::first);
    return at == table.end() ? std::nullopt : std::optional(at->second);
}

constexpr std::string_view user_columns = "id, organisation, email, role, created_at";
constexpr std::string_view key_columns = "id, organisation, name, kind, hint, created_at, revoked_at";

Time time_of(const SqlValue& value) { return Time{Duration{number(value)}}; }

Organisation organisation_of(const SqlRow& row) { return {text(row[0]), text(row[1]), time_of(row[2])}; }

User user_of(const SqlRow& row) {
    return {text(row[0]), text(row[1]), text(row[2]), role_of(text(row[3])).value_or(Role::Reader),
            time_of(row[4])};
}

ApiKey key_of(const SqlRow& row) {
    ApiKey key{.id = text(row[0]),
               .organisation = text(row[1]),
               .name = text(row[2]),
               .kind = key_kind_of(text(row[3])).value_or(KeyKind::Source),
               .hint = text(row[4]),
               .created_at = time_of(row[5])};
    if (!std::holds_alternative<std::monostate>(row[6])) key.revoked_at = time_of(row[6]);
    return key;
}

AuditEntry entry_of(const SqlRow& row) {
    return {time_of(row[0]), text(row[1]), {text(row[2]), text(row[3])}, text(row[4]), text(row[5]),
            text(row[6]),    text(row[7])};
}

template <typename Of>
auto all_of(const std::vector<SqlRow>& rows, Of of) {
    std::vector<decltype(of(rows[0]))> all;
    for (const SqlRow& row : rows) all.push_back(of(row));
    return all;
}

std::string json_of(const User& user) {
    return fmt::format(R"({{"email":{},"role":{}}})", quote(user.email), quote(name(user.role)));
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

Result<void> check_name(std::string_view what, std::string_view given) {
    if (given.empty() || characters(given) > name_characters_max || has_control(given))
        return error(ErrorKind::BadInput,
                     fmt::format("{} has a name of 1 to {} characters, none of them a control character",
                                 what, name_characters_max));
    return {};
}

// An address as the product needs it, to tell people apart and to write to them; in lower case.
Result<std::string> check_email(const std::string& given) {
    const size_t at = given.find('@');
    const bool good = at != std::string::npos && at > 0 && at + 1 < given.size() &&
                      given.find('@', at + 1) == std::string::npos && given.size() <= email_bytes_max &&
                      given.find(' ') == std::string::npos && !has_control(given);
    if (!good) return error(ErrorKind::BadInput, "an e-mail address has one @ with something on both sides");
    return lower_ascii(given);
}

Result<User> find_user(SqlSession& session, const std::string& organisation, const std::string& user) {
    const auto rows = TRY(session.query(
        fmt::format("select {} from users where organisation = :organisation and id = :id", user_columns),
        {organisation, user}));
    if (rows.empty()) return error(ErrorKind::NotFound, "there is no such user");
    return user_of(rows[0]);
}

// Conflict when the user is the only owner.
Result<void> check_not_last_owner(SqlSession& session, const User& user) {
    if (user.role != Role::Owner) return {};
    const auto rows = TRY(session.query(
        "select count(*) from users where organisation = :organisation and role = 'owner' and id <> :id",
        {user.organisation, user.id}));
    if (number(rows[0][0]) == 0)
        return error(
            ErrorKind::Conflict,
            fmt::format("{} is the last owner of the organisation; make another one first", user.email));
    return {};
}

// A conflict said in words of the catalogue, and other errors as they are.
Error in_words(Error failure, std::string conflict) {
    if (failure.kind == ErrorKind::Conflict && failure.message.starts_with("database:"))
        failure.message = std::move(conflict);
    return failure;
}

}  // namespace

std::string_view name(Role role) { return name_in(roles, role); }
std::optional<Role> role_of(std::string_view name) { return value_in(roles, name); }
std::string_view name(KeyKind kind) { return name_in(key_kinds, kind); }
std::optional<KeyKind> key_kind_of(std::string_view name) { return value_in(key_kinds, name); }

Result<Catalog> Catalog::open(Database database, const Vault& vault, const Clock& clock) {
    TRY_VOID(migrate(database, catalog_steps()));
    return Catalog(std::move(database), vault, clock);
}

Result<void> Catalog::log(SqlSession& session, const Actor& actor, const Change& change) const {
    TRY_VOID(session.execute(
        "insert into audit_log (id, organisation, time, who, origin, action, subject, before_change, "
        "after_change) "
        "values (:id, :organisation, :time, :who, :origin, :action, :subject, :before_change, :after_change)",
        {random_uuid(), change.organisation, now(), actor.who, actor.origin, std::string(change.action),
         change.subject, change.before, change.after}));
    return {};
}

Result<Organisation> Catalog::add_organisation(const Actor& actor, const std::string& name) {
    TRY_VOID(check_name("an organisation", name));
    Organisation made{hex(random_bytes(organisation_id_bytes)), name, Time{Duration{now()}}};
    const auto done = database_.transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(session.execute(
            "insert into organisations (id, name, created_at) values (:id, :name, :created_at)",
            {made.id, made.name, now()}));
        return log(
            session, actor,
            {"organisation added", made.id, made.id, "", fmt::format(R"({{"name":{}}})", quote(name))});
    });
    if (!done)
        return std::unexpected(
            in_words(done.error(), fmt::format("there is an organisation '{}' already", name)));
    return made;
}

Result<std::vector<Organisation>> Catalog::organisations() {
    const auto rows = TRY(database_.query("select id, name, created_at from organisations order by name"));
    return all_of(rows, organisation_of);
}

Result<Organisation> Catalog::organisation_by_name(const std::string& name) {
    const auto rows =
        TRY(database_.query("select id, name, created_at from organisations where name = :name", {name}));
    if (rows.empty()) return error(ErrorKind::NotFound, fmt::format("there is no organisation '{}'", name));
    return organisation_of(rows[0]);
}

Result<User> Catalog::add_user(const Actor& actor, const std::string& organisation, const std::string& email,
                               Role role, const std::string& password) {
    const std::string address = TRY(check_email(email));
    User made{random_uuid(), organisation, address, role, Time{Duration{now()}}};
    const std::string hash = TRY(hash_password(password));
    const auto done = database_.transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(
            session.execute("insert into users (id, organisation, email, role, password, created_at) "
                            "values (:id, :organisation, :email, :role, :password, :created_at)",
                            {made.id, organisation, made.email, std::string(name(role)), hash, now()}));
        return log(session, actor, {"user added", organisation, made.id, "", json_of(made)});
    });
    if (!done)
        return std::unexpected(
            in_words(done.error(),
                     fmt::format("{} has an account already, or there is no such organisation", made.email)));
    return made;
}

Result<std::vector<User>> Catalog::users(const std::string& organisation) {
    const auto rows = TRY(database_.query(
        fmt::format("select {} from users where organisation = :organisation order by email", user_columns),
        {organisation}));
    return all_of(rows, user_of);
}

Result<void> Catalog::set_role(const Actor& actor, const std::string& organisation, const std::string& user,
                               Role role) {
    return database_.transaction([&](SqlSession& session) -> Result<void> {
        const User before = TRY(find_user(session, organisation, user));
        if (before.role == role) return {};
        TRY_VOID(check_not_last_owner(session, before));
        TRY_VOID(
            session.execute("update users set role = :role where id = :id", {std::string(name(role)), user}));
        User after = before;
        after.role = role;
        return log(session, actor, {"role changed", organisation, user, json_of(before), json_of(after)});
    });
}

Result<void> Catalog::set_password(const Actor& actor, const std::string& organisation,
                                   const std::string& user, const std::string& password) {
    const std::string hash = TRY(hash_password(password));
    return database_.transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(find_user(session, organisation, user));
        TRY_VOID(session.execute("update users set password = :password where id = :id", {hash, user}));
        return log(session, actor, {"password changed", organisation, user, "", ""});
    });
}

Result<void> Catalog::remove_user(const Actor& actor, const std::string& organisation,
                                  const std::string& user) {
    return database_.transaction([&](SqlSession& session) -> Result<void> {
        const User before = TRY(find_user(session, organisation, user));
        TRY_VOID(check_not_last_owner(session, before));
        TRY_VOID(session.execute("delete from users where id = :id", {user}));
        return log(session, actor, {"user removed", organisation, user, json_of(before), ""});
    });
}

Result<User> Catalog::log_in(const std::string& organisation, const std::string& email,
                             const std::string& password) {
    // Of nobody's password: compared with when there is no such user, which then takes as long.
    static const std::string nobody = hash_password(hex(random_bytes(token_bytes))).value_or("");
    const auto address = check_email(email);
    const auto rows =
        TRY(database_.query(fmt::format("select {}, password from users where organisation = :organisation "
                                        "and email = :email",
                                        user_columns),
                            {organisation, address.value_or("")}));
    const bool right = is_password(password, rows.empty() ? nobody : text(rows[0][5]));
    if (rows.empty() || !right)
        return error(ErrorKind::Denied, "the e-mail address or the password is wrong");
    return user_of(rows[0]);
}

Result<NewApiKey> Catalog::add_key(const Actor& actor, const std::string& organisation,
                                   const std::string& key_name, KeyKind kind) {
    TRY_VOID(check_name("a key", key_name));
    NewApiKey made;
    made.token = std::string(token_prefix) + hex(random_bytes(token_bytes));
    made.key = {.id = random_uuid(),
                .organisation = organisation,
                .name = key_name,
                .kind = kind,
                .hint = made.token.substr(made.token.size() - 4),
                .created_at = Time{Duration{now()}}};
    // Hawk's signatures are made with the key itself, so that it must be read again.
    SqlValue sealed;
    if (kind == KeyKind::Hawk) sealed = TRY(vault_.seal(made.token, made.key.id));
    const auto done = database_.transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(session.execute(
            "insert into api_keys (id, organisation, name, kind, token_hash, sealed, hint, created_at) "
            "values (:id, :organisation, :name, :kind, :token_hash, :sealed, :hint, :created_at)",
            {made.key.id, organisation, key_name, std::string(name(kind)), hash_token(made.token), sealed,
             made.key.hint, now()}));
        return log(session, actor,
                   {"key added", organisation, made.key.id, "",
                    fmt::format(R"({{"name":{},"kind":{}}})", quote(key_name), quote(name(kind)))});
    });
    if (!done) return std::unexpected(in_words(done.error(), "there is no such organisation"));
    return made;
}

Result<std::vector<ApiKey>> Catalog::keys(const std::string& organisation) {
    const auto rows = TRY(database_.query(
        fmt::format("select {} from api_keys where organisation = :organisation order by created_at, id",
                    key_columns),
        {organisation}));
    return all_of(rows, key_of);
}

Result<void> Catalog::revoke_key(const Actor& actor, const std::string& organisation,
                                 const std::string& key) {
    return database_.transaction([&](SqlSession& session) -> Result<void> {
        const uint64_t changed =
            TRY(session.execute("update api_keys set revoked_at = :revoked_at, sealed = null "
                                "where organisation = :organisation and id = :id and revoked_at is null",
                                {now(), organisation, key}));
        if (changed == 0) return error(ErrorKind::NotFound, "there is no such key in force");
        return log(session, actor, {"key revoked", organisation, key, "", ""});
    });
}

Result<ApiKey> Catalog::key_of_token(std::string_view token) {
    const auto rows = TRY(database_.query(
        fmt::format("select {} from api_keys where token_hash = :token_hash and revoked_at is null",
                    key_columns),
        {hash_token(token)}));
    if (rows.empty()) return error(ErrorKind::Denied, "no key in force has this token");
    return key_of(rows[0]);
}

Result<std::string> Catalog::hawk_secret(const std::string& organisation, const std::string& key) {
    const auto rows =
        TRY(database_.query("select sealed from api_keys where organisation = :organisation and "
                            "id = :id and revoked_at is null and sealed is not null",
                            {organisation, key}));
    if (rows.empty()) return error(ErrorKind::Denied, "there is no such Hawk key in force");
    return vault_.unseal(text(rows[0][0]), key);
}

Result<std::vector<AuditEntry>> Catalog::audit(const std::string& organisation, size_t entries_max) {
    const auto rows = TRY(database_.query(
        "select time, organisation, who, origin, action, subject, before_change, after_change from audit_log "
        "where organisation = :organisation order by time desc, id limit :most",
        {organisation, static_cast<int64_t>(entries_max)}));
    return all_of(rows, entry_of);
}

}  // namespace vigia
