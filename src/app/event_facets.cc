#include "app/event_facets.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

namespace vigia {

namespace {

constexpr size_t sample_page_events = 10'000;

using Counts = std::unordered_map<std::string, uint64_t>;

// What was counted of one field.
struct Counted {
    Counts counts;
    bool is_cut = false;      // there were more values than are counted
    bool is_sampled = false;  // not all events were looked at
};

Facet facet_of(const std::string& field, Counted counted, size_t values_max) {
    Facet facet{.field = field, .has_more = counted.is_cut};
    for (auto& [value, count] : counted.counts) facet.values.push_back({value, count});
    std::ranges::sort(facet.values, [](const FacetValue& one, const FacetValue& other) {
        return one.count != other.count ? one.count > other.count : one.value < other.value;
    });
    if (facet.values.size() > values_max) {
        facet.values.resize(values_max);
        facet.has_more = true;
    }
    return facet;
}

class FacetCounter {
public:
    FacetCounter(EventStore& store, const EventSearch& search, FieldReader& fields, const DuckBound& bound)
        : store_(store), search_(search), fields_(fields), bound_(bound), view_(store.view()) {}

    // The field's values as its columns have them.
    Result<void> count_columns(const FieldReader::Expression& expression, Counted& into) {
        EventQuery query = query_of(search_, fmt::format("({})::varchar, count(*)", expression.sql));
        // Rows of which the filter's own columns say nothing are left for the program, too.
        query.where.resize(1);
        query.where.front().sql =
            fmt::format("({}) and (many & {}) = 0", query.where.front().sql, expression.many);
        query.rest = fmt::format("group by 1 order by 2 desc limit {}", facet_groups_max + 1);
        auto answer = TRY(store_.query(view_, query, bound_));
        while (TRY(answer.next())) {
            for (size_t i = 0; i < answer.rows().size(); i++) {
                if (const auto value = answer.rows().text(0, i))
                    into.counts[std::string(*value)] +=
                        static_cast<uint64_t>(answer.rows().number(1, i).value_or(0));
            }
        }
        into.is_cut = into.counts.size() > facet_groups_max;
        return {};
    }

    // The values of the others, of those rows that columns say nothing of.
    Result<void> count_many(const FieldReader::Expression& expression, size_t field, Counted& into) {
        EventQuery query = query_of(search_, "record");
        if (search_.filter->is_empty())
            query.where = {{fmt::format("(many & {}) <> 0", expression.many), true}};
        else
            query.where.erase(query.where.begin());
        query.rest = fmt::format("order by time desc limit {}", facet_sample_max + 1);
        Rechecker rechecker(*search_.filter);
        size_t seen = 0;
        auto answer = TRY(store_.query(view_, query, bound_));
        while (TRY(answer.next())) {
            std::vector<std::string_view> records;
            for (size_t i = 0; i < answer.rows().size() && seen < facet_sample_max; i++, seen++)
                records.push_back(answer.rows().text(0, i).value_or(""));
            into.is_sampled = into.is_sampled || records.size() < answer.rows().size();
            const std::vector<bool> holds = rechecker.holds(records);
            const auto values = fields_.read_records(records);
            for (size_t i = 0; i < records.size(); i++) {
                if (holds[i]) add(values[i][field], into.counts);
            }
        }
        return {};
    }

    // Each value once, however often the event has it.
    static void add(const std::vector<std::string>& values, Counts& counts) {
        if (values.size() == 1) {
            counts[values.front()]++;
            return;
        }
        for (const std::string& value : std::set<std::string>(values.begin(), values.end())) counts[value]++;
    }

private:
    EventStore& store_;
    const EventSearch& search_;
    FieldReader& fields_;
    const DuckBound& bound_;
    EventStore::View view_;
};

struct Sampled {
    std::vector<Counted> by_field;
    uint64_t events = 0;
    bool is_whole = false;
};

// The latest events of the search.
Result<Sampled> sample(EventStore& store, EventSearch search, FieldReader& fields, const DuckBound& bound) {
    EventSearcher searcher(store);
    search.fields = &fields;
    search.limit = sample_page_events;
    Sampled found;
    found.by_field.resize(fields.names().size());
    do {
        const EventPage page = TRY(searcher.page(search, bound));
        for (const FoundEvent& event : page.events) {
            for (size_t i = 0; i < event.fields.size(); i++)
                FacetCounter::add(event.fields[i], found.by_field[i].counts);
        }
        found.events += page.events.size();
        search.after = page.next;
    } while (search.after && found.events < facet_sample_max);
    found.is_whole = !search.after;
    return found;
}

}  // namespace

Result<std::vector<Facet>> event_facets(EventStore& store, const EventSearch& search, FieldReader& fields,
                                        size_t values_max, const DuckBound& bound) {
    std::optional<Sampled> sampled;
    std::optional<uint64_t> of;
    FacetCounter counter(store, search, fields, bound);
    std::vector<Facet> facets;
    for (size_t i = 0; i < fields.names().size(); i++) {
        const FieldReader::Expression expression = fields.expression(i);
        if (search.filter->exact() && !expression.sql.empty()) {
            Counted counted;
            TRY_VOID(counter.count_columns(expression, counted));
            TRY_VOID(counter.count_many(expression, i, counted));
            const bool is_sampled = counted.is_sampled;
            facets.push_back(facet_of(fields.names()[i], std::move(counted), values_max));
            if (!is_sampled) continue;
            facets.back().sample = Facet::Sample{facet_sample_max, std::nullopt};
            continue;
        }
        if (!sampled) {
            sampled = TRY(sample(store, search, fields, bound));
            if (search.filter->exact()) of = TRY(EventSearcher(store).count(search, bound));
        }
        facets.push_back(facet_of(fields.names()[i], std::move(sampled->by_field[i]), values_max));
        if (!sampled->is_whole) facets.back().sample = Facet::Sample{sampled->events, of};
    }
    return facets;
}

}  // namespace vigia
