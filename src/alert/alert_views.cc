// Alerts in numbers: counts, histograms, groups, and what many of them were about.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "alert/alert_conditions.h"

namespace vigia {

namespace {

uint64_t count_of(const SqlValue& value) { return static_cast<uint64_t>(number(value)); }

void count_severity(SeverityCounts& counts, const SqlValue& severity, const SqlValue& count) {
    const int64_t at = number(severity) - severity_highest;
    if (at >= 0 && static_cast<size_t>(at) < counts.size())
        counts[static_cast<size_t>(at)] += count_of(count);
}

// From one to the other, in nanoseconds: what SQL subtracts must not leave its numbers.
Result<int64_t> span_of(Time from, Time until) {
    const uint64_t span =
        static_cast<uint64_t>(nanoseconds(until)) - static_cast<uint64_t>(nanoseconds(from));
    if (until <= from || span > static_cast<uint64_t>(INT64_MAX))
        return error(ErrorKind::BadInput, "'until' must be later than 'from', by less than 292 years");
    return static_cast<int64_t>(span);
}

constexpr std::string_view group_columns =
    "rule_id, max(rule_name), max(ruleset), max(rule_type), cast(sum(case when severity = 1 then 1 else 0 "
    "end) as bigint), cast(sum(case when severity = 2 then 1 else 0 end) as bigint), cast(sum(case when "
    "severity = 3 then 1 else 0 end) as bigint), cast(sum(events) as bigint), min(first_at), max(last_at), "
    "max(created_at), min(created_at)";
constexpr size_t oldest_column = 11;

AlertGroup group_of(const SqlRow& row) {
    return {.rule_id = text(row[0]),
            .rule_name = text(row[1]),
            .ruleset = text(row[2]),
            .rule_type = text(row[3]),
            .counts = {count_of(row[4]), count_of(row[5]), count_of(row[6])},
            .events = count_of(row[7]),
            .first_at = time_of(row[8]),
            .last_at = time_of(row[9]),
            .created_at = time_of(row[10])};
}

// The query with its page of groups, in both of which parameters stand in their order.
Result<std::vector<SqlRow>> group_rows(SqlSession& session, const AlertQuery& query) {
    Clause where{.sql = " where"};
    TRY_VOID(add_conditions(where, query));
    where.sql += " group by rule_id";
    if (!query.cursor.empty()) {
        const PageCursor cursor = TRY(read_page_cursor(query.cursor));
        const std::string before_it = where.add(cursor.time), same = where.add(cursor.time),
                          id = where.add(cursor.id);
        where.sql += fmt::format(" having max(created_at) < {} or (max(created_at) = {} and rule_id < {})",
                                 before_it, same, id);
    }
    where.sql += " order by max(created_at) desc, rule_id desc limit " +
                 where.add(static_cast<int64_t>(query.limit + 1));
    return session.query(fmt::format("select {} from alerts{}", group_columns, where.sql), where.parameters);
}

// Counts the alerts of the page's groups into their buckets.
Result<void> fill_lines(SqlSession& session, const AlertQuery& query, size_t buckets, AlertGroupPage& page) {
    std::vector<std::string> rules;
    std::map<std::string, AlertGroup*> by_rule;
    for (AlertGroup& one : page.groups) {
        one.alerts.assign(buckets, 0);
        rules.push_back(one.rule_id);
        by_rule[one.rule_id] = &one;
    }
    Clause where;
    const std::string origin = where.add(nanoseconds(page.from)), width = where.add(page.bucket.count());
    where.sql = " where";
    TRY_VOID(add_conditions(where, query));
    where.sql += " and rule_id in " + where.add_list(rules);
    const auto rows = TRY(session.query(
        fmt::format("select rule_id, bucket, count(*) from (select rule_id, (created_at - {}) / {} as bucket "
                    "from alerts{}) as placed group by rule_id, bucket",
                    origin, width, where.sql),
        where.parameters));
    for (const SqlRow& row : rows) {
        const size_t at = std::min(static_cast<size_t>(number(row[1])), buckets - 1);
        by_rule.at(text(row[0]))->alerts[at] += count_of(row[2]);
    }
    return {};
}

}  // namespace

Result<uint64_t> count_alerts(SqlSession& session, const AlertQuery& query) {
    Clause where{.sql = " where"};
    TRY_VOID(add_conditions(where, query));
    const auto rows =
        TRY(session.query(fmt::format("select count(*) from alerts{}", where.sql), where.parameters));
    return count_of(rows.at(0).at(0));
}

Result<SeverityCounts> AlertStore::severity_counts(const AlertQuery& query) {
    Clause where{.sql = " where"};
    TRY_VOID(add_conditions(where, query));
    const auto rows = TRY(
        database_->query(fmt::format("select severity, count(*) from alerts{} group by severity", where.sql),
                         where.parameters));
    SeverityCounts counts{};
    for (const SqlRow& row : rows) count_severity(counts, row[0], row[1]);
    return counts;
}

Result<AlertCount> AlertStore::count(const AlertQuery& query) {
    AlertCount counted;
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        // Whoever raises alerts takes the time after this; what was raised before is committed.
        const AlertWriter writer = TRY(AlertWriter::open(session));
        AlertQuery exact = query;
        exact.raised_until = query.raised_until.value_or(Time{Duration{now()}});
        counted.raised_until = *exact.raised_until;
        counted.count = TRY(count_alerts(session, exact));
        return writer.close(session);
    }));
    return counted;
}

Result<std::vector<AlertBucket>> AlertStore::histogram(const AlertQuery& query, Duration bucket) {
    if (!query.from || !query.until) return error(ErrorKind::BadInput, "a histogram needs both its ends");
    const Time from = *query.from, until = *query.until;
    const int64_t span = TRY(span_of(from, until));
    const int64_t count = bucket.count() <= 0 ? 0 : (span - 1) / bucket.count() + 1;
    if (count < 1 || count > static_cast<int64_t>(histogram_buckets_max))
        return error(ErrorKind::BadInput,
                     fmt::format("a histogram has 1 to {} buckets", histogram_buckets_max));
    Clause where;
    const std::string origin = where.add(nanoseconds(from)), width = where.add(bucket.count());
    where.sql = " where";
    TRY_VOID(add_conditions(where, query));
    const auto rows = TRY(database_->query(
        fmt::format("select severity, bucket, count(*) from (select severity, (created_at - {}) / {} as "
                    "bucket from alerts{}) as placed group by severity, bucket",
                    origin, width, where.sql),
        where.parameters));
    std::vector<AlertBucket> buckets(static_cast<size_t>(count));
    for (size_t i = 0; i < buckets.size(); i++) buckets[i].begin = from + bucket * i;
    for (const SqlRow& row : rows)
        count_severity(buckets.at(static_cast<size_t>(number(row[1]))).counts, row[0], row[2]);
    return buckets;
}

Result<AlertGroupPage> AlertStore::groups(const AlertQuery& query, size_t buckets) {
    TRY_VOID(check_page_limit(query.limit));
    if (buckets == 0 || buckets > group_buckets_max)
        return error(ErrorKind::BadInput, fmt::format("a line has 1 to {} buckets", group_buckets_max));
    if (query.from && query.until) TRY_VOID(span_of(*query.from, *query.until));
    AlertGroupPage page;
    TRY_VOID(database_->snapshot([&](SqlSession& session) -> Result<void> {
        std::vector<SqlRow> rows = TRY(group_rows(session, query));
        const bool more = rows.size() > query.limit;
        if (more) rows.resize(query.limit);
        if (rows.empty()) return {};
        Time oldest = Time::max();
        for (const SqlRow& row : rows) {
            page.groups.push_back(group_of(row));
            oldest = std::min(oldest, time_of(row[oldest_column]));
        }
        if (more) page.next = write_page_cursor(page.groups.back().created_at, page.groups.back().rule_id);
        // The first is the one that alerted last.
        page.from = query.from.value_or(oldest);
        const Time until = query.until.value_or(page.groups.front().created_at + Duration{1});
        const int64_t span = TRY(span_of(page.from, until));
        page.bucket = Duration{(span - 1) / static_cast<int64_t>(buckets) + 1};
        return fill_lines(session, query, buckets, page);
    }));
    return page;
}

Result<std::vector<AlertTrace>> AlertStore::traces(const std::string& organisation, Time from, Time until,
                                                   size_t rows_max) {
    if (rows_max == 0 || rows_max > traces_max)
        return error(ErrorKind::BadInput, fmt::format("at most {} alerts are looked at", traces_max));
    const auto rows = TRY(database_->query(
        "select id, rule_id, created_at, first_at, aggregates, account, region, host from alerts where "
        "organisation = :organisation and created_at >= :from and created_at < :until order by created_at "
        "desc, id desc limit :rows_max",
        {organisation, nanoseconds(from), nanoseconds(until), static_cast<int64_t>(rows_max)}));
    return all_of(rows, [](const SqlRow& row) {
        return AlertTrace{.id = text(row[0]),
                          .rule_id = text(row[1]),
                          .created_at = time_of(row[2]),
                          .first_at = time_of(row[3]),
                          .aggregates = read_aggregates(text(row[4])),
                          .account = text(row[5]),
                          .region = text(row[6]),
                          .host = text(row[7])};
    });
}

}  // namespace vigia
