#include "alert/alert_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <tuple>

#include "alert/alert_rows.h"
#include "alert/key_alerts.h"
#include "alert/schema.h"
#include "base/utf8.h"

namespace vigia {

namespace {

// Ids of events that are looked up by one statement.
constexpr size_t looked_up_max = 500;

// The matches of one key in a call, in the order in which they came.
struct KeyMatches {
    std::string organisation;
    std::string key;
    std::vector<Arrival> arrivals;
};

// What one transaction of apply() works with.
struct Applying {
    SqlSession& session;
    AlertWriter& writer;
    int64_t now;
    const AlertStore::Raised& raised;
    AlertStore::Applied done;
    // By organisation, rule and day: matched, suppressed, alerted.
    std::map<std::tuple<std::string, std::string, std::string>, std::array<int64_t, 3>> daily;
};

std::string day_of(Time time) {
    return format_rfc3339(time).substr(0, std::string_view("2026-11-25").size());
}

std::vector<KeyMatches> by_key(std::span<const BatchMatches* const> batches) {
    std::map<std::pair<std::string, std::string>, size_t> places;
    std::vector<KeyMatches> all;
    for (const BatchMatches* const batch : batches) {
        for (const AlertMatch& match : batch->matches) {
            std::string key = key_of(match);
            const auto [place, is_new] = places.try_emplace({match.organisation, key}, all.size());
            if (is_new) all.push_back({match.organisation, std::move(key), {}});
            all[place->second].arrivals.push_back({event_id_of(match), &match});
        }
    }
    return all;
}

// The times that matches of a call can have to do with.
struct Reach {
    Time first = Time::max();
    Time last = Time::min();
    Duration window{0};

    explicit Reach(const KeyMatches& matches) {
        for (const Arrival& arrival : matches.arrivals) {
            first = std::min(first, arrival.time());
            last = std::max(last, arrival.time());
            window = std::max(window, arrival.match->window);
        }
    }
};

Result<void> load_alerts(SqlSession& session, const KeyMatches& matches, const Reach& reach,
                         KeyAlerts& into) {
    const auto rows = TRY(session.query(
        fmt::format("select {}, kept from alerts where organisation = :organisation and key = :key and "
                    "covers_from <= :last and expires_at > :first",
                    alert_columns),
        {matches.organisation, matches.key, nanoseconds(reach.last), nanoseconds(reach.first)}));
    for (const SqlRow& row : rows)
        into.alerts.push_back({.alert = alert_of(row), .kept = static_cast<uint64_t>(number(row.back()))});
    if (into.alerts.empty()) return {};
    for (std::span<const Arrival> rest = matches.arrivals; !rest.empty();) {
        const auto some = rest.first(std::min(rest.size(), looked_up_max));
        rest = rest.subspan(some.size());
        std::vector<std::string> events;
        for (const Arrival& arrival : some) events.push_back(arrival.event_id);
        Clause clause;
        const std::string of = clause.add(matches.organisation), key = clause.add(matches.key),
                          last = clause.add(nanoseconds(reach.last)),
                          first = clause.add(nanoseconds(reach.first)), in_events = clause.add_list(events);
        const auto found = TRY(session.query(
            fmt::format("select event_id from alert_events where alert in (select id from alerts where "
                        "organisation = {} and key = {} and covers_from <= {} and expires_at > {}) and "
                        "event_id in {}",
                        of, key, last, first, in_events),
            clause.parameters));
        for (const SqlRow& row : found) into.known.insert(text(row[0]));
    }
    return {};
}

// `kept` holds what the waiting ones of the database point to.
Result<void> load_waiting(SqlSession& session, const KeyMatches& matches, const Reach& reach,
                          std::deque<AlertMatch>& kept, KeyAlerts& into) {
    const AlertMatch& like = *matches.arrivals[0].match;
    const Time last = after(after(reach.last, reach.window), reach.window);
    const auto rows = TRY(session.query(
        "select event_id, time, event_type, record, title, severity, account, region, host, agent "
        "from alert_pending "
        "where organisation = :organisation and key = :key and time >= :first and time <= :last order by "
        "time, event_id",
        {matches.organisation, matches.key, nanoseconds(before(reach.first, reach.window)),
         nanoseconds(last)}));
    for (const SqlRow& row : rows) {
        AlertMatch& match = kept.emplace_back();
        match.organisation = like.organisation;
        match.event_id = text(row[0]);
        match.time = time_of(row[1]);
        match.event_type = text(row[2]);
        match.record = text(row[3]);
        match.title = text(row[4]);
        match.severity = static_cast<int>(number(row[5]));
        match.account = text(row[6]);
        match.region = text(row[7]);
        match.host = text(row[8]);
        match.agent = text(row[9]);
        into.known.insert(match.event_id);
        into.waiting.push_back({.arrival = {match.event_id, &match}, .is_new = false});
    }
    return {};
}

// Only what may be among the first or the latest.
std::vector<SqlRow> event_rows(KeyAlert& one) {
    std::ranges::sort(one.events, {}, [](const Arrival& arrival) {
        return std::tuple<Time, std::string_view>(arrival.time(), arrival.event_id);
    });
    std::vector<SqlRow> rows;
    for (size_t i = 0; i < one.events.size(); i++) {
        if (i >= first_events_max && i + last_events_max < one.events.size()) continue;
        const Arrival& arrival = one.events[i];
        rows.push_back({one.alert.id, arrival.event_id, nanoseconds(arrival.time()),
                        storable(arrival.match->event_type), storable(arrival.match->record)});
    }
    return rows;
}

Result<void> insert_alert(SqlSession& session, const KeyAlert& one) {
    const StoredAlert& alert = one.alert;
    const SqlRow row{alert.id,
                     alert.organisation,
                     alert.key,
                     alert.rule_id,
                     alert.rule_name,
                     alert.ruleset,
                     alert.rule_type,
                     int64_t{alert.severity},
                     alert.title,
                     lower_ascii(alert.title),
                     write_aggregates(alert.aggregates),
                     alert.account,
                     alert.region,
                     alert.host,
                     nanoseconds(alert.first_at),
                     nanoseconds(one.covers_from()),
                     nanoseconds(alert.created_at),
                     nanoseconds(alert.last_at),
                     nanoseconds(alert.expires_at),
                     nanoseconds(alert.raised_at),
                     static_cast<int64_t>(alert.count),
                     alert.change,
                     alert.version,
                     alert.agent};
    TRY_VOID(insert_rows(
        session,
        "alerts (id, organisation, key, rule_id, rule_name, ruleset, rule_type, severity, title, "
        "title_folded, aggregates, account, region, host, first_at, covers_from, created_at, last_at, "
        "expires_at, raised_at, events, change, version, agent)",
        std::span(&row, 1)));
    return {};
}

Result<void> store_alert(Applying& applying, KeyAlert& one) {
    SqlSession& session = applying.session;
    StoredAlert& alert = one.alert;
    alert.change = applying.writer.next_change();
    alert.version++;
    if (one.is_new) {
        alert.raised_at = Time{Duration{applying.now}};
        TRY_VOID(insert_alert(session, one));
    }
    const std::vector<SqlRow> rows = event_rows(one);
    one.kept += TRY(insert_rows(session, "alert_events (alert, event_id, time, event_type, record)", rows));
    if (one.kept > contributing_events_max) {
        TRY_VOID(
            session.execute("delete from alert_events where alert = :alert and event_id in (select event_id "
                            "from alert_events "
                            "where alert = :same order by time, event_id limit :surplus offset :first)",
                            {alert.id, alert.id, static_cast<int64_t>(one.kept - contributing_events_max),
                             static_cast<int64_t>(first_events_max)}));
        one.kept = contributing_events_max;
    }
    TRY_VOID(session.execute(
        "update alerts set first_at = :first_at, last_at = :last_at, events = :events, kept "
        "= :kept, change = "
        ":change, version = :version where id = :id",
        {nanoseconds(alert.first_at), nanoseconds(alert.last_at), static_cast<int64_t>(alert.count),
         static_cast<int64_t>(one.kept), alert.change, alert.version, alert.id}));
    if (!one.is_new) return {};
    applying.done.raised++;
    applying.daily[{alert.organisation, alert.rule_id, day_of(alert.created_at)}][2]++;
    return applying.raised ? applying.raised(session, alert) : Result<void>{};
}

Result<void> store_waiting(Applying& applying, const KeyMatches& matches, const KeyAlerts& key) {
    std::vector<SqlRow> rows;
    for (const Waiting& one : key.waiting) {
        if (!one.is_new) continue;
        const AlertMatch& match = *one.arrival.match;
        const Time prune_at = after(after(Time{Duration{applying.now}}, match.window), pending_grace);
        rows.push_back({matches.organisation, matches.key, one.arrival.event_id,
                        nanoseconds(one.arrival.time()), storable(match.event_type), storable(match.record),
                        storable(match.title), int64_t{match.severity}, storable(match.account),
                        storable(match.region), storable(match.host), nanoseconds(prune_at),
                        storable(match.agent)});
    }
    if (rows.empty()) return {};
    TRY_VOID(insert_rows(applying.session,
                         "alert_pending (organisation, key, event_id, time, event_type, record, title, "
                         "severity, account, region, host, prune_at, agent)",
                         rows, "on conflict do nothing"));
    TRY_VOID(
        applying.session.execute("delete from alert_pending where organisation = :organisation and key = "
                                 ":key and time <= (select time "
                                 "from alert_pending where organisation = :same and key = :one order by time "
                                 "desc limit 1 offset :max)",
                                 {matches.organisation, matches.key, matches.organisation, matches.key,
                                  static_cast<int64_t>(pending_matches_max)}));
    return {};
}

Result<void> apply_key(Applying& applying, const KeyMatches& matches) {
    const Reach reach(matches);
    std::deque<AlertMatch> kept;
    KeyAlerts key;
    TRY_VOID(load_alerts(applying.session, matches, reach, key));
    TRY_VOID(load_waiting(applying.session, matches, reach, kept, key));
    for (const Arrival& arrival : matches.arrivals) applying.done.counted += key.take(arrival) ? 1 : 0;
    for (KeyAlert& one : key.alerts) {
        if (one.events.empty()) continue;
        TRY_VOID(store_alert(applying, one));
        if (!one.is_new) continue;
        // They are counted in it.
        TRY_VOID(applying.session.execute(
            "delete from alert_pending where organisation = :organisation and key = :key and time >= :first "
            "and time < :end",
            {matches.organisation, matches.key, nanoseconds(one.covers_from()),
             nanoseconds(one.alert.expires_at)}));
    }
    return store_waiting(applying, matches, key);
}

Result<void> store_daily(Applying& applying) {
    std::vector<SqlRow> rows;
    for (const auto& [place, counts] : applying.daily) {
        const auto& [organisation, rule, day] = place;
        rows.push_back({organisation, rule, day, counts[0], counts[1], counts[2]});
    }
    TRY_VOID(insert_rows(applying.session,
                         "alert_daily (organisation, rule_id, day, matched, suppressed, alerted)", rows,
                         "on conflict (organisation, rule_id, day) do update set matched = "
                         "alert_daily.matched + excluded.matched, suppressed = alert_daily.suppressed + "
                         "excluded.suppressed, alerted = alert_daily.alerted + excluded.alerted"));
    return {};
}

Result<uint64_t> applied_by(SqlSession& session, const std::string& node) {
    const auto rows = TRY(session.query("select applied from alert_nodes where node = :node", {node}));
    return rows.empty() ? 0 : static_cast<uint64_t>(number(rows[0][0]));
}

}  // namespace

Result<AlertStore> AlertStore::open(Database& database, const Clock& clock) {
    TRY_VOID(migrate(database, alert_steps(), "alert"));
    return AlertStore(database, clock);
}

Result<AlertStore::Applied> AlertStore::apply(const std::string& node, std::span<const Batch> batches,
                                              const Raised& raised) {
    Applied done;
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        AlertWriter writer = TRY(AlertWriter::open(session));
        const uint64_t before_it = TRY(applied_by(session, node));
        uint64_t last = before_it;
        std::vector<const BatchMatches*> fresh;
        for (const Batch& batch : batches) {
            if (batch.number <= last) continue;
            last = batch.number;
            fresh.push_back(batch.matches);
        }
        if (fresh.empty()) return {};
        Applying applying{.session = session, .writer = writer, .now = now(), .raised = raised};
        TRY_VOID(session.execute("delete from alert_pending where prune_at <= :now", {applying.now}));
        for (const BatchMatches* const batch : fresh) {
            for (const RuleCount& count : batch->counts) {
                auto& counts = applying.daily[{count.organisation, storable(count.rule_id), count.day}];
                counts[0] += static_cast<int64_t>(count.matched);
                counts[1] += static_cast<int64_t>(count.suppressed);
            }
        }
        for (const KeyMatches& matches : by_key(fresh)) TRY_VOID(apply_key(applying, matches));
        TRY_VOID(store_daily(applying));
        TRY_VOID(
            session.execute("insert into alert_nodes (node, applied) values (:node, :applied) on conflict "
                            "(node) do update set applied = excluded.applied",
                            {node, static_cast<int64_t>(last)}));
        TRY_VOID(writer.close(session));
        done = applying.done;
        return {};
    }));
    return done;
}

Result<uint64_t> AlertStore::applied(const std::string& node) {
    const auto rows = TRY(database_->query("select applied from alert_nodes where node = :node", {node}));
    return rows.empty() ? 0 : static_cast<uint64_t>(number(rows[0][0]));
}

}  // namespace vigia
