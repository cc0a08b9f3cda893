#include <fmt/format.h>

#include <array>

#include "base/random.h"
#include "catalog/catalog.h"
#include "catalog/records.h"
#include "model/quote.h"

namespace vigia {

namespace {

constexpr auto key_kinds = std::to_array<std::pair<std::string_view, KeyKind>>(
    {{"source", KeyKind::Source}, {"hawk", KeyKind::Hawk}, {"api", KeyKind::Api}});

constexpr size_t hint_characters = 4;

// Of a Hawk key the role is its user's, so that a change of it holds at once.
constexpr std::string_view key_query =
    "select api_keys.id, api_keys.organisation, api_keys.name, api_keys.kind, api_keys.hint, "
    "api_keys.created_at, api_keys.created_by, api_keys.revoked_at, api_keys.last_used_at, "
    "coalesce(users.role, api_keys.role), api_keys.user_id, api_keys.sealed, users.email "
    "from api_keys left join users on users.id = api_keys.user_id "
    "and users.organisation = api_keys.organisation";
constexpr size_t sealed_column = 11;
constexpr size_t email_column = 12;

ApiKey key_of(const SqlRow& row) {
    return {.id = text(row[0]),
            .organisation = text(row[1]),
            .name = text(row[2]),
            .kind = key_kind_of(text(row[3])).value_or(KeyKind::Source),
            .hint = text(row[4]),
            .created_at = time_of(row[5]),
            .created_by = text(row[6]),
            .revoked_at = optional_time_of(row[7]),
            .last_used_at = optional_time_of(row[8]),
            .role = role_of(text(row[9])).value_or(Role::Reader),
            .user = text(row[10])};
}

std::string json_of(const ApiKey& key) {
    std::string json = fmt::format(R"({{"name":{},"kind":{})", quote(key.name), quote(name(key.kind)));
    if (key.kind != KeyKind::Source) json += fmt::format(R"(,"role":{})", quote(name(key.role)));
    if (!key.user.empty()) json += fmt::format(R"(,"user":{})", quote(key.user));
    return json + "}";
}

Result<void> check_grant(KeyKind kind, const KeyGrant& grant) {
    if ((kind == KeyKind::Hawk) == grant.user.empty())
        return error(ErrorKind::BadInput, "a Hawk key belongs to a user, and no other key does");
    return {};
}

Result<void> insert_key(SqlSession& session, const NewApiKey& made, const SqlValue& sealed) {
    const ApiKey& key = made.key;
    const auto done = session.execute(
        "insert into api_keys (id, organisation, name, kind, token_hash, sealed, hint, created_at, "
        "created_by, role, user_id) values (:id, :organisation, :name, :kind, :token_hash, :sealed, :hint, "
        ":created_at, :created_by, :role, :user_id)",
        {key.id, key.organisation, key.name, std::string(name(key.kind)), hash_token(made.token), sealed,
         key.hint, nanoseconds(key.created_at), key.created_by, std::string(name(key.role)),
         key.user.empty() ? SqlValue() : SqlValue(key.user)});
    if (!done)
        return std::unexpected(
            in_words(done.error(),
                     {ErrorKind::Conflict, "the user has a Hawk key in force already; revoke it first"}));
    return {};
}

}  // namespace

std::string_view name(KeyKind kind) { return name_in(key_kinds, kind); }
std::optional<KeyKind> key_kind_of(std::string_view name) { return value_in(key_kinds, name); }

Result<NewApiKey> Catalog::add_key(const Actor& actor, const std::string& organisation,
                                   const std::string& key_name, KeyKind kind, const KeyGrant& grant) {
    TRY_VOID(check_name("a key", key_name));
    TRY_VOID(check_grant(kind, grant));
    NewApiKey made;
    made.token = new_token();
    made.key = {.id = random_uuid(),
                .organisation = organisation,
                .name = key_name,
                .kind = kind,
                .hint = made.token.substr(made.token.size() - hint_characters),
                .created_at = now(),
                .created_by = actor.who,
                .role = grant.role,
                .user = grant.user};
    // Hawk's signatures are made with the key itself, so that it must be read again.
    SqlValue sealed;
    if (kind == KeyKind::Hawk) sealed = TRY(vault_.seal(made.token, made.key.id));
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(check_organisation(session, organisation));
        if (kind == KeyKind::Hawk) made.key.role = TRY(find_user(session, organisation, grant.user)).role;
        TRY_VOID(insert_key(session, made, sealed));
        return log_change(session, actor, now(),
                          {"key added", organisation, made.key.id, "", json_of(made.key)});
    }));
    return made;
}

Result<std::vector<ApiKey>> Catalog::keys(const std::string& organisation) {
    const auto rows = TRY(database_->query(
        fmt::format(
            "{} where api_keys.organisation = :organisation order by api_keys.created_at, api_keys.id",
            key_query),
        {organisation}));
    return all_of(rows, key_of);
}

Result<void> Catalog::revoke_key(const Actor& actor, const std::string& organisation,
                                 const std::string& key) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        const auto rows = TRY(session.query(fmt::format("{} where api_keys.organisation = :organisation and "
                                                        "api_keys.id = :id and api_keys.revoked_at is null",
                                                        key_query),
                                            {organisation, key}));
        if (rows.empty()) return error(ErrorKind::NotFound, "there is no such key in force");
        TRY_VOID(session.execute("update api_keys set revoked_at = :revoked_at, sealed = null where id = :id",
                                 {nanoseconds(now()), key}));
        return log_change(session, actor, now(),
                          {"key revoked", organisation, key, json_of(key_of(rows[0])), ""});
    });
}

Result<ApiKey> Catalog::key_of_token(std::string_view token) {
    const auto rows =
        TRY(database_->query(fmt::format("{} where api_keys.token_hash = :token_hash and "
                                         "api_keys.revoked_at is null and api_keys.kind <> 'hawk'",
                                         key_query),
                             {hash_token(token)}));
    if (rows.empty()) return error(ErrorKind::Denied, "no key in force has this token");
    ApiKey key = key_of(rows[0]);
    TRY_VOID(note_use(key));
    return key;
}

Result<HawkKey> Catalog::hawk_key(const std::string& organisation, const std::string& id) {
    const auto rows = TRY(database_->query(
        fmt::format("{} where api_keys.organisation = :organisation and (api_keys.id = :id or "
                    "api_keys.user_id = :user_id) and api_keys.kind = 'hawk' and api_keys.revoked_at is null "
                    "and (api_keys.user_id is null or users.disabled = 0)",
                    key_query),
        {organisation, id, id}));
    if (rows.empty()) return error(ErrorKind::Denied, "there is no such Hawk key in force");
    HawkKey found{.key = key_of(rows[0]), .secret = {}, .email = text(rows[0][email_column])};
    found.secret = TRY(vault_.unseal(text(rows[0][sealed_column]), found.key.id));
    TRY_VOID(note_use(found.key));
    return found;
}

// Written at most once an interval, so that a busy key does not keep the database writing.
Result<void> Catalog::note_use(ApiKey& key) {
    const Time at = now();
    if (key.last_used_at && at - *key.last_used_at < key_touch_interval) return {};
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(session.execute("update api_keys set last_used_at = :last_used_at where id = :id",
                                 {nanoseconds(at), key.id}));
        return {};
    }));
    key.last_used_at = at;
    return {};
}

}  // namespace vigia
