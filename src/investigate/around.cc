#include "investigate/around.h"

#include <fmt/format.h>

#include <algorithm>

#include "alert/key_alerts.h"

namespace vigia {

namespace {

// The columns of shown_select(), before those of events.
constexpr size_t time_at = 0, id_at = 1, type_at = 2, record_at = 3, columns_at = 4;

std::string shown_select() { return "time, id, type, record, " + all_columns(); }

ShownEvent shown_at(const DuckRows& rows, size_t row, EventTexts& texts) {
    ShownEvent event{Time{std::chrono::microseconds{rows.number(time_at, row).value_or(0)}},
                     std::string(rows.text(id_at, row).value_or("")),
                     std::string(rows.text(type_at, row).value_or("")),
                     {},
                     std::string(rows.text(record_at, row).value_or(""))};
    texts = texts_at(rows, row, columns_at);
    EventTexts of_title = texts;
    if (const auto paths = title_paths(event.type); !paths.empty()) of_title.read_record(event.record, paths);
    event.title = event_title(event.type, of_title);
    return event;
}

struct Found {
    ShownEvent event;
    EventTexts texts;
};

Result<Found> find(EventStore& store, const AroundQuestion& question, const DuckBound& bound) {
    const EventQuery query{.organisation = question.organisation,
                           .select = shown_select(),
                           .where = {{"id = $1"}},
                           .rest = "limit 1",
                           .parameters = {question.id}};
    auto answer = TRY(store.query(query, bound));
    if (!TRY(answer.next())) return error(ErrorKind::NotFound, "there is no such event");
    Found found;
    found.event = shown_at(answer.rows(), 0, found.texts);
    return found;
}

EventQuery within(const AroundQuestion& question, Time from, Time until) {
    return {.organisation = question.organisation, .since = from, .until = until};
}

Result<void> count(EventStore& store, const AroundQuestion& question, AroundAnswer& answer,
                   const DuckBound& bound) {
    if (answer.dimensions.empty()) return {};
    EventQuery query = within(question, before(answer.event.time, question.before),
                              after(answer.event.time, question.after));
    for (const auto& one : answer.dimensions) {
        const DimensionSql sql = sql_of(one.value, query.parameters);
        query.select +=
            fmt::format("{}count(*) filter (where case when many = 0 then {} else {} end)::bigint",
                        query.select.empty() ? "" : ", ", sql.plain, sql.many);
    }
    auto rows = TRY(store.query(query, bound));
    if (!TRY(rows.next())) return {};
    for (size_t i = 0; i < answer.dimensions.size(); i++)
        answer.dimensions[i].events = static_cast<uint64_t>(rows.rows().number(i, 0).value_or(0));
    return {};
}

// The values of one dimension: an event has one of them.
void ask(const AroundAnswer& answer, const Dimension& by, EventQuery& query) {
    std::string plain = "false", many = "false";
    for (const auto& one : answer.dimensions) {
        if (one.value.dimension != &by) continue;
        const DimensionSql sql = sql_of(one.value, query.parameters);
        plain += " or " + sql.plain;
        many += " or " + sql.many;
    }
    query.where = {{fmt::format("many = 0 and ({})", plain)},
                   {fmt::format("many <> 0 and ({})", many), true}};
}

enum class Side : uint8_t { Before, After };

// The nearest of one side, the nearest first; one more than asked for when there are more.
Result<std::vector<ShownEvent>> side(EventStore& store, const AroundQuestion& question,
                                     const AroundAnswer& answer, Side which, size_t limit,
                                     const DuckBound& bound) {
    const Time time = answer.event.time;
    EventQuery query = which == Side::Before ? within(question, before(time, question.before), time)
                                             : within(question, time, after(time, question.after));
    query.select = shown_select();
    ask(answer, *question.by, query);
    const std::string beyond =
        sql_beyond(which == Side::Before ? '<' : '>', time, answer.event.id, query.parameters);
    for (EventCondition& where : query.where) where.sql += beyond;
    const char* const order = which == Side::Before ? "desc" : "asc";
    query.rest = fmt::format("order by time {0}, id {0} limit {1}", order, limit + 1);
    std::vector<ShownEvent> events;
    EventTexts texts;
    auto rows = TRY(store.query(query, bound));
    while (TRY(rows.next())) {
        for (size_t i = 0; i < rows.rows().size(); i++) events.push_back(shown_at(rows.rows(), i, texts));
    }
    return events;
}

bool cut(std::vector<ShownEvent>& events, size_t limit) {
    if (events.size() <= limit) return false;
    events.resize(limit);
    return true;
}

}  // namespace

Result<AroundAnswer> events_around(EventStore& store, const AroundQuestion& question,
                                   const DuckBound& bound) {
    Found found = TRY(find(store, question, bound));
    AroundAnswer answer{.event = std::move(found.event)};
    for (DimensionValue& one : values_of(found.texts, answer.event.record))
        answer.dimensions.push_back({std::move(one), 0});
    TRY_VOID(count(store, question, answer, bound));
    if (question.by == nullptr) return answer;
    const size_t later_max = question.limit / 2, earlier_max = question.limit - later_max;
    auto earlier = TRY(side(store, question, answer, Side::Before, earlier_max, bound));
    auto later = TRY(side(store, question, answer, Side::After, later_max, bound));
    answer.more_before = cut(earlier, earlier_max);
    answer.more_after = cut(later, later_max);
    std::ranges::reverse(earlier);
    answer.events = std::move(earlier);
    std::ranges::move(later, std::back_inserter(answer.events));
    return answer;
}

}  // namespace vigia
