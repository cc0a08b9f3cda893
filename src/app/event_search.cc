#include "app/event_search.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/columns.h"

namespace vigia {

namespace {

constexpr size_t candidates_min = 500;
constexpr size_t candidates_max = 20'000;
// How many candidates are read and checked at once: few at first, for the page may be full soon.
constexpr size_t block_rows_min = 512;
constexpr size_t block_rows_max = places_max;
// The first window of time that is looked at has about so many events, each further one so many times more.
constexpr uint64_t window_rows = 4096;
constexpr uint64_t window_growth = 16;

std::string sql_texts(const EventCursor& after, EventOrder order, EventQuery& query) {
    query.parameters.emplace_back(after.id);
    query.parameters.emplace_back(after.account);
    return fmt::format(
        " and (time {0} {1} or (time = {1} and (id {0} ${2} or (id = ${2} and coalesce(account, '') {0} "
        "${3}))))",
        order == EventOrder::NewestFirst ? "<" : ">",
        sql_time(Time{std::chrono::microseconds{after.time_us}}), query.parameters.size() - 1,
        query.parameters.size());
}

// A row that the filter may hold of.
struct Candidate {
    FoundEvent event;
    EventPlace place;
    bool has_fields = false;
    bool is_sure = false;
};

// A part that turns out to be damaged is set aside, and the question is asked anew; each time there is one
// part less.
template <typename Work>
auto again_without_damage(Work work) -> decltype(work()) {
    while (true) {
        auto done = work();
        if (done || done.error().kind != ErrorKind::Corrupt) return done;
    }
}

}  // namespace

EventQuery query_of(const EventSearch& search, std::string select) {
    EventQuery query{.organisation = search.organisation,
                     .since = search.since,
                     .until = search.until,
                     .select = std::move(select)};
    if (!search.filter->is_empty()) query.where = {{search.filter->plain()}, {search.filter->many(), true}};
    for (const std::string& parameter : search.filter->parameters()) query.parameters.emplace_back(parameter);
    return query;
}

// Fills one page: from the end of time that was asked for, window by window. First the rows are found, by
// columns; then the records of those that stand on the page, or must be checked, are read.
struct EventSearcher::Pager {
    EventStore& store;
    const EventSearch& search;
    const DuckBound& bound;
    EventStore::View view;
    Rechecker rechecker{*search.filter};
    EventPage page;
    std::optional<EventCursor> after = search.after;
    TimeRange range{search.since, search.until};
    size_t fetched_max = 0;
    size_t bytes = 0;
    size_t block_rows = block_rows_min;

    bool is_newest() const { return search.order == EventOrder::NewestFirst; }

    Result<EventPage> run() {
        view = store.view();
        fetched_max = search.filter->exact() ? search.limit
                                             : std::clamp(search.limit * 4, candidates_min, candidates_max);
        if (after) narrow(Time{std::chrono::microseconds{after->time_us}});
        for (uint64_t rows = window_rows;; rows *= window_growth) {
            const auto edge = EventStore::window_edge(view, search.organisation, range, search.order, rows);
            TimeRange window = range;
            if (edge)
                (is_newest() ? window.since : window.until) =
                    std::chrono::floor<std::chrono::microseconds>(*edge);
            if (TRY(read_window(window))) return std::move(page);
            if (!edge) return std::move(page);
            const Time passed = std::chrono::floor<std::chrono::microseconds>(*edge);
            narrow(is_newest() ? passed - std::chrono::microseconds{1}
                               : passed + std::chrono::microseconds{1});
        }
    }

    void narrow(Time to) {
        std::optional<Time>& end = is_newest() ? range.until : range.since;
        if (!end) end = to;
        end = is_newest() ? std::min(*end, to) : std::max(*end, to);
    }

    // Whether the page is full.
    Result<bool> read_window(const TimeRange& window) {
        while (true) {
            std::vector<Candidate> found = TRY(candidates(window));
            const bool is_last = found.size() < fetched_max;
            for (size_t begin = 0; begin < found.size();) {
                const size_t count = std::min(block_rows, found.size() - begin);
                if (TRY(take(std::span(found).subspan(begin, count)))) return true;
                begin += count;
                block_rows = std::min(block_rows * 2, block_rows_max);
            }
            if (is_last) return false;
            fetched_max = std::min(fetched_max * 4, candidates_max);
        }
    }

    Result<std::vector<Candidate>> candidates(const TimeRange& window) {
        std::string select = "time, id, type, many, coalesce(account, ''), file, place";
        constexpr size_t fixed = 7;
        if (search.fields != nullptr) {
            for (const size_t column : search.fields->columns())
                select += fmt::format(", {}", event_columns()[column].name);
        }
        EventQuery query = query_of(search, select);
        query.since = window.since;
        query.until = window.until;
        if (after) {
            const std::string behind = sql_texts(*after, search.order, query);
            for (EventCondition& where : query.where) where.sql = fmt::format("({}){}", where.sql, behind);
        }
        query.rest = fmt::format("order by time {0}, id {0}, coalesce(account, '') {0} limit {1}",
                                 is_newest() ? "desc" : "asc", fetched_max);
        std::vector<Candidate> found;
        auto answer = TRY(store.query(view, query, bound));
        while (TRY(answer.next())) {
            const DuckRows& rows = answer.rows();
            for (size_t i = 0; i < rows.size(); i++) {
                const auto text = [&](size_t at) { return std::string(rows.text(at, i).value_or("")); };
                const auto many = static_cast<uint64_t>(rows.number(3, i).value_or(0));
                Candidate one;
                one.event = {.time_us = rows.number(0, i).value_or(0),
                             .id = text(1),
                             .type = text(2),
                             .account = text(4)};
                one.place = {text(5), rows.number(6, i).value_or(0)};
                one.is_sure = search.filter->is_empty() || (search.filter->exact() && many == 0);
                if (search.fields != nullptr)
                    one.has_fields =
                        search.fields->read_columns(rows, i, fixed, one.event.type, many, one.event.fields);
                found.push_back(std::move(one));
            }
        }
        return found;
    }

    // Puts those that hold on the page; whether it is full.
    Result<bool> take(std::span<Candidate> block) {
        TRY_VOID(read(block));
        std::vector<std::string_view> records;
        std::vector<size_t> asked;
        std::vector<bool> holds(block.size(), true);
        for (size_t i = 0; i < block.size(); i++) {
            if (block[i].is_sure) continue;
            asked.push_back(i);
            records.push_back(block[i].event.record);
        }
        const std::vector<bool> verdicts = rechecker.holds(records);
        for (size_t i = 0; i < asked.size(); i++) holds[asked[i]] = verdicts[i];
        for (size_t i = 0; i < block.size(); i++) {
            FoundEvent& event = block[i].event;
            after = EventCursor{event.time_us, event.id, event.account};
            if (!holds[i]) continue;
            TRY_VOID(fill(block[i]));
            bytes += event.record.size();
            page.events.push_back(std::move(event));
            if (page.events.size() < search.limit && bytes < page_bytes_max) continue;
            page.next = after;
            return true;
        }
        return false;
    }

    // The records that are shown or checked.
    Result<void> read(std::span<Candidate> block) {
        std::vector<EventPlace> places;
        std::vector<size_t> at;
        for (size_t i = 0; i < block.size(); i++) {
            if (block[i].is_sure && block[i].has_fields) continue;
            places.push_back(block[i].place);
            at.push_back(i);
        }
        std::vector<std::string> records = TRY(store.records(view, search.organisation, places, bound));
        for (size_t i = 0; i < at.size(); i++) block[at[i]].event.record = std::move(records[i]);
        return {};
    }

    // What an event that is on the page shows: fields, or its record.
    Result<void> fill(Candidate& one) {
        if (search.fields == nullptr) return {};
        if (!one.has_fields) {
            const std::string_view record = one.event.record;
            one.event.fields = search.fields->read_records(std::span(&record, 1)).front();
        }
        one.event.record.clear();
        return {};
    }
};

Result<EventPage> EventSearcher::page(const EventSearch& search, const DuckBound& bound) {
    return again_without_damage([&] {
        Pager pager{.store = store_, .search = search, .bound = bound};
        return pager.run();
    });
}

Result<std::optional<FoundEvent>> EventSearcher::find(const std::string& organisation, const std::string& id,
                                                      const DuckBound& bound) {
    return again_without_damage([&] { return find_once(organisation, id, bound); });
}

Result<std::optional<FoundEvent>> EventSearcher::find_once(const std::string& organisation,
                                                           const std::string& id, const DuckBound& bound) {
    EventStore::View view = store_.view();
    EventQuery query{.organisation = organisation,
                     .select = "time, id, type, coalesce(account, ''), record",
                     .where = {{"id = $1"}},
                     .rest = "order by time desc, coalesce(account, '') desc limit 1",
                     .parameters = {id}};
    for (uint64_t rows = window_rows * window_growth;; rows *= window_growth) {
        const auto edge = EventStore::window_edge(view, organisation, {query.since, query.until},
                                                  EventOrder::NewestFirst, rows);
        if (edge) query.since = *edge;
        auto answer = TRY(store_.query(view, query, bound));
        if (TRY(answer.next())) {
            const auto text = [&](size_t at) { return std::string(answer.rows().text(at, 0).value_or("")); };
            return FoundEvent{.time_us = answer.rows().number(0, 0).value_or(0),
                              .id = text(1),
                              .type = text(2),
                              .account = text(3),
                              .record = text(4)};
        }
        if (!edge) return std::optional<FoundEvent>();
        query.until = std::exchange(query.since, std::nullopt);
    }
}

Result<void> EventSearcher::count_by(EventStore::View view, const EventSearch& search,
                                     const std::string& expression, const DuckBound& bound, Counts& counts) {
    // SQL counts what it can tell; the program counts the rest.
    const bool is_empty = search.filter->is_empty();
    if (search.filter->exact()) {
        EventQuery query = query_of(search, fmt::format("({})::bigint, count(*)", expression));
        query.where.resize(1);
        query.rest = "group by 1";
        auto answer = TRY(store_.query(view, query, bound));
        while (TRY(answer.next())) {
            for (size_t i = 0; i < answer.rows().size(); i++)
                counts[answer.rows().number(0, i).value_or(0)] +=
                    static_cast<uint64_t>(answer.rows().number(1, i).value_or(0));
        }
        if (is_empty) return {};
    }
    Rechecker rechecker(*search.filter);
    EventQuery query = query_of(search, fmt::format("({})::bigint, record", expression));
    if (search.filter->exact()) query.where.erase(query.where.begin());
    auto answer = TRY(store_.query(view, query, bound));
    while (TRY(answer.next())) {
        std::vector<std::string_view> records;
        for (size_t i = 0; i < answer.rows().size(); i++)
            records.push_back(answer.rows().text(1, i).value_or(""));
        const std::vector<bool> holds = rechecker.holds(records);
        for (size_t i = 0; i < holds.size(); i++) {
            if (holds[i]) counts[answer.rows().number(0, i).value_or(0)]++;
        }
    }
    return {};
}

Result<uint64_t> EventSearcher::count(const EventSearch& search, const DuckBound& bound) {
    const auto bars = TRY(histogram(search, std::chrono::days{36'500}, bound));
    uint64_t sum = 0;
    for (const HistogramBar& bar : bars) sum += bar.count;
    return sum;
}

Result<std::vector<HistogramBar>> EventSearcher::histogram(const EventSearch& search, Duration width,
                                                           const DuckBound& bound) {
    const int64_t width_us = width / std::chrono::microseconds{1};
    if (width_us <= 0) return error(ErrorKind::BadInput, "the bars of a histogram need a width");
    if (search.since && search.until &&
        (*search.until - *search.since) / width > static_cast<int64_t>(histogram_bars_max))
        return error(ErrorKind::BadInput,
                     fmt::format("the histogram has more than {} bars: make them wider", histogram_bars_max));
    const Counts counts = TRY(again_without_damage([&]() -> Result<Counts> {
        Counts found;
        EventStore::View view = store_.view();
        if (search.filter->is_empty())
            view = EventStore::take_whole_parts(view, search.organisation, {search.since, search.until},
                                                std::chrono::microseconds{width_us}, found);
        TRY_VOID(count_by(view, search, fmt::format("epoch_us(time) // {}", width_us), bound, found));
        return found;
    }));
    std::vector<HistogramBar> bars;
    for (const auto& [step, count] : counts) bars.push_back({step * width_us, count});
    return bars;
}

}  // namespace vigia
