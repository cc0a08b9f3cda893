#include "app/field_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/utf8.h"

namespace vigia {

namespace {

constexpr auto spans =
    std::to_array<Duration>({std::chrono::days{7}, std::chrono::days{1}, std::chrono::hours{1}});
constexpr DuckBound look_bound{.time_max = std::chrono::seconds{2}};

using Counts = std::unordered_map<std::string, uint64_t>;

struct Look {
    EventStore& store;
    const FieldValuesQuestion& question;
    FieldReader& field;
    Time since;
    Counts counts{};
    bool is_sampled = false;

    EventQuery query(std::string select, EventCondition where, std::string rest) const {
        return {.organisation = question.organisation,
                .since = since,
                .until = question.until,
                .select = std::move(select),
                .where = {std::move(where)},
                .rest = std::move(rest),
                .parameters = {}};
    }

    // What columns say, exactly.
    Result<void> count_columns(const FieldReader::Expression& expression) {
        std::string where =
            fmt::format("(many & {}) = 0 and ({}) is not null", expression.many, expression.sql);
        if (!question.prefix.empty())
            where += fmt::format(" and starts_with(lower(({})::varchar), lower($1))", expression.sql);
        EventQuery asked = query(fmt::format("({})::varchar, count(*)::bigint", expression.sql), {where},
                                 fmt::format("group by 1 order by 2 desc, 1 limit {}", question.limit + 1));
        if (!question.prefix.empty()) asked.parameters = {question.prefix};
        auto answer = TRY(store.query(asked, look_bound));
        while (TRY(answer.next())) {
            for (size_t i = 0; i < answer.rows().size(); i++)
                counts[std::string(answer.rows().text(0, i).value_or(""))] +=
                    static_cast<uint64_t>(answer.rows().number(1, i).value_or(0));
        }
        return {};
    }

    // What the latest records of these rows say. Their places are found first, so that no other is read.
    Result<void> sample(EventCondition where) {
        EventStore::View view = store.view();
        std::vector<EventPlace> places;
        auto answer = TRY(store.query(view,
                                      query("file, place", std::move(where),
                                            fmt::format("order by time desc limit {}", field_values_sample)),
                                      look_bound));
        while (TRY(answer.next())) {
            for (size_t i = 0; i < answer.rows().size(); i++)
                places.push_back({std::string(answer.rows().text(0, i).value_or("")),
                                  answer.rows().number(1, i).value_or(0)});
        }
        if (places.empty()) return {};
        is_sampled = is_sampled || places.size() == field_values_sample;
        const auto records = TRY(store.records(view, question.organisation, places, look_bound));
        const std::vector<std::string_view> texts(records.begin(), records.end());
        const std::string prefix = lower_ascii(question.prefix);
        for (const FieldReader::Values& values : field.read_records(texts)) {
            for (const std::string& value : std::set<std::string>(values[0].begin(), values[0].end())) {
                if (lower_ascii(value).starts_with(prefix)) counts[value]++;
            }
        }
        return {};
    }

    Result<void> run() {
        const FieldReader::Expression expression = field.expression(0);
        if (!expression.sql.empty()) {
            TRY_VOID(count_columns(expression));
            return sample({fmt::format("(many & {}) <> 0", expression.many), true});
        }
        std::string types;
        for (const std::string_view type : field.types_with(0))
            types += (types.empty() ? "" : ", ") + quote_sql(type);
        if (types.empty()) return {};
        return sample({fmt::format("type in ({})", types)});
    }

    ValuesOfField answer(Duration span) && {
        ValuesOfField found{.is_sampled = is_sampled, .span = span};
        for (auto& [value, count] : counts) found.values.push_back({value, count});
        std::ranges::sort(found.values, [](const FacetValue& one, const FacetValue& other) {
            return one.count != other.count ? one.count > other.count : one.value < other.value;
        });
        found.has_more = found.values.size() > question.limit;
        if (found.has_more) found.values.resize(question.limit);
        return found;
    }
};

}  // namespace

Result<ValuesOfField> field_values(EventStore& store, const FieldValuesQuestion& question, FieldReader& field) {
    Error slow{ErrorKind::Busy, "the events take too long to look through"};
    for (const Duration span : spans) {
        Look look{.store = store, .question = question, .field = field, .since = question.until - span};
        const auto done = look.run();
        if (done) return std::move(look).answer(span);
        if (done.error().kind != ErrorKind::Busy) return std::unexpected(done.error());
        slow = done.error();
    }
    return std::unexpected(slow);
}

}  // namespace vigia
