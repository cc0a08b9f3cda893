#include "notify/schema.h"

#include <vector>

namespace vigia {

namespace {

// Times are nanoseconds since 1970, UTC.
constexpr std::string_view channels = R"sql(
    create table channels (
        id text primary key,
        organisation text not null,
        name text not null,
        kind text not null,
        settings text not null,
        sealed text not null,
        severity_max bigint not null,
        filter text not null,
        enabled bigint not null,
        created_at bigint not null,
        unique (organisation, name)))sql";

constexpr std::string_view outbox = R"sql(
    create table outbox (
        id text primary key,
        organisation text not null,
        channel text not null references channels (id),
        alert text not null,
        body text not null,
        attempts bigint not null,
        next_at bigint not null,
        last_error text not null,
        state text not null,
        created_at bigint not null,
        sent_at bigint,
        unique (channel, alert)))sql";

// Ever higher with each change, so that whoever changes a channel can say which one was seen.
constexpr std::string_view channel_version =
    "alter table channels add column version bigint not null default 1";

constexpr std::string_view outbox_by_time = "create index outbox_by_time on outbox (state, next_at)";
constexpr std::string_view outbox_by_alert = "create index outbox_by_alert on outbox (organisation, alert)";
constexpr std::string_view outbox_by_age =
    "create index outbox_by_age on outbox (organisation, created_at, id)";

}  // namespace

std::span<const Migration> notify_steps() {
    static const std::vector<Migration> steps{
        {"channels, outbox", {channels, outbox, outbox_by_time, outbox_by_alert}},
        {"versions of channels, the outbox by age", {channel_version, outbox_by_age}},
    };
    return steps;
}

}  // namespace vigia
