#include "alert/schema.h"

#include <vector>

namespace vigia {

namespace {

// Times are nanoseconds since 1970, UTC. `covers_from` is created_at less the window; `kept` is the number
// of rows in alert_events; `title_folded` is the title in lower case, for searches.
constexpr std::string_view alerts = R"sql(
    create table alerts (
        id text primary key,
        organisation text not null,
        key text not null,
        rule_id text not null,
        rule_name text not null,
        ruleset text not null,
        rule_type text not null,
        severity bigint not null,
        title text not null,
        title_folded text not null,
        aggregates text not null,
        account text not null,
        region text not null,
        host text not null,
        first_at bigint not null,
        covers_from bigint not null,
        created_at bigint not null,
        last_at bigint not null,
        expires_at bigint not null,
        raised_at bigint not null,
        events bigint not null,
        kept bigint not null default 0,
        assignee text not null default '',
        dismissed_at bigint,
        dismissed_by text not null default '',
        dismiss_reason text not null default 'NONE',
        dismiss_text text not null default '',
        dismissal text not null default '',
        dismissed_version bigint not null default 0,
        change bigint not null,
        version bigint not null))sql";

constexpr std::string_view alerts_by_time =
    "create index alerts_by_time on alerts (organisation, created_at, id)";
constexpr std::string_view alerts_by_key =
    "create index alerts_by_key on alerts (organisation, key, expires_at)";
constexpr std::string_view alerts_by_change =
    "create index alerts_by_change on alerts (organisation, change)";
constexpr std::string_view alerts_by_dismissal = "create index alerts_by_dismissal on alerts (dismissal)";
constexpr std::string_view alerts_by_age = "create index alerts_by_age on alerts (raised_at)";

constexpr std::string_view alert_events = R"sql(
    create table alert_events (
        alert text not null references alerts (id),
        event_id text not null,
        time bigint not null,
        event_type text not null,
        record text not null,
        primary key (alert, event_id)))sql";

constexpr std::string_view events_by_time =
    "create index alert_events_by_time on alert_events (alert, time, event_id)";

// Matches of a key that are too few for an alert, so far.
constexpr std::string_view alert_pending = R"sql(
    create table alert_pending (
        organisation text not null,
        key text not null,
        event_id text not null,
        time bigint not null,
        event_type text not null,
        record text not null,
        title text not null,
        severity bigint not null,
        account text not null,
        region text not null,
        host text not null,
        prune_at bigint not null,
        primary key (organisation, key, event_id)))sql";

constexpr std::string_view pending_by_time =
    "create index alert_pending_by_time on alert_pending (organisation, key, time)";
constexpr std::string_view pending_by_age = "create index alert_pending_by_age on alert_pending (prune_at)";

// What people did with an alert, each at the version that it made. An alert's raising stands in the alert.
constexpr std::string_view alert_history = R"sql(
    create table alert_history (
        alert text not null references alerts (id),
        version bigint not null,
        time bigint not null,
        who text not null,
        origin text not null,
        action text not null,
        detail text not null,
        primary key (alert, version)))sql";

constexpr std::string_view alert_dismissals = R"sql(
    create table alert_dismissals (
        id text primary key,
        organisation text not null,
        time bigint not null,
        who text not null,
        origin text not null,
        reason text not null,
        reason_text text not null,
        alerts bigint not null,
        undone_at bigint))sql";

constexpr std::string_view alert_daily = R"sql(
    create table alert_daily (
        organisation text not null,
        rule_id text not null,
        day text not null,
        matched bigint not null,
        suppressed bigint not null,
        alerted bigint not null,
        primary key (organisation, rule_id, day)))sql";

constexpr std::string_view alert_nodes =
    "create table alert_nodes (node text primary key, applied bigint not null)";

// One row. Who writes takes it first: writers follow each other, so changes are seen in their order.
constexpr std::string_view alert_changes =
    "create table alert_changes (id bigint primary key, last bigint not null)";
constexpr std::string_view first_change = "insert into alert_changes (id, last) values (1, 0)";

constexpr std::string_view alert_agent = "alter table alerts add column agent text not null default ''";
constexpr std::string_view pending_agent =
    "alter table alert_pending add column agent text not null default ''";

}  // namespace

std::span<const Migration> alert_steps() {
    static const std::vector<Migration> steps{
        {"alerts, their events, history, dismissals, counts",
         {alerts, alerts_by_time, alerts_by_key, alerts_by_change, alerts_by_dismissal, alerts_by_age,
          alert_events, events_by_time, alert_pending, pending_by_time, pending_by_age, alert_history,
          alert_dismissals, alert_daily, alert_nodes, alert_changes, first_change}},
        {"agents of alerts", {alert_agent, pending_agent}},
    };
    return steps;
}

}  // namespace vigia
