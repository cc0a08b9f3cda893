// What people do with alerts, and how these end.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "alert/alert_conditions.h"
#include "base/names.h"
#include "base/random.h"
#include "base/utf8.h"

namespace vigia {

namespace {

// Alerts that one transaction removes, so that others may write between.
constexpr int64_t removed_at_once_max = 500;

constexpr auto actions =
    std::to_array<std::pair<std::string_view, AlertAction>>({{"raised", AlertAction::Raised},
                                                             {"dismissed", AlertAction::Dismissed},
                                                             {"undone", AlertAction::Undone},
                                                             {"assigned", AlertAction::Assigned},
                                                             {"noted", AlertAction::Noted}});

Result<void> check_reason(DismissReason reason, const std::string& reason_text) {
    if (reason != DismissReason::Other && !reason_text.empty())
        return error(ErrorKind::BadInput, "a text goes with the reason OTHER only");
    if (reason == DismissReason::Other && reason_text.empty())
        return error(ErrorKind::BadInput, "the reason OTHER needs a text");
    if (characters(reason_text) > alert_text_characters_max)
        return error(ErrorKind::BadInput,
                     fmt::format("a reason has at most {} characters", alert_text_characters_max));
    return {};
}

// NotFound when one of them is not there.
Result<void> check_ids(SqlSession& session, const std::string& organisation,
                       const std::vector<std::string>& ids) {
    Clause where;
    const std::string of = where.add(organisation), in = where.add_list(ids);
    const auto rows = TRY(
        session.query(fmt::format("select count(*) from alerts where organisation = {} and id in {}", of, in),
                      where.parameters));
    if (static_cast<size_t>(number(rows.at(0).at(0))) < ids.size()) return std::unexpected(no_such_alert());
    return {};
}

// One entry of each alert that the condition holds of, at the version that it has now. The values are those
// of its parameters.
Result<void> add_history(SqlSession& session, const Actor& actor, int64_t now, AlertAction action,
                         const std::string& detail, std::string_view condition,
                         const std::vector<SqlValue>& values) {
    std::vector<SqlValue> parameters{now, storable(actor.who), storable(actor.origin),
                                     std::string(name(action)), storable(detail)};
    parameters.insert(parameters.end(), values.begin(), values.end());
    TRY_VOID(session.execute(
        fmt::format(
            "insert into alert_history (alert, version, time, who, origin, action, detail) select id, "
            "version, cast(:time as bigint), cast(:who as text), cast(:origin as text), cast(:action "
            "as text), cast(:detail as text) from alerts where {}",
            condition),
        parameters));
    return {};
}

// Those that the query holds of and whose column has one of the values.
struct Chosen {
    const AlertQuery& query;
    std::string_view column;  // "" for any value
    const std::vector<std::string>& values;
    std::optional<std::string> not_of = {};  // nor those that are this assignee's
};

// Sets columns of all that are chosen, each with a change of its own. How many.
Result<uint64_t> change_all(SqlSession& session, AlertWriter& writer, Clause set, const Chosen& chosen) {
    set.sql += ", version = version + 1, change = " + set.add(writer.last_change());
    set.sql +=
        " + numbered.place from (select id as numbered_id, row_number() over (order by created_at, id) as "
        "place from alerts where";
    TRY_VOID(add_conditions(set, chosen.query));
    if (!chosen.column.empty())
        set.sql += fmt::format(" and {} in {}", chosen.column, set.add_list(chosen.values));
    if (chosen.not_of) set.sql += " and assignee <> " + set.add(*chosen.not_of);
    set.sql += ") as numbered where alerts.id = numbered.numbered_id";
    const uint64_t changed = TRY(session.execute("update alerts set " + set.sql, set.parameters));
    writer.skip(changed);
    return changed;
}

// Each once.
Result<std::vector<std::string>> distinct_ids(const std::vector<std::string>& ids) {
    if (ids.size() > chosen_ids_max)
        return error(ErrorKind::BadInput, fmt::format("at most {} alerts at once", chosen_ids_max));
    std::vector<std::string> all;
    for (const std::string& id : ids) all.push_back(storable(id));
    std::ranges::sort(all);
    all.erase(std::ranges::unique(all).begin(), all.end());
    return all;
}

Result<void> check_assignee(const std::string& assignee) {
    if (assignee.size() <= assignee_bytes_max) return {};
    return error(ErrorKind::BadInput, fmt::format("an assignee has at most {} bytes", assignee_bytes_max));
}

}  // namespace

std::string_view name(AlertAction action) { return name_in(actions, action); }

Result<Dismissal> AlertStore::dismiss(const Actor& actor, const std::string& organisation,
                                      const std::vector<std::string>& ids, DismissReason reason,
                                      const std::string& reason_text) {
    const std::vector<std::string> all = TRY(distinct_ids(ids));
    return dismiss_where(actor, {.organisation = organisation, .status = AlertStatus::Active}, &all, reason,
                         reason_text);
}

Result<Dismissal> AlertStore::dismiss_matching(const Actor& actor, const AlertQuery& query,
                                               DismissReason reason, const std::string& reason_text) {
    if (!query.raised_until)
        return error(ErrorKind::BadInput, "say until when the alerts were raised that are to be dismissed");
    AlertQuery active = query;
    if (active.status == AlertStatus::All) active.status = AlertStatus::Active;
    if (active.status == AlertStatus::Dismissed)
        return error(ErrorKind::BadInput, "these are dismissed already");
    return dismiss_where(actor, active, nullptr, reason, reason_text);
}

Result<Dismissal> AlertStore::dismiss_where(const Actor& actor, const AlertQuery& query,
                                            const std::vector<std::string>* ids, DismissReason reason,
                                            const std::string& reason_text) {
    TRY_VOID(check_reason(reason, reason_text));
    Dismissal dismissal{.id = random_uuid()};
    const std::string reason_name(name(reason));
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        AlertWriter writer = TRY(AlertWriter::open(session));
        const std::vector<std::string> given = ids == nullptr ? std::vector<std::string>() : *ids;
        if (ids != nullptr) TRY_VOID(check_ids(session, query.organisation, given));
        Clause set;
        const std::string at = set.add(now()), by = set.add(storable(actor.who)), why = set.add(reason_name),
                          said = set.add(storable(reason_text)), of = set.add(dismissal.id);
        set.sql = fmt::format(
            "dismissed_at = {}, dismissed_by = {}, dismiss_reason = {}, dismiss_text = {}, dismissal = {}, "
            "dismissed_version = version + 1",
            at, by, why, said, of);
        dismissal.count =
            TRY(change_all(session, writer, std::move(set), {query, ids == nullptr ? "" : "id", given}));
        const std::string detail = reason_text.empty() ? reason_name : reason_name + ": " + reason_text;
        TRY_VOID(add_history(session, actor, now(), AlertAction::Dismissed, detail, "dismissal = :id",
                             {dismissal.id}));
        TRY_VOID(session.execute(
            "insert into alert_dismissals (id, organisation, time, who, origin, reason, reason_text, alerts) "
            "values (:id, :organisation, :time, :who, :origin, :reason, :reason_text, :alerts)",
            {dismissal.id, query.organisation, now(), storable(actor.who), storable(actor.origin),
             reason_name, storable(reason_text), static_cast<int64_t>(dismissal.count)}));
        return writer.close(session);
    }));
    return dismissal;
}

Result<uint64_t> AlertStore::undo(const Actor& actor, const std::string& organisation,
                                  const std::string& dismissal) {
    uint64_t restored = 0;
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        AlertWriter writer = TRY(AlertWriter::open(session));
        const std::string id = storable(dismissal);
        const auto rows = TRY(session.query(
            "select undone_at from alert_dismissals where organisation = :organisation and id = :id",
            {organisation, id}));
        if (rows.empty()) return error(ErrorKind::NotFound, "there is no such dismissal");
        if (!std::holds_alternative<std::monostate>(rows[0][0]))
            return error(ErrorKind::Conflict, "the dismissal was undone already");
        TRY_VOID(session.execute("update alert_dismissals set undone_at = :now where id = :id", {now(), id}));
        // Those that changed since keep the dismissal's name no longer, so that history is of the others.
        TRY_VOID(session.execute(
            "update alerts set dismissal = '' where dismissal = :id and version <> dismissed_version", {id}));
        const AlertQuery all{.organisation = organisation};
        const Clause set{
            .sql = "dismissed_at = null, dismissed_by = '', dismiss_reason = 'NONE', dismiss_text = ''"};
        restored = TRY(change_all(session, writer, set, {all, "dismissal", {id}}));
        TRY_VOID(add_history(session, actor, now(), AlertAction::Undone, "", "dismissal = :id", {id}));
        TRY_VOID(session.execute("update alerts set dismissal = '' where dismissal = :id", {id}));
        return writer.close(session);
    }));
    return restored;
}

Result<StoredAlert> AlertStore::assign(const Actor& actor, const std::string& organisation,
                                       const std::string& id, const std::string& assignee) {
    TRY_VOID(check_assignee(assignee));
    StoredAlert alert;
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        AlertWriter writer = TRY(AlertWriter::open(session));
        alert = TRY(find_alert(session, organisation, id));
        if (alert.assignee == storable(assignee)) return {};
        alert.assignee = storable(assignee);
        alert.change = writer.next_change();
        alert.version++;
        TRY_VOID(session.execute(
            "update alerts set assignee = :assignee, change = :change, version = :version where id = :id",
            {alert.assignee, alert.change, alert.version, alert.id}));
        TRY_VOID(add_history(session, actor, now(), AlertAction::Assigned, assignee, "id = :id", {alert.id}));
        return writer.close(session);
    }));
    return alert;
}

Result<uint64_t> AlertStore::assign_all(const Actor& actor, const std::string& organisation,
                                        const std::vector<std::string>& ids, const std::string& assignee) {
    const std::vector<std::string> all = TRY(distinct_ids(ids));
    return assign_where(actor, {.organisation = organisation}, &all, assignee);
}

Result<uint64_t> AlertStore::assign_matching(const Actor& actor, const AlertQuery& query,
                                             const std::string& assignee) {
    if (!query.raised_until)
        return error(ErrorKind::BadInput, "say until when the alerts were raised that are to be assigned");
    return assign_where(actor, query, nullptr, assignee);
}

Result<uint64_t> AlertStore::assign_where(const Actor& actor, const AlertQuery& query,
                                          const std::vector<std::string>* ids, const std::string& assignee) {
    TRY_VOID(check_assignee(assignee));
    uint64_t count = 0;
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        AlertWriter writer = TRY(AlertWriter::open(session));
        const std::vector<std::string> given = ids == nullptr ? std::vector<std::string>() : *ids;
        count = given.size();
        if (ids != nullptr)
            TRY_VOID(check_ids(session, query.organisation, given));
        else
            count = TRY(count_alerts(session, query));
        // Whoever writes is alone, so that what changed after this is what is assigned here.
        const int64_t before = writer.last_change();
        Clause set;
        set.sql = "assignee = " + set.add(storable(assignee));
        TRY_VOID(change_all(session, writer, std::move(set),
                            {query, ids == nullptr ? "" : "id", given, storable(assignee)}));
        TRY_VOID(add_history(session, actor, now(), AlertAction::Assigned, assignee,
                             "organisation = :organisation and change > :before",
                             {query.organisation, before}));
        return writer.close(session);
    }));
    return count;
}

Result<void> AlertStore::add_note(const Actor& actor, const std::string& organisation, const std::string& id,
                                  const std::string& note) {
    if (note.empty() || characters(note) > alert_text_characters_max)
        return error(ErrorKind::BadInput,
                     fmt::format("a note has 1 to {} characters", alert_text_characters_max));
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        AlertWriter writer = TRY(AlertWriter::open(session));
        const StoredAlert alert = TRY(find_alert(session, organisation, id));
        TRY_VOID(session.execute("update alerts set change = :change, version = version + 1 where id = :id",
                                 {writer.next_change(), alert.id}));
        TRY_VOID(add_history(session, actor, now(), AlertAction::Noted, note, "id = :id", {alert.id}));
        return writer.close(session);
    });
}

Result<std::vector<AlertHistoryEntry>> AlertStore::history(const std::string& organisation,
                                                           const std::string& id) {
    const StoredAlert alert = TRY(find(organisation, id));
    std::vector<AlertHistoryEntry> entries{{.time = alert.raised_at}};
    const auto rows =
        TRY(database_->query("select time, who, origin, action, detail from alert_history where "
                             "alert = :alert order by version",
                             {alert.id}));
    for (const SqlRow& row : rows) {
        const auto action = value_in(actions, text(row[3]));
        if (!action) return error(ErrorKind::Corrupt, "an alert's history is damaged");
        entries.push_back({.time = time_of(row[0]),
                           .actor = {text(row[1]), text(row[2])},
                           .action = *action,
                           .detail = text(row[4])});
    }
    return entries;
}

Result<std::vector<AlertHistoryEntry>> AlertStore::notes(const std::string& organisation,
                                                         const std::string& id) {
    auto entries = TRY(history(organisation, id));
    std::erase_if(entries, [](const AlertHistoryEntry& entry) { return entry.action != AlertAction::Noted; });
    return entries;
}

Result<uint64_t> AlertStore::remove_before(Time time) {
    uint64_t removed = 0;
    for (bool more = true; more;) {
        TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
            const AlertWriter writer = TRY(AlertWriter::open(session));
            const auto rows = TRY(session.query(
                "select id from alerts where raised_at < :time order by raised_at limit :rows_max",
                {nanoseconds(time), removed_at_once_max}));
            more = rows.size() == static_cast<size_t>(removed_at_once_max);
            Clause clause;
            std::vector<std::string> ids;
            for (const SqlRow& row : rows) ids.push_back(text(row[0]));
            const std::string in = clause.add_list(ids);
            for (const char* const part :
                 {"alert_events where alert", "alert_history where alert", "alerts where id"})
                TRY_VOID(session.execute(fmt::format("delete from {} in {}", part, in), clause.parameters));
            removed += ids.size();
            return writer.close(session);
        }));
    }
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(session.execute("delete from alert_dismissals where time < :time", {nanoseconds(time)}));
        TRY_VOID(session.execute("delete from alert_daily where day < :day",
                                 {format_rfc3339(time).substr(0, 10)}));
        return {};
    }));
    return removed;
}

}  // namespace vigia
