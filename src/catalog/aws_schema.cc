#include "catalog/aws_schema.h"

#include <vector>

namespace vigia {

namespace {

// Times are nanoseconds since 1970, UTC.
constexpr std::string_view connections = R"sql(
    create table aws_connections (
        id text primary key,
        organisation text not null,
        name text not null,
        queue_url text not null,
        region text not null,
        role_arn text not null,
        external_id text not null,
        is_configured bigint not null,
        enabled bigint not null,
        created_at bigint not null,
        version bigint not null,
        unique (organisation, name)))sql";

// An empty organisation: the account was seen, and nobody said whose it is.
constexpr std::string_view accounts = R"sql(
    create table aws_accounts (
        connection text not null,
        account text not null,
        organisation text not null,
        objects bigint not null,
        last_seen bigint,
        primary key (connection, account)))sql";

constexpr std::string_view dead_letters = R"sql(
    create table aws_dead_letters (
        id text primary key,
        organisation text not null,
        connection text not null,
        kind text not null,
        region text not null,
        bucket text not null,
        object_key text not null,
        body text not null,
        reason text not null,
        attempts bigint not null,
        first_at bigint not null,
        last_at bigint not null,
        retry bigint not null))sql";
constexpr std::string_view dead_letters_by_connection =
    "create index aws_dead_letters_by_connection on aws_dead_letters (connection, retry, last_at)";

constexpr std::string_view backfills = R"sql(
    create table aws_backfills (
        id text primary key,
        organisation text not null,
        connection text not null,
        region text not null,
        bucket text not null,
        prefix text not null,
        from_time bigint,
        until_time bigint,
        objects_per_second bigint not null,
        state text not null,
        error text not null,
        found bigint not null,
        done bigint not null,
        failed bigint not null,
        bytes bigint not null,
        listed bigint not null,
        created_at bigint not null,
        updated_at bigint not null,
        ended_at bigint))sql";
// One prefix of a back-fill: the keys up to `position` are durable.
constexpr std::string_view backfill_shards = R"sql(
    create table aws_backfill_shards (
        backfill text not null,
        prefix text not null,
        position text not null,
        done bigint not null,
        primary key (backfill, prefix)))sql";

}  // namespace

std::span<const Migration> aws_steps() {
    static const std::vector<Migration> steps{
        {"connections, accounts, dead letters, back-fills",
         {connections, accounts, dead_letters, dead_letters_by_connection, backfills, backfill_shards}},
    };
    return steps;
}

}  // namespace vigia
