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

}  // namespace

std::span<const Migration> catalog_steps() {
    static const std::vector<Migration> steps{
        {"organisations, users, keys, audit log", {organisations, users, api_keys, audit_log, audit_by_time}},
    };
    return steps;
}

}  // namespace vigia
