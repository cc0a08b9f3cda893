#include "investigate/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace vigia {

namespace {

constexpr size_t rows_min = 1000;
constexpr size_t rows_an_entry = 10;  // that are fetched at once

struct Row {
    int64_t time_us = 0;
    std::string id;
    std::string type;
    EventTitle title;

    Time time() const { return Time{std::chrono::microseconds{time_us}}; }
};

Row row_at(const DuckRows& rows, size_t at) {
    Row row{rows.number(0, at).value_or(0),
            std::string(rows.text(1, at).value_or("")),
            std::string(rows.text(2, at).value_or("")),
            {}};
    EventTexts texts = texts_at(rows, at, 4);
    if (const auto record = rows.text(3, at)) texts.read_record(*record, title_paths(row.type));
    row.title = event_title(row.type, texts);
    return row;
}

void ask(const TimelineQuestion& question, EventQuery& query) {
    std::string plain = "many = 0", many = "many <> 0";
    for (const DimensionValue& value : question.values) {
        const DimensionSql sql = sql_of(value, query.parameters);
        plain += " and " + sql.plain;
        many += " and " + sql.many;
    }
    const bool newest = question.order == TimelineOrder::NewestFirst;
    if (question.after) {
        const std::string beyond =
            sql_beyond(newest ? '<' : '>', Time{std::chrono::microseconds{question.after->time_us}},
                       question.after->id, query.parameters);
        plain += beyond;
        many += beyond;
    }
    query.where = {{plain}, {many, true}};
}

Result<std::vector<Row>> read_rows(EventStore& store, const TimelineQuestion& question, size_t rows_max,
                                   const DuckBound& bound) {
    EventQuery query{.organisation = question.organisation, .since = question.since, .until = question.until};
    query.select = fmt::format("time, id, type, case when type in ({}) then record end, {}",
                               types_with_title_paths(), all_columns());
    ask(question, query);
    query.rest = fmt::format("order by time {0}, id {0} limit {1}",
                             question.order == TimelineOrder::NewestFirst ? "desc" : "asc", rows_max);
    std::vector<Row> rows;
    auto answer = TRY(store.query(query, bound));
    while (TRY(answer.next())) {
        for (size_t i = 0; i < answer.rows().size(); i++) rows.push_back(row_at(answer.rows(), i));
    }
    return rows;
}

// By the id of the event that raised it.
using RaisedAlerts = std::multimap<std::string, StoredAlert, std::less<>>;

Result<RaisedAlerts> alerts_of_rows(AlertStore& alerts, const TimelineQuestion& question,
                                    const std::vector<Row>& rows, bool& complete) {
    RaisedAlerts raised;
    if (rows.empty()) return raised;
    const Time one_end = rows.front().time(), other_end = rows.back().time();
    const Time first = std::min(one_end, other_end), last = std::max(one_end, other_end);
    auto found = TRY(alerts.raised_between(question.organisation, first, last + std::chrono::microseconds{1},
                                           timeline_alerts_max));
    complete = found.size() < timeline_alerts_max;
    for (RaisedAlert& one : found) raised.emplace(std::move(one.event_id), std::move(one.alert));
    return raised;
}

TimelineEntry entry_of(const StoredAlert& alert) {
    return {.alert = alert,
            .title = {.text = alert.title},
            .first = alert.first_at,
            .last = alert.last_at,
            .count = alert.count};
}

// Puts rows and alerts together, a run of the same as one, as many as a page has.
class Folder {
public:
    Folder(const TimelineQuestion& question, TimelinePage& page) : question_(question), page_(page) {}

    // False when the page is full: nothing was added.
    bool add(const Row& row, std::span<const StoredAlert> alerts) {
        const bool newest = question_.order == TimelineOrder::NewestFirst;
        const bool folds = continues(row) && (!newest || alerts.empty());
        const size_t made = (folds ? 0 : 1) + alerts.size();
        if (!page_.entries.empty() && page_.entries.size() + made > question_.limit) return false;
        if (newest) add(alerts);
        if (folds)
            grow(row);
        else
            page_.entries.push_back({.type = row.type,
                                     .title = row.title,
                                     .first = row.time(),
                                     .last = row.time(),
                                     .first_id = row.id,
                                     .last_id = row.id});
        if (!newest) add(alerts);
        return true;
    }

private:
    void add(std::span<const StoredAlert> alerts) {
        for (const StoredAlert& one : alerts) page_.entries.push_back(entry_of(one));
    }

    bool continues(const Row& row) const {
        if (page_.entries.empty()) return false;
        const TimelineEntry& last = page_.entries.back();
        return !last.alert && last.type == row.type && last.title.text == row.title.text;
    }

    void grow(const Row& row) {
        TimelineEntry& run = page_.entries.back();
        run.count++;
        if (question_.order == TimelineOrder::NewestFirst) {
            run.first = row.time();
            run.first_id = row.id;
        } else {
            run.last = row.time();
            run.last_id = row.id;
        }
    }

    const TimelineQuestion& question_;
    TimelinePage& page_;
};

std::vector<StoredAlert> alerts_of(const RaisedAlerts& raised, const std::string& id) {
    std::vector<StoredAlert> alerts;
    const auto [begin, end] = raised.equal_range(id);
    for (auto one = begin; one != end; ++one) alerts.push_back(one->second);
    std::ranges::sort(alerts, {}, &StoredAlert::id);
    return alerts;
}

}  // namespace

Result<TimelinePage> timeline(EventStore& store, AlertStore& alerts, const TimelineQuestion& question,
                              const DuckBound& bound) {
    TimelinePage page;
    const size_t rows_max = std::clamp(question.limit * rows_an_entry, rows_min, timeline_rows_max);
    const std::vector<Row> rows = TRY(read_rows(store, question, rows_max, bound));
    const RaisedAlerts raised = TRY(alerts_of_rows(alerts, question, rows, page.alerts_complete));
    Folder folder(question, page);
    size_t taken = 0;
    while (taken < rows.size() && folder.add(rows[taken], alerts_of(raised, rows[taken].id))) taken++;
    if (taken < rows.size() || rows.size() == rows_max)
        page.next = TimelineCursor{rows[taken - 1].time_us, rows[taken - 1].id};
    return page;
}

}  // namespace vigia
