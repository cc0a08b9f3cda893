#include "app/event_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/column_reader.h"
#include "app/rule_files.h"
#include "model/rule_type.h"
#include "normalise/catalogue.h"
#include "store/columns.h"

namespace vigia {

namespace {

constexpr size_t candidates_min = 200;
constexpr size_t candidates_max = 20'000;
constexpr size_t facet_values_max = 100;

// The conditions of types that are asked the same, joined.
std::string join_types(const std::map<std::string, std::vector<std::string>>& types_by_sql) {
    if (types_by_sql.size() == 1) return types_by_sql.begin()->first;
    std::string text;
    for (const auto& [sql, types] : types_by_sql) {
        std::string names;
        for (const std::string& type : types) names += (names.empty() ? "" : ", ") + quote_sql(type);
        text += fmt::format("{}(type in ({}) and {})", text.empty() ? "(" : " or ", names, sql);
    }
    return text + ")";
}

EventQuery query_of(const EventSearch& search, std::string select) {
    EventQuery query{.organisation = search.organisation,
                     .since = search.since,
                     .until = search.until,
                     .select = std::move(select),
                     .where = {search.filter->plain(), search.filter->many()}};
    for (const std::string& parameter : search.filter->parameters()) query.parameters.emplace_back(parameter);
    return query;
}

FoundEvent event_at(const DuckRows& rows, size_t row) {
    return {rows.number(0, row).value_or(0), std::string(rows.text(1, row).value_or("")),
            std::string(rows.text(2, row).value_or("")), std::string(rows.text(4, row).value_or(""))};
}

// A part that turns out to be damaged is set aside, and the question is asked anew; each time there is one
// part less.
template <typename Work>
auto again_without_damage(Work work) -> decltype(work()) {
    while (true) {
        auto done = work();
        if (done || done.error().kind != ErrorKind::Corrupt) return done;
    }
}

constexpr const char* event_select = "time, id, type, many, record";

// Which rows of the chunk are of the answer. The columns are those of event_select.
std::vector<bool> holding(const DuckRows& rows, const SearchFilter& filter, Rechecker& rechecker) {
    std::vector<bool> holds(rows.size(), true);
    std::vector<std::string_view> records;
    std::vector<size_t> asked;
    for (size_t i = 0; i < rows.size(); i++) {
        if (filter.exact() && rows.number(3, i) == 0) continue;
        asked.push_back(i);
        records.push_back(rows.text(4, i).value_or(""));
    }
    const std::vector<bool> verdicts = rechecker.holds(records);
    for (size_t i = 0; i < asked.size(); i++) holds[asked[i]] = verdicts[i];
    return holds;
}

}  // namespace

SearchFilter::Made SearchFilter::make(std::string_view text, NamedLists lists) {
    Made made;
    SearchFilter filter;
    std::vector<CheckedRule> rules;
    if (text.find_first_not_of(" \t\r\n") != std::string_view::npos) {
        CheckedRuleResult checked = check_search(std::string(text), lists);
        made.diagnostics = std::move(checked.diagnostics);
        if (!checked.rule) return made;
        std::map<std::string, std::vector<std::string>> plain, many;
        for (const EventType type : checked.rule->event_types) {
            const FieldCatalogue& fields = catalogue(type);
            const SqlFilter sql =
                compile_sql(checked.rule->filter, fields, lists, sql_columns(fields), filter.parameters_);
            plain[sql.plain].emplace_back(fields.event_type);
            many[sql.many].emplace_back(fields.event_type);
            filter.exact_ = filter.exact_ && sql.exact;
        }
        // Types that the filter rules out are not among the rule's.
        const bool all = checked.rule->event_types.size() == event_types;
        const std::string types = [&] {
            std::string names;
            for (const EventType type : checked.rule->event_types)
                names += (names.empty() ? "" : ", ") + quote_sql(catalogue(type).event_type);
            return all || names.empty() ? std::string() : fmt::format(" and type in ({})", names);
        }();
        const bool none = checked.rule->event_types.empty();
        filter.plain_ = none ? "false" : fmt::format("many = 0{} and {}", types, join_types(plain));
        filter.many_ = none ? "false" : fmt::format("many <> 0{} and {}", types, join_types(many));
        rules.push_back(std::move(*checked.rule));
    }
    filter.rules_ = make_rule_set(std::move(rules), std::move(lists));
    made.filter = std::move(filter);
    return made;
}

std::string SearchFilter::print() const {
    std::string text = fmt::format("plain: {}\nmany:  {}\n", plain_, many_);
    for (size_t i = 0; i < parameters_.size(); i++) text += fmt::format("${}: {}\n", i + 1, parameters_[i]);
    return text + (exact_ ? "exact\n" : "checked again by the program\n");
}

Rechecker::Rechecker(const SearchFilter& filter) : detector_(filter.rules()) {}

// A filter without a rule holds of everything.
std::vector<bool> Rechecker::holds(std::span<const std::string_view> records) {
    if (detector_.rules().rules().empty()) return std::vector<bool>(records.size(), true);
    std::vector<bool> holds(records.size(), false);
    if (records.empty()) return holds;
    // As many as the scanner takes at once; where it stops, the tree goes on.
    run_.clear();
    for (const std::string_view record : records) (run_ += record) += '\n';
    const size_t size = run_.size();
    run_.resize(size + run_slack_bytes, ' ');
    const EventScanner::Done done = scanner_.scan(
        std::string_view(run_).substr(0, size), detector_,
        [&](const Event& event, std::string_view record, uint64_t number) {
            const auto hits = detector_.detect(event);
            holds[number] = hits ? !hits->empty() : walk(record);
        },
        [&](std::string_view record, uint64_t number) { holds[number] = walk(record); });
    for (size_t i = done.records; i < records.size(); i++) holds[i] = walk(records[i]);
    return holds;
}

bool Rechecker::walk(std::string_view record) {
    bool holds = false;
    // A record that was read once is read again; what is none holds nothing.
    (void)normaliser_.normalise(record,
                                [&](const Event& event) { holds = holds || !detector_.walk(event).empty(); });
    return holds;
}

Result<EventPage> EventSearcher::page(const EventSearch& search, const DuckBound& bound) {
    return again_without_damage([&] { return page_once(search, bound); });
}

Result<EventPage> EventSearcher::page_once(const EventSearch& search, const DuckBound& bound) {
    Rechecker rechecker(*search.filter);
    EventPage page;
    std::optional<EventCursor> after = search.after;
    size_t fetched_max = std::max(search.limit, candidates_min);
    while (true) {
        EventQuery query = query_of(search, event_select);
        if (after) {
            query.parameters.emplace_back(after->id);
            const std::string behind = fmt::format(
                " and (time < make_timestamp({0}::bigint) or (time = make_timestamp({0}::bigint) and id < "
                "${1}))",
                after->time_us, query.parameters.size());
            for (std::string& where : query.where) where += behind;
        }
        query.rest = fmt::format("order by time desc, id desc limit {}", fetched_max);
        auto answer = TRY(store_.query(query, bound));
        size_t fetched = 0;
        while (TRY(answer.next())) {
            const std::vector<bool> holds = holding(answer.rows(), *search.filter, rechecker);
            for (size_t i = 0; i < holds.size(); i++) {
                fetched++;
                FoundEvent event = event_at(answer.rows(), i);
                after = EventCursor{event.time_us, event.id};
                if (!holds[i]) continue;
                page.events.push_back(std::move(event));
                if (page.events.size() == search.limit) {
                    page.next = after;
                    return page;
                }
            }
        }
        if (fetched < fetched_max) return page;
        fetched_max = std::min(fetched_max * 4, candidates_max);
    }
}

Result<std::optional<FoundEvent>> EventSearcher::find(const std::string& organisation, const std::string& id,
                                                      const DuckBound& bound) {
    EventQuery query{.organisation = organisation,
                     .select = event_select,
                     .where = {"id = $1"},
                     .rest = "limit 1",
                     .parameters = {id}};
    return again_without_damage([&]() -> Result<std::optional<FoundEvent>> {
        auto answer = TRY(store_.query(query, bound));
        std::optional<FoundEvent> found;
        if (TRY(answer.next())) found.emplace(event_at(answer.rows(), 0));
        return found;
    });
}

// The events by the value of an expression over columns; events without one are left out.
Result<std::vector<EventSearcher::Keyed>> EventSearcher::count_by(const EventSearch& search,
                                                                  const std::string& expression,
                                                                  const DuckBound& bound) {
    return again_without_damage([&] { return count_once(search, expression, bound); });
}

Result<std::vector<EventSearcher::Keyed>> EventSearcher::count_once(const EventSearch& search,
                                                                    const std::string& expression,
                                                                    const DuckBound& bound) {
    std::map<std::string, uint64_t> counts;
    // SQL counts what it can tell; the program counts the rest.
    if (search.filter->exact()) {
        EventQuery query = query_of(search, fmt::format("({})::varchar, count(*)", expression));
        query.where = {search.filter->plain()};
        query.rest = "group by 1";
        auto answer = TRY(store_.query(query, bound));
        while (TRY(answer.next())) {
            for (size_t i = 0; i < answer.rows().size(); i++) {
                if (const auto key = answer.rows().text(0, i))
                    counts[std::string(*key)] +=
                        static_cast<uint64_t>(answer.rows().number(1, i).value_or(0));
            }
        }
    }
    Rechecker rechecker(*search.filter);
    EventQuery query = query_of(search, fmt::format("{}, ({})::varchar", event_select, expression));
    if (search.filter->exact()) query.where = {search.filter->many()};
    auto answer = TRY(store_.query(query, bound));
    while (TRY(answer.next())) {
        const std::vector<bool> holds = holding(answer.rows(), *search.filter, rechecker);
        for (size_t i = 0; i < holds.size(); i++) {
            const auto key = answer.rows().text(5, i);
            if (holds[i] && key) counts[std::string(*key)]++;
        }
    }
    std::vector<Keyed> keyed;
    for (const auto& [key, count] : counts) keyed.push_back({key, count});
    return keyed;
}

Result<uint64_t> EventSearcher::count(const EventSearch& search, const DuckBound& bound) {
    const auto counted = TRY(count_by(search, "1", bound));
    return counted.empty() ? 0 : counted.front().count;
}

Result<std::vector<HistogramBar>> EventSearcher::histogram(const EventSearch& search, Duration width,
                                                           const DuckBound& bound) {
    const int64_t width_us = width / std::chrono::microseconds{1};
    if (width_us <= 0) return error(ErrorKind::BadInput, "the bars of a histogram need a width");
    if (search.since && search.until &&
        (*search.until - *search.since) / width > static_cast<int64_t>(histogram_bars_max))
        return error(ErrorKind::BadInput,
                     fmt::format("the histogram has more than {} bars: make them wider", histogram_bars_max));
    const auto counted = TRY(count_by(search, fmt::format("epoch_us(time) // {}", width_us), bound));
    std::vector<HistogramBar> bars;
    for (const Keyed& one : counted) bars.push_back({std::stoll(one.key) * width_us, one.count});
    std::ranges::sort(bars, {}, &HistogramBar::begin_us);
    return bars;
}

Result<std::vector<FacetValue>> EventSearcher::facet(const EventSearch& search, const std::string& column,
                                                     const DuckBound& bound) {
    const bool known = column == "type" || std::ranges::any_of(event_columns(), [&](const EventColumn& one) {
                           return one.name == column;
                       });
    if (!known)
        return error(ErrorKind::BadInput,
                     fmt::format("'{}' is no column of events; GET /api/v1/fields names them", column));
    const auto counted = TRY(count_by(search, column, bound));
    std::vector<FacetValue> values;
    for (const Keyed& one : counted) values.push_back({one.key, one.count});
    std::ranges::stable_sort(values, std::greater{}, &FacetValue::count);
    if (values.size() > facet_values_max) values.resize(facet_values_max);
    return values;
}

}  // namespace vigia
