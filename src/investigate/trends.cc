#include "investigate/trends.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "investigate/event_texts.h"

namespace vigia {

namespace {

using std::chrono::days;
using std::chrono::hours;

struct By {
    std::string_view name;
    TrendBy by;
    std::string_view columns;  // account, region, service and api, where they are counted by
};

constexpr auto bys = std::to_array<By>({
    {"organisation", TrendBy::Organisation, "'', '', '', ''"},
    {"account", TrendBy::Account, "coalesce(account, ''), '', '', ''"},
    {"region", TrendBy::Region, "'', coalesce(region, ''), '', ''"},
    {"service", TrendBy::Service, "'', '', coalesce(source, ''), ''"},
    {"api", TrendBy::Api, "'', '', coalesce(source, ''), coalesce(name, '')"},
});

struct Bucket {
    std::string_view name;
    TrendBucket bucket;
    Duration width;
    Duration offset;  // of the first one of all, from 1970
};

constexpr auto buckets = std::to_array<Bucket>({
    {"hour", TrendBucket::Hour, hours{1}, hours{0}},
    {"day", TrendBucket::Day, days{1}, hours{0}},
    {"week", TrendBucket::Week, days{7}, days{4}},  // weeks begin on Monday; 1970 began on a Thursday
});

const By& row_of(TrendBy by) { return *std::ranges::find(bys, by, &By::by); }
const Bucket& row_of(TrendBucket bucket) { return *std::ranges::find(buckets, bucket, &Bucket::bucket); }

int64_t index_of(const Bucket& bucket, Time time) {
    return (microseconds(time) - bucket.offset / std::chrono::microseconds{1}) /
           (bucket.width / std::chrono::microseconds{1});
}

Time begin_of(const Bucket& bucket, int64_t index) { return Time{bucket.offset + bucket.width * index}; }

// The end belongs to what a query of the store asks for.
Time last_of(const TrendQuestion& question) { return question.until - std::chrono::microseconds{1}; }
Time before_of(const TrendQuestion& question) { return question.since - (question.until - question.since); }

EventQuery query_of(const TrendQuestion& question) {
    EventQuery query{.organisation = question.organisation, .until = last_of(question)};
    std::string where = "type = 'cloudtrail'";
    const auto ask = [&](std::string_view column, const std::string& text) {
        if (text.empty()) return;
        query.parameters.emplace_back(text);
        where += fmt::format(" and {} = ${}", column, query.parameters.size());
    };
    ask("account", question.account);
    ask("region", question.region);
    ask("source", question.service);
    ask("name", question.api);
    query.where = {{where}};
    return query;
}

// Counts of the period, of the period before it, and of all that is older.
std::string counts_of(const TrendQuestion& question) {
    const std::string since = sql_time(question.since), before = sql_time(before_of(question));
    return fmt::format(
        "count(*) filter (where time >= {0})::bigint, "
        "count(*) filter (where time >= {0} and error_code is not null)::bigint, "
        "count(*) filter (where time >= {1} and time < {0})::bigint, "
        "count(*) filter (where time < {1})::bigint",
        since, before);
}

uint64_t number_at(const DuckRows& rows, size_t column, size_t row) {
    return static_cast<uint64_t>(rows.number(column, row).value_or(0));
}

Result<void> check(const TrendQuestion& question) {
    if (question.since >= question.until) return error(ErrorKind::BadInput, "'since' must be before 'until'");
    constexpr int64_t longest_us = trend_period_max / std::chrono::microseconds{1};
    if (question.since < Time{} || microseconds(question.until) - microseconds(question.since) > longest_us)
        return error(ErrorKind::BadInput, "the period must lie after 1970 and be of ten years at most");
    const Bucket& bucket = row_of(question.bucket);
    const int64_t count = index_of(bucket, last_of(question)) - index_of(bucket, question.since) + 1;
    if (count > static_cast<int64_t>(trend_buckets_max))
        return error(ErrorKind::BadInput,
                     fmt::format("the period has more than {} buckets: make them wider", trend_buckets_max));
    return {};
}

using Key = std::array<std::string, 4>;

Key key_at(const DuckRows& rows, size_t row) {
    return {text_at(rows, 0, row), text_at(rows, 1, row), text_at(rows, 2, row), text_at(rows, 3, row)};
}

Result<std::vector<TrendRow>> totals(EventStore& store, const TrendQuestion& question,
                                     const DuckBound& bound) {
    EventQuery query = query_of(question);
    query.select = fmt::format("{}, {}", row_of(question.by).columns, counts_of(question));
    query.rest = "group by 1, 2, 3, 4";
    std::vector<TrendRow> rows;
    auto answer = TRY(store.query(query, bound));
    while (TRY(answer.next())) {
        const DuckRows& found = answer.rows();
        for (size_t i = 0; i < found.size(); i++) {
            TrendRow row{.account = text_at(found, 0, i),
                         .region = text_at(found, 1, i),
                         .service = text_at(found, 2, i),
                         .api = text_at(found, 3, i),
                         .calls = number_at(found, 4, i),
                         .errors = number_at(found, 5, i),
                         .before = number_at(found, 6, i)};
            row.is_new = row.before == 0 && number_at(found, 7, i) == 0;
            if (row.calls > 0 || row.before > 0) rows.push_back(std::move(row));
        }
    }
    return rows;
}

void sort_by_rise(std::vector<TrendRow>& rows) {
    std::ranges::sort(rows, [](const TrendRow& one, const TrendRow& other) {
        const auto rise = [](const TrendRow& row) {
            return static_cast<int64_t>(row.calls) - static_cast<int64_t>(row.before);
        };
        if (rise(one) != rise(other)) return rise(one) > rise(other);
        return std::tie(one.account, one.region, one.service, one.api) <
               std::tie(other.account, other.region, other.service, other.api);
    });
}

// Of the rows that are shown only: a group for each key and bucket may be very many.
Result<void> fill_buckets(EventStore& store, const TrendQuestion& question, TrendAnswer& answer,
                          const DuckBound& bound) {
    const Bucket& bucket = row_of(question.bucket);
    const int64_t first = index_of(bucket, question.since), last = index_of(bucket, last_of(question));
    for (int64_t i = first; i <= last; i++) answer.begins.push_back(begin_of(bucket, i));
    std::map<Key, TrendRow*> by_key;
    EventQuery query = query_of(question);
    query.since = question.since;
    std::string shown;
    for (TrendRow& row : answer.rows) {
        row.buckets.resize(answer.begins.size());
        by_key.emplace(Key{row.account, row.region, row.service, row.api}, &row);
        for (const std::string* text : {&row.account, &row.region, &row.service, &row.api})
            query.parameters.emplace_back(*text);
        const size_t end = query.parameters.size();
        shown +=
            fmt::format("{}(${}, ${}, ${}, ${})", shown.empty() ? "" : ", ", end - 3, end - 2, end - 1, end);
    }
    if (shown.empty()) return {};
    const std::string_view columns = row_of(question.by).columns;
    query.where[0].sql += fmt::format(" and ({}) in ({})", columns, shown);
    query.select = fmt::format("{}, ((epoch_us(time) - {}) // {})::bigint, count(*)::bigint", columns,
                               bucket.offset / std::chrono::microseconds{1},
                               bucket.width / std::chrono::microseconds{1});
    query.rest = "group by 1, 2, 3, 4, 5";
    auto rows = TRY(store.query(query, bound));
    while (TRY(rows.next())) {
        for (size_t i = 0; i < rows.rows().size(); i++) {
            const auto row = by_key.find(key_at(rows.rows(), i));
            const auto at = static_cast<size_t>(rows.rows().number(4, i).value_or(first) - first);
            if (row != by_key.end() && at < answer.begins.size())
                row->second->buckets[at] = number_at(rows.rows(), 5, i);
        }
    }
    return {};
}

}  // namespace

std::optional<TrendBy> trend_by_of(std::string_view name) {
    const auto found = std::ranges::find(bys, name, &By::name);
    return found == bys.end() ? std::nullopt : std::optional(found->by);
}

std::optional<TrendBucket> trend_bucket_of(std::string_view name) {
    const auto found = std::ranges::find(buckets, name, &Bucket::name);
    return found == buckets.end() ? std::nullopt : std::optional(found->bucket);
}

Result<TrendAnswer> trends(EventStore& store, const TrendQuestion& question, const DuckBound& bound) {
    TRY_VOID(check(question));
    TrendAnswer answer;
    answer.rows = TRY(totals(store, question, bound));
    sort_by_rise(answer.rows);
    if (answer.rows.size() > question.limit) {
        answer.left_out = answer.rows.size() - question.limit;
        answer.rows.resize(question.limit);
    }
    TRY_VOID(fill_buckets(store, question, answer, bound));
    return answer;
}

Result<std::vector<TrendUser>> trend_users(EventStore& store, const TrendQuestion& question,
                                           const DuckBound& bound) {
    TRY_VOID(check(question));
    EventQuery query = query_of(question);
    query.select = fmt::format(
        "coalesce(issuer_arn, actor_arn, \"user\", '') as identity, coalesce(max(identity_type), ''), "
        "count(distinct \"user\")::bigint, coalesce(max(\"user\"), ''), {}, max(time)",
        counts_of(question));
    query.rest = fmt::format(
        "group by identity having count(*) filter (where time >= {}) > 0 "
        "order by 5 desc, identity limit {}",
        sql_time(question.since), question.limit);
    std::vector<TrendUser> users;
    auto answer = TRY(store.query(query, bound));
    while (TRY(answer.next())) {
        const DuckRows& found = answer.rows();
        for (size_t i = 0; i < found.size(); i++)
            users.push_back({.identity = text_at(found, 0, i),
                             .identity_type = text_at(found, 1, i),
                             .users = number_at(found, 2, i),
                             .user = text_at(found, 3, i),
                             .calls = number_at(found, 4, i),
                             .errors = number_at(found, 5, i),
                             .before = number_at(found, 6, i),
                             .is_new = number_at(found, 6, i) == 0 && number_at(found, 7, i) == 0,
                             .last = Time{std::chrono::microseconds{found.number(8, i).value_or(0)}}});
    }
    return users;
}

}  // namespace vigia
