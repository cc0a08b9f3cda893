#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "alert/alert_conditions.h"
#include "base/utf8.h"

namespace vigia {

namespace {

// A pattern that holds of every text that `part` is in.
std::string like_part(std::string_view part) {
    std::string pattern = "%";
    for (const char c : lower_ascii(storable(part))) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    return pattern + "%";
}

// Of the rows, of which there is one more when there is another page.
template <typename One, typename CursorOf>
std::string end_page(std::vector<One>& rows, size_t limit, CursorOf cursor_of) {
    if (rows.size() <= limit) return "";
    rows.resize(limit);
    return cursor_of(rows.back());
}

AlertEvent event_of(const SqlRow& row) { return {text(row[0]), time_of(row[1]), text(row[2]), text(row[3])}; }

}  // namespace

std::string write_page_cursor(Time time, const std::string& id) {
    return fmt::format("{}-{}", nanoseconds(time), id);
}

Result<PageCursor> read_page_cursor(std::string_view text) {
    PageCursor cursor;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), cursor.time);
    const auto bytes = static_cast<size_t>(end - text.data());
    if (failure != std::errc() || bytes >= text.size() || text[bytes] != '-')
        return error(ErrorKind::BadInput, "a cursor is the one that the page before it gave");
    cursor.id = storable(text.substr(bytes + 1));
    return cursor;
}

Result<void> check_page_limit(size_t limit) {
    if (limit == 0 || limit > alerts_page_max)
        return error(ErrorKind::BadInput, fmt::format("a page has 1 to {} rows", alerts_page_max));
    return {};
}

std::string_view status_condition(AlertStatus status) {
    switch (status) {
        case AlertStatus::Active:
            return " and dismissed_at is null";
        case AlertStatus::Dismissed:
            return " and dismissed_at is not null";
        case AlertStatus::All:
            return "";
    }
    return "";
}

Result<void> add_conditions(Clause& where, const AlertQuery& query) {
    if (query.severities.size() > query_values_max ||
        (query.rule_ids && query.rule_ids->size() > query_values_max))
        return error(ErrorKind::BadInput,
                     fmt::format("a query has at most {} severities and rules", query_values_max));
    const auto add = [&](std::string_view condition, SqlValue value) {
        where.sql += fmt::format(" and {} {}", condition, where.add(std::move(value)));
    };
    where.sql += fmt::format(" organisation = {}", where.add(query.organisation));
    where.sql += status_condition(query.status);
    std::vector<int64_t> severities(query.severities.begin(), query.severities.end());
    if (!severities.empty()) where.sql += " and severity in " + where.add_list(severities);
    if (!query.rule_id.empty()) add("rule_id =", storable(query.rule_id));
    if (!query.ruleset.empty()) add("ruleset =", storable(query.ruleset));
    if (!query.rule_type.empty()) add("rule_type =", storable(query.rule_type));
    if (query.rule_ids) where.sql += " and rule_id in " + where.add_list(*query.rule_ids);
    if (!query.host.empty()) add("host =", storable(query.host));
    if (!query.agent.empty()) add("agent =", storable(query.agent));
    if (query.assignee) add("assignee =", storable(*query.assignee));
    if (query.from) add("created_at >=", nanoseconds(*query.from));
    if (query.until) add("created_at <", nanoseconds(*query.until));
    if (query.raised_until) add("raised_at <=", nanoseconds(*query.raised_until));
    if (!query.title.empty()) {
        add("title_folded like", like_part(query.title));
        where.sql += R"( escape '\')";
    }
    return {};
}

Error no_such_alert() { return {ErrorKind::NotFound, "there is no such alert"}; }

Result<StoredAlert> find_alert(SqlSession& session, const std::string& organisation, const std::string& id) {
    const auto rows = TRY(session.query(
        fmt::format("select {} from alerts where organisation = :organisation and id = :id", alert_columns),
        {organisation, storable(id)}));
    if (rows.empty()) return std::unexpected(no_such_alert());
    return alert_of(rows[0]);
}

Result<StoredAlert> AlertStore::find(const std::string& organisation, const std::string& id) {
    const auto rows = TRY(database_->query(
        fmt::format("select {} from alerts where organisation = :organisation and id = :id", alert_columns),
        {organisation, storable(id)}));
    if (rows.empty()) return std::unexpected(no_such_alert());
    return alert_of(rows[0]);
}

Result<AlertPage> AlertStore::list(const AlertQuery& query) {
    TRY_VOID(check_page_limit(query.limit));
    const bool newest = query.order == AlertOrder::Newest;
    Clause where{.sql = " where"};
    TRY_VOID(add_conditions(where, query));
    if (!query.cursor.empty()) {
        const PageCursor cursor = TRY(read_page_cursor(query.cursor));
        const std::string behind_it = where.add(cursor.time), same = where.add(cursor.time),
                          id = where.add(cursor.id);
        where.sql += fmt::format(" and (created_at {0} {1} or (created_at = {2} and id {0} {3}))",
                                 newest ? "<" : ">", behind_it, same, id);
    }
    where.sql += newest ? " order by created_at desc, id desc limit " : " order by created_at, id limit ";
    where.sql += where.add(static_cast<int64_t>(query.limit + 1));
    const auto rows = TRY(
        database_->query(fmt::format("select {} from alerts{}", alert_columns, where.sql), where.parameters));
    AlertPage page{.alerts = alerts_of(rows)};
    page.next = end_page(page.alerts, query.limit, [](const StoredAlert& alert) {
        return write_page_cursor(alert.created_at, alert.id);
    });
    return page;
}

Result<AlertEventPage> AlertStore::events(const std::string& organisation, const std::string& id,
                                          const std::string& cursor, size_t limit) {
    TRY_VOID(check_page_limit(limit));
    TRY_VOID(find(organisation, id));
    Clause where;
    where.sql = " where alert = ";
    where.sql += where.add(id);
    if (!cursor.empty()) {
        const PageCursor at = TRY(read_page_cursor(cursor));
        const std::string before_it = where.add(at.time), same = where.add(at.time), event = where.add(at.id);
        where.sql += fmt::format(" and (time < {} or (time = {} and event_id < {}))", before_it, same, event);
    }
    where.sql += " order by time desc, event_id desc limit " + where.add(static_cast<int64_t>(limit + 1));
    const auto rows = TRY(database_->query(
        fmt::format("select event_id, time, event_type, record from alert_events{}", where.sql),
        where.parameters));
    AlertEventPage page;
    for (const SqlRow& row : rows) page.events.push_back(event_of(row));
    page.next = end_page(page.events, limit, [](const AlertEvent& event) {
        return write_page_cursor(event.time, event.event_id);
    });
    return page;
}

Result<AlertEvent> AlertStore::event(const std::string& organisation, const std::string& id,
                                     const std::string& event_id) {
    TRY_VOID(find(organisation, id));
    const auto rows =
        TRY(database_->query("select event_id, time, event_type, record from alert_events "
                             "where alert = :alert and event_id = :event_id",
                             {id, storable(event_id)}));
    if (rows.empty()) return error(ErrorKind::NotFound, "the alert has no such event");
    return event_of(rows[0]);
}

Result<std::vector<StoredAlert>> AlertStore::similar(const std::string& organisation, const std::string& id,
                                                     size_t limit) {
    TRY_VOID(check_page_limit(limit));
    const StoredAlert like = TRY(find(organisation, id));
    const auto rows = TRY(database_->query(
        fmt::format("select {} from alerts where organisation = :organisation and key = :key and id <> :id "
                    "order by created_at desc, id desc limit :rows_max",
                    alert_columns),
        {organisation, like.key, id, static_cast<int64_t>(limit)}));
    return alerts_of(rows);
}

Result<std::vector<RaisedAlert>> AlertStore::raised_between(const std::string& organisation, Time from,
                                                            Time until, size_t limit) {
    const auto rows = TRY(database_->query(
        fmt::format("select {}, (select min(event_id) from alert_events "
                    "where alert = alerts.id and time = alerts.created_at) from alerts "
                    "where organisation = :organisation and created_at >= :from and created_at < :until "
                    "order by created_at desc, alerts.id desc limit :rows_max",
                    alert_columns),
        {organisation, nanoseconds(from), nanoseconds(until), static_cast<int64_t>(limit)}));
    std::vector<RaisedAlert> raised;
    for (const SqlRow& row : rows) raised.push_back({alert_of(row), text(row[alert_columns_count])});
    return raised;
}

Result<std::vector<StoredAlert>> AlertStore::changes_after(const std::string& organisation, int64_t change,
                                                           size_t limit) {
    TRY_VOID(check_page_limit(limit));
    const auto rows = TRY(database_->query(
        fmt::format("select {} from alerts where organisation = :organisation and change > :change order by "
                    "change limit :rows_max",
                    alert_columns),
        {organisation, change, static_cast<int64_t>(limit)}));
    return alerts_of(rows);
}

Result<int64_t> AlertStore::last_change(const std::string& organisation) {
    const auto rows = TRY(database_->query(
        "select coalesce(max(change), 0) from alerts where organisation = :organisation", {organisation}));
    return number(rows.at(0).at(0));
}

Result<int64_t> AlertStore::last_change() {
    const auto rows = TRY(database_->query("select last from alert_changes where id = 1"));
    return rows.empty() ? 0 : number(rows[0][0]);
}

namespace {

// Of the rules, or of all of them where none is named.
Result<std::vector<RuleDay>> days_of(Database& database, const std::string& organisation,
                                     const std::string& from_day, const std::vector<std::string>& rule_ids) {
    Clause where;
    const std::string of = where.add(organisation), from = where.add(storable(from_day));
    const std::string rules = rule_ids.empty() ? "" : " and rule_id in " + where.add_list(rule_ids);
    const auto rows = TRY(database.query(
        fmt::format("select rule_id, day, matched, suppressed, alerted from alert_daily where organisation = "
                    "{} and day >= {}{} order by rule_id, day",
                    of, from, rules),
        where.parameters));
    std::vector<RuleDay> days;
    for (const SqlRow& row : rows)
        days.push_back({text(row[0]), text(row[1]), static_cast<uint64_t>(number(row[2])),
                        static_cast<uint64_t>(number(row[3])), static_cast<uint64_t>(number(row[4]))});
    return days;
}

}  // namespace

Result<std::vector<RuleDay>> AlertStore::daily(const std::string& organisation,
                                               const std::vector<std::string>& rule_ids,
                                               const std::string& from_day) {
    if (rule_ids.empty()) return std::vector<RuleDay>{};
    if (rule_ids.size() > query_values_max)
        return error(ErrorKind::BadInput, fmt::format("a query has at most {} rules", query_values_max));
    return days_of(*database_, organisation, from_day, rule_ids);
}

Result<std::vector<RuleDay>> AlertStore::daily(const std::string& organisation, const std::string& from_day) {
    return days_of(*database_, organisation, from_day, {});
}

Result<std::map<std::string, Time>> AlertStore::last_alerts(const std::string& organisation, Time from) {
    const auto rows =
        TRY(database_->query("select rule_id, max(created_at) from alerts where organisation = :organisation "
                             "and created_at >= :from "
                             "group by rule_id",
                             {organisation, nanoseconds(from)}));
    std::map<std::string, Time> found;
    for (const SqlRow& row : rows) found[text(row[0])] = time_of(row[1]);
    return found;
}

Result<std::map<std::string, PlaceAlerts>> AlertStore::by_place(const std::string& organisation,
                                                                AlertPlace place, Time from, Time until) {
    const auto rows = TRY(database_->query(
        fmt::format("select {0}, count(*), cast(sum(case when dismissed_at is null then 1 else 0 end) as "
                    "bigint) from alerts where organisation = :organisation and created_at >= :from and "
                    "created_at < :until group by {0}",
                    place == AlertPlace::Account ? "account" : "agent"),
        {organisation, nanoseconds(from), nanoseconds(until)}));
    std::map<std::string, PlaceAlerts> found;
    for (const SqlRow& row : rows)
        found[text(row[0])] = {static_cast<uint64_t>(number(row[1])), static_cast<uint64_t>(number(row[2]))};
    return found;
}

}  // namespace vigia
