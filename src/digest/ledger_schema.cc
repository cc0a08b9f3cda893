#include "digest/ledger_schema.h"

#include <vector>

namespace vigia {

namespace {

// Times are nanoseconds since 1970, UTC. A digest is known by the last part of its key.
constexpr std::string_view digests = R"sql(
    create table trail_digests (
        organisation text not null,
        file text not null,
        chain text not null,
        node text not null,
        source text not null,
        place text not null,
        bucket text not null,
        object text not null,
        ended bigint not null,
        previous_file text not null,
        previous_sha256 text not null,
        previous_signature text not null,
        state text not null,
        seen_at bigint not null,
        look_at bigint,
        primary key (organisation, file)))sql";

constexpr std::string_view digests_by_previous =
    "create index trail_digests_by_previous on trail_digests (organisation, previous_file)";
constexpr std::string_view digests_by_chain =
    "create index trail_digests_by_chain on trail_digests (organisation, chain, ended)";
constexpr std::string_view digests_by_look =
    "create index trail_digests_by_look on trail_digests (node, look_at)";

// By digest, so that another look at it replaces what it told before.
constexpr std::string_view hours = R"sql(
    create table trail_hours (
        organisation text not null,
        file text not null,
        account text not null,
        region text not null,
        hour bigint not null,
        verified bigint not null,
        missing bigint not null,
        altered bigint not null,
        unsigned_files bigint not null,
        unproven bigint not null,
        primary key (organisation, file, hour)))sql";

constexpr std::string_view hours_by_time =
    "create index trail_hours_by_time on trail_hours (organisation, hour, account, region)";

constexpr std::string_view findings = R"sql(
    create table trail_findings (
        organisation text not null,
        file text not null,
        number bigint not null,
        kind text not null,
        state text not null,
        bucket text not null,
        object text not null,
        reason text not null,
        account text not null,
        region text not null,
        hour bigint not null,
        primary key (organisation, file, number)))sql";

constexpr std::string_view findings_by_time =
    "create index trail_findings_by_time on trail_findings (organisation, hour, account, region)";

}  // namespace

std::span<const Migration> digest_steps() {
    static const std::vector<Migration> steps{
        {"digests and what became of the files that they name",
         {digests, digests_by_previous, digests_by_chain, digests_by_look, hours, hours_by_time, findings,
          findings_by_time}},
    };
    return steps;
}

}  // namespace vigia
