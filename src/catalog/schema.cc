#include "catalog/schema.h"

#include <vector>

namespace vigia {

namespace {

// Times are nanoseconds since 1970, UTC.
constexpr std::string_view organisations = R"sql(
    create table organisations (
        id text primary key,
        name text not null unique,
        created_at bigint not null))sql";

constexpr std::string_view users = R"sql(
    create table users (
        id text primary key,
        organisation text not null references organisations (id),
        email text not null,
        role text not null,
        password text not null,
        created_at bigint not null,
        unique (organisation, email)))sql";

constexpr std::string_view api_keys = R"sql(
    create table api_keys (
        id text primary key,
        organisation text not null references organisations (id),
        name text not null,
        kind text not null,
        token_hash text not null unique,
        sealed text,
        hint text not null,
        created_at bigint not null,
        revoked_at bigint))sql";

constexpr std::string_view audit_log = R"sql(
    create table audit_log (
        id text primary key,
        organisation text not null,
        time bigint not null,
        who text not null,
        origin text not null,
        action text not null,
        subject text not null,
        before_change text not null,
        after_change text not null))sql";

constexpr std::string_view audit_by_time = "create index audit_by_time on audit_log (organisation, time)";

// What an organisation writes about detection: each as it stands, and every version that it had.
constexpr std::string_view documents = R"sql(
    create table documents (
        organisation text not null references organisations (id),
        kind text not null,
        id text not null,
        parent text not null,
        name text,
        version bigint not null,
        body text not null,
        created_at bigint not null,
        updated_at bigint not null,
        updated_by text not null,
        primary key (organisation, kind, id),
        unique (organisation, kind, name)))sql";

constexpr std::string_view documents_by_parent =
    "create index documents_by_parent on documents (organisation, kind, parent)";

constexpr std::string_view document_versions = R"sql(
    create table document_versions (
        organisation text not null references organisations (id),
        kind text not null,
        id text not null,
        version bigint not null,
        action text not null,
        parent text not null,
        name text,
        body text not null,
        created_at bigint not null,
        time bigint not null,
        who text not null,
        origin text not null,
        primary key (organisation, kind, id, version)))sql";

// One row.
constexpr std::string_view rules_generation = "create table rules_generation (value bigint not null)";
constexpr std::string_view first_generation = "insert into rules_generation (value) values (1)";

constexpr std::string_view sessions = R"sql(
    create table sessions (
        id text primary key,
        token_hash text not null unique,
        user_id text not null references users (id),
        created_at bigint not null,
        last_seen_at bigint not null,
        expires_at bigint not null,
        origin text not null,
        user_agent text not null))sql";

constexpr std::string_view sessions_by_user = "create index sessions_by_user on sessions (user_id)";
constexpr std::string_view users_by_email = "create index users_by_email on users (email)";

constexpr std::string_view invitations = R"sql(
    create table invitations (
        id text primary key,
        organisation text not null references organisations (id),
        email text not null,
        role text not null,
        token_hash text not null unique,
        created_at bigint not null,
        created_by text not null,
        expires_at bigint not null,
        unique (organisation, email)))sql";

// At most one row: the latest token, until an organisation is made.
constexpr std::string_view setup_tokens = "create table setup_tokens (token_hash text not null unique)";

// Keys that were made before keys had roles may read.
constexpr std::string_view key_role = "alter table api_keys add column role text not null default 'reader'";
constexpr std::string_view key_user = "alter table api_keys add column user_id text";
constexpr std::string_view key_created_by =
    "alter table api_keys add column created_by text not null default ''";
constexpr std::string_view key_last_used = "alter table api_keys add column last_used_at bigint";
// Clients name a Hawk key by its user.
constexpr std::string_view one_hawk_key =
    "create unique index one_hawk_key on api_keys (organisation, user_id) "
    "where kind = 'hawk' and revoked_at is null";

constexpr std::string_view settings = R"sql(
    create table settings (
        organisation text not null references organisations (id),
        name text not null,
        value text not null,
        primary key (organisation, name)))sql";

constexpr std::string_view preferences = R"sql(
    create table preferences (
        user_id text primary key references users (id),
        body text not null))sql";

constexpr std::string_view saved_searches = R"sql(
    create table saved_searches (
        id text primary key,
        organisation text not null references organisations (id),
        user_id text not null,
        name text not null,
        body text not null,
        shared bigint not null,
        created_at bigint not null,
        updated_at bigint not null))sql";

constexpr std::string_view searches_by_organisation =
    "create index searches_by_organisation on saved_searches (organisation)";

// Who may not come in for now, and what an update names as the version that its caller saw.
constexpr std::string_view user_disabled = "alter table users add column disabled bigint not null default 0";
constexpr std::string_view user_version = "alter table users add column version bigint not null default 1";
constexpr std::string_view organisation_version =
    "alter table organisations add column version bigint not null default 1";
constexpr std::string_view settings_version =
    "alter table organisations add column settings_version bigint not null default 1";
constexpr std::string_view search_version =
    "alter table saved_searches add column version bigint not null default 1";
constexpr std::string_view preferences_version =
    "alter table preferences add column version bigint not null default 1";

// Which accounts the password of the sign-in was right for, see Sessions.
constexpr std::string_view session_proved = "alter table sessions add column proved text not null default ''";

}  // namespace

std::span<const Migration> catalog_steps() {
    static const std::vector<Migration> steps{
        {"organisations, users, keys, audit log", {organisations, users, api_keys, audit_log, audit_by_time}},
        {"rules and their history",
         {documents, documents_by_parent, document_versions, rules_generation, first_generation}},
        {"sessions, invitations", {sessions, sessions_by_user, users_by_email, invitations, setup_tokens}},
        {"roles of keys", {key_role, key_user, key_created_by, key_last_used, one_hawk_key}},
        {"settings, preferences, searches",
         {settings, preferences, saved_searches, searches_by_organisation}},
        {"disabled users, versions",
         {user_disabled, user_version, organisation_version, settings_version, search_version,
          preferences_version}},
        {"accounts that a session proved", {session_proved}},
    };
    return steps;
}

}  // namespace vigia
