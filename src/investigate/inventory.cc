#include "investigate/inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/number.h"
#include "base/parts.h"
#include "investigate/event_texts.h"
#include "investigate/record_json.h"

namespace vigia {

namespace {

namespace json = boost::json;

// What is counted, by which expression, and what of it is asked beside the columns of every such question.
struct Grouping {
    std::string_view key;
    std::string_view where;
    std::string_view more;  // aggregates, with a comma before each
    std::string_view name;  // an aggregate that `text` looks at beside the key; empty: none
};

constexpr Grouping accounts{
    .key = "account",
    .where = "account is not null and account <> ''",
    .more =
        ", count(*) filter (where type = 'cloudtrail')::bigint, "
        "count(*) filter (where type = 'cloudtrail' and error_code is not null)::bigint, "
        "string_agg(distinct region, ' '), "
        "count(distinct source) filter (where type = 'cloudtrail')::bigint, "
        "count(distinct coalesce(agent, host))::bigint",
    .name = ""};

// A row's place is asked for as one text, so that its record is read for the rows of the page only.
constexpr Grouping hosts{
    .key = "coalesce(agent, host)",
    .where = "coalesce(agent, host) is not null and coalesce(agent, host) <> ''",
    .more =
        ", coalesce(arg_max(host, time), ''), epoch_us(max(received)), string_agg(distinct type, ' '), "
        "count(distinct \"user\")::bigint, count(distinct container)::bigint, "
        "arg_max(file || chr(10) || place::varchar, time)",
    .name = "arg_max(host, time)"};

// What begins its life says most of a container, any event of it something.
constexpr Grouping containers{
    .key = "container",
    .where = "container is not null and container <> ''",
    .more =
        ", coalesce(arg_max(coalesce(host, agent), time), ''), "
        "coalesce(arg_max(kind, time) filter (where type = 'container' and kind <> 'exec'), ''), "
        "coalesce(arg_max(file || chr(10) || place::varchar, time) filter (where type = 'container' and "
        "kind <> 'exec'), arg_max(file || chr(10) || place::varchar, time))",
    .name = "arg_max(coalesce(host, agent), time)"};

// The columns of every such question, before its own.
constexpr size_t own_columns = 5;

Result<void> check(const InventoryQuestion& question) {
    if (question.since > question.until) return error(ErrorKind::BadInput, "'since' must be before 'until'");
    const int64_t span_us = microseconds(question.until) - microseconds(question.since);
    if (span_us > inventory_period_max / std::chrono::microseconds{1})
        return error(ErrorKind::BadInput,
                     fmt::format("the period must be of {} at most", format_duration(inventory_period_max)));
    return {};
}

EventQuery query_of(const InventoryQuestion& question, const Grouping& by) {
    EventQuery query{.organisation = question.organisation,
                     .since = question.since,
                     .until = question.until,
                     .select = fmt::format("{}, epoch_us(min(time)), epoch_us(max(time)), count(*)::bigint, "
                                           "count(*) over ()::bigint{}",
                                           by.key, by.more),
                     .where = {{std::string(by.where)}}};
    const auto place = [&](const auto& value) {
        query.parameters.emplace_back(value);
        return fmt::format("${}", query.parameters.size());
    };
    query.rest = fmt::format("group by {}", by.key);
    if (!question.text.empty()) {
        const std::string text = place(question.text);
        query.rest += fmt::format(" having contains(lower({}), lower({}))", by.key, text);
        if (!by.name.empty())
            query.rest += fmt::format(" or contains(lower(coalesce({}, '')), lower({}))", by.name, text);
    }
    if (question.after) {
        const std::string last = place(question.after->last_us), id = place(question.after->id);
        query.rest +=
            fmt::format(" qualify epoch_us(max(time)) < {0} or (epoch_us(max(time)) = {0} and {1} > {2})",
                        last, by.key, id);
    }
    query.rest += fmt::format(" order by max(time) desc, {} limit {}", by.key, question.limit + 1);
    return query;
}

Time time_at(const DuckRows& rows, size_t column, size_t row) {
    return Time{std::chrono::microseconds{rows.number(column, row).value_or(0)}};
}

uint64_t count_at(const DuckRows& rows, size_t column, size_t row) {
    return static_cast<uint64_t>(rows.number(column, row).value_or(0));
}

std::vector<std::string> words_at(const DuckRows& rows, size_t column, size_t row) {
    std::vector<std::string> words;
    std::string_view rest = rows.text(column, row).value_or("");
    while (!rest.empty()) {
        const std::string_view one = take_part(rest, ' ');
        if (!one.empty()) words.emplace_back(one);
    }
    std::ranges::sort(words);
    return words;
}

EventPlace place_at(const DuckRows& rows, size_t column, size_t row) {
    const std::string_view text = rows.text(column, row).value_or("");
    const size_t end = text.rfind('\n');
    if (end == std::string_view::npos) return {};
    return {std::string(text.substr(0, end)), parse_whole<int64_t>(text.substr(end + 1)).value_or(0)};
}

// Asks, and has `read` make a row of each; the place of its record when it has one.
template <typename Row, typename Read>
Result<InventoryPage<Row>> page_of(EventStore& store, EventStore::View& view,
                                   const InventoryQuestion& question, const Grouping& by,
                                   const DuckBound& bound, Read read) {
    TRY_VOID(check(question));
    InventoryPage<Row> page;
    auto answer = TRY(store.query(view, query_of(question, by), bound));
    while (TRY(answer.next())) {
        const DuckRows& rows = answer.rows();
        for (size_t i = 0; i < rows.size(); i++) {
            page.total = count_at(rows, 4, i);
            if (page.rows.size() == question.limit) {
                const Row& last = page.rows.back();
                page.next = {microseconds(last.seen.last), last.id};
                break;
            }
            page.rows.push_back({.id = text_at(rows, 0, i),
                                 .seen = {time_at(rows, 1, i), time_at(rows, 2, i), count_at(rows, 3, i)}});
            read(rows, i, page.rows.back());
        }
    }
    return page;
}

// Reads the records of the page's rows into them.
template <typename Row>
Result<void> add_records(EventStore& store, const EventStore::View& view, const std::string& organisation,
                         const std::vector<EventPlace>& places, std::vector<Row>& rows,
                         const DuckBound& bound, void (*add)(const json::value&, Row&)) {
    if (rows.empty()) return {};
    const std::vector<std::string> records = TRY(store.records(view, organisation, places, bound));
    for (size_t i = 0; i < rows.size(); i++) add(parsed_record(records[i]), rows[i]);
    return {};
}

void add_host(const json::value& record, HostSeen& host) {
    host.agent_version = record_text(record, {"agent_metadata", "version"});
    host.os = record_text(record, {"host_metadata", "os_version"});
    host.kernel = record_text(record, {"host_metadata", "kernel"});
    host.instance = record_text(record, {"host_metadata", "instance_id"});
    host.account = record_text(record, {"provider_metadata", "account_id"});
}

std::string first_of(std::initializer_list<std::string> texts) {
    const auto found = std::ranges::find_if(texts, [](const std::string& one) { return !one.empty(); });
    return found == texts.end() ? std::string() : *found;
}

// Orchestrators say by labels what a container is part of.
void add_container(const json::value& record, ContainerSeen& container) {
    const auto label = [&](std::string_view key) { return record_text(record, {"containerLabels", key}); };
    container.name = record_text(record, {"containerName"});
    container.image = record_text(record, {"containerImage"});
    container.runtime = record_text(record, {"runtime"});
    container.cluster = label("com.amazonaws.ecs.cluster");
    container.container_namespace =
        first_of({record_text(record, {"namespace"}), label("io.kubernetes.pod.namespace")});
    container.pod = first_of({record_text(record, {"pod"}), label("io.kubernetes.pod.name")});
}

ContainerState state_after(std::string_view kind) {
    if (kind.empty()) return ContainerState::Unknown;
    return kind == "die" || kind == "destroy" ? ContainerState::Stopped : ContainerState::Running;
}

}  // namespace

std::string_view name(ContainerState state) {
    switch (state) {
        case ContainerState::Running:
            return "running";
        case ContainerState::Stopped:
            return "stopped";
        case ContainerState::Unknown:
            return "unknown";
    }
    std::unreachable();
}

Result<InventoryPage<AccountSeen>> accounts_seen(EventStore& store, const InventoryQuestion& question,
                                                 const DuckBound& bound) {
    EventStore::View view = store.view();
    return page_of<AccountSeen>(store, view, question, accounts, bound,
                                [](const DuckRows& rows, size_t i, AccountSeen& one) {
                                    one.calls = count_at(rows, own_columns, i);
                                    one.errors = count_at(rows, own_columns + 1, i);
                                    one.regions = words_at(rows, own_columns + 2, i);
                                    one.services = count_at(rows, own_columns + 3, i);
                                    one.hosts = count_at(rows, own_columns + 4, i);
                                });
}

Result<InventoryPage<HostSeen>> hosts_seen(EventStore& store, const InventoryQuestion& question,
                                           const DuckBound& bound) {
    EventStore::View view = store.view();
    std::vector<EventPlace> places;
    auto page = TRY(page_of<HostSeen>(store, view, question, hosts, bound,
                                      [&](const DuckRows& rows, size_t i, HostSeen& one) {
                                          one.name = text_at(rows, own_columns, i);
                                          one.received = time_at(rows, own_columns + 1, i);
                                          one.types = words_at(rows, own_columns + 2, i);
                                          one.users = count_at(rows, own_columns + 3, i);
                                          one.containers = count_at(rows, own_columns + 4, i);
                                          places.push_back(place_at(rows, own_columns + 5, i));
                                      }));
    TRY_VOID(add_records(store, view, question.organisation, places, page.rows, bound, add_host));
    return page;
}

Result<InventoryPage<ContainerSeen>> containers_seen(EventStore& store, const InventoryQuestion& question,
                                                     const DuckBound& bound) {
    EventStore::View view = store.view();
    std::vector<EventPlace> places;
    auto page = TRY(page_of<ContainerSeen>(store, view, question, containers, bound,
                                           [&](const DuckRows& rows, size_t i, ContainerSeen& one) {
                                               one.host = text_at(rows, own_columns, i);
                                               one.state = state_after(text_at(rows, own_columns + 1, i));
                                               places.push_back(place_at(rows, own_columns + 2, i));
                                           }));
    TRY_VOID(add_records(store, view, question.organisation, places, page.rows, bound, add_container));
    return page;
}

}  // namespace vigia
