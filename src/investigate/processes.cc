#include "investigate/processes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "alert/key_alerts.h"
#include "base/number.h"
#include "investigate/dimensions.h"
#include "investigate/event_texts.h"

namespace vigia {

namespace {

constexpr const char* process_select =
    "time, id, pid, ppid, exe, arguments, \"user\", login_user, session, tty, container, kind";
constexpr std::string_view is_start = "type = 'audit' and kind = 'start' and (host = $1 or agent = $1)";

Process process_at(const DuckRows& rows, size_t row, const std::string& host) {
    Process process{.host = host,
                    .pid = parse_whole<int64_t>(text_at(rows, 2, row)).value_or(0),
                    .ppid = parse_whole<int64_t>(text_at(rows, 3, row)),
                    .event_id = text_at(rows, 1, row),
                    .exe = text_at(rows, 4, row),
                    .arguments = text_at(rows, 5, row),
                    .user = text_at(rows, 6, row),
                    .login_user = text_at(rows, 7, row),
                    .session = text_at(rows, 8, row),
                    .tty = text_at(rows, 9, row),
                    .container = text_at(rows, 10, row)};
    if (text_at(rows, 11, row) == "start")
        process.started_at = Time{std::chrono::microseconds{rows.number(0, row).value_or(0)}};
    return process;
}

// The processes of a question in SQL, in the order of its `rest`.
Result<std::vector<Process>> ask(EventStore& store, const EventQuery& query, const std::string& host,
                                 const DuckBound& bound) {
    std::vector<Process> processes;
    auto answer = TRY(store.query(query, bound));
    while (TRY(answer.next())) {
        for (size_t i = 0; i < answer.rows().size(); i++)
            processes.push_back(process_at(answer.rows(), i, host));
    }
    return processes;
}

EventQuery query_of(const std::string& organisation, const std::string& host) {
    return {.organisation = organisation,
            .select = process_select,
            .where = {{std::string(is_start)}},
            .parameters = {host}};
}

// A start is mostly near: what is asked of a day is answered sooner than what is asked of all.
constexpr Duration look_back[] = {std::chrono::hours{1}, std::chrono::days{1}, std::chrono::days{30}};

// The last start of the pid by `at`, but for the start that is `not_id`.
Result<std::optional<Process>> last_start(EventStore& store, const ProcessQuestion& question,
                                          const std::string& not_id, const DuckBound& bound) {
    EventQuery query = query_of(question.organisation, question.host);
    query.parameters.emplace_back(fmt::to_string(question.pid));
    query.parameters.emplace_back(not_id);
    query.where[0].sql += " and pid = $2 and id <> $3";
    query.until = question.at;
    query.rest = "order by time desc, id desc limit 1";
    const auto find = [&]() -> Result<std::optional<Process>> {
        auto found = TRY(ask(store, query, question.host, bound));
        if (found.empty()) return std::optional<Process>();
        return std::optional(std::move(found.front()));
    };
    if (question.at) {
        for (const Duration back : look_back) {
            query.since = before(*question.at, back);
            auto found = TRY(find());
            if (found) return found;
        }
        query.since.reset();
    }
    return find();
}

// A process whose start the history does not have, by what its other events say.
Result<std::optional<Process>> without_start(EventStore& store, const ProcessQuestion& question,
                                             const DuckBound& bound) {
    EventQuery query = query_of(question.organisation, question.host);
    query.where = {{"type in ('audit', 'file', 'threatintel') and (host = $1 or agent = $1) and pid = $2"}};
    query.parameters.emplace_back(fmt::to_string(question.pid));
    query.until = question.at;
    query.rest = "order by time desc, id desc limit 1";
    auto found = TRY(ask(store, query, question.host, bound));
    if (found.empty()) return std::optional<Process>();
    found.front().started_at.reset();
    return std::optional(std::move(found.front()));
}

// What the child's record says of its parent.
Result<std::optional<Process>> told_by_child(EventStore& store, const std::string& organisation,
                                             const Process& child, const DuckBound& bound) {
    const EventQuery query{.organisation = organisation,
                           .since = child.started_at,
                           .until = child.started_at,
                           .select = "record",
                           .where = {{"id = $1"}},
                           .rest = "limit 1",
                           .parameters = {child.event_id}};
    auto answer = TRY(store.query(query, bound));
    if (!child.started_at || !TRY(answer.next())) return std::optional<Process>();
    const std::string record = text_at(answer.rows(), 0, 0);
    const auto exes = record_texts(record, "parent_metadata.exe");
    if (exes.empty() || !child.ppid) return std::optional<Process>();
    return std::optional(Process{.host = child.host, .pid = *child.ppid, .exe = exes.front()});
}

// By when its pid is another's: the next start under it.
Result<std::optional<Time>> replaced_at(EventStore& store, const ProcessQuestion& question,
                                        const DuckBound& bound) {
    EventQuery query = query_of(question.organisation, question.host);
    query.where[0].sql += fmt::format(" and pid = $2 and time > {}", sql_time(*question.at));
    query.parameters.emplace_back(fmt::to_string(question.pid));
    query.since = question.at;
    query.rest = "order by time, id limit 1";
    const auto found = TRY(ask(store, query, question.host, bound));
    return found.empty() ? std::optional<Time>() : found.front().started_at;
}

// What was started under the pid from its start on, until it is another's.
Result<EventQuery> children_query(EventStore& store, const ProcessQuestion& question,
                                  const DuckBound& bound) {
    EventQuery query = query_of(question.organisation, question.host);
    query.where[0].sql += " and ppid = $2 and pid <> $2";
    query.parameters.emplace_back(fmt::to_string(question.pid));
    query.since = question.at;
    if (!question.at) return query;
    if (const auto end = TRY(replaced_at(store, question, bound)))
        query.where[0].sql += fmt::format(" and time < {}", sql_time(*end));
    return query;
}

Result<void> count_children(EventStore& store, const std::string& organisation, Process& process,
                            const DuckBound& bound) {
    const ProcessQuestion question{organisation, process.host, process.pid, process.started_at};
    EventQuery query = TRY(children_query(store, question, bound));
    query.select = "count(*)::bigint";
    auto answer = TRY(store.query(query, bound));
    if (TRY(answer.next()))
        process.children = std::min(static_cast<uint64_t>(answer.rows().number(0, 0).value_or(0)),
                                    uint64_t{process_children_max});
    return {};
}

// Of all on a page at once. What a later start under the same pid began is not the earlier one's.
Result<void> count_children(EventStore& store, const std::string& organisation,
                            std::vector<Process>& processes, const DuckBound& bound) {
    if (processes.empty()) return {};
    const std::string& host = processes.front().host;
    EventQuery query = query_of(organisation, host);
    std::map<int64_t, std::vector<Process*>> by_pid;
    std::string pids;
    for (Process& one : processes) {
        by_pid[one.pid].push_back(&one);
        query.parameters.emplace_back(fmt::to_string(one.pid));
        pids += fmt::format("{}${}", pids.empty() ? "" : ", ", query.parameters.size());
    }
    query.where[0].sql += fmt::format(" and (ppid in ({0}) or pid in ({0}))", pids);
    query.since = processes.front().started_at;
    query.rest = fmt::format("order by time, id limit {}", process_children_max);
    std::map<int64_t, Process*> current;  // whose the pid is
    for (const Process& start : TRY(ask(store, query, host, bound))) {
        if (const auto parent = current.find(start.ppid.value_or(0));
            parent != current.end() && parent->second != nullptr && start.ppid != start.pid)
            parent->second->children++;
        const auto known = by_pid.find(start.pid);
        if (known == by_pid.end()) continue;
        const auto mine = std::ranges::find(known->second, start.event_id, &Process::event_id);
        current[start.pid] = mine == known->second.end() ? nullptr : *mine;
    }
    return {};
}

// The parent by its own start, else by what is told of it; nothing when nothing is.
Result<std::optional<Process>> parent_of(EventStore& store, const std::string& organisation,
                                         const Process& child, const DuckBound& bound) {
    if (!child.ppid || *child.ppid <= 0 || *child.ppid == child.pid) return std::optional<Process>();
    const ProcessQuestion question{organisation, child.host, *child.ppid, child.started_at};
    auto parent = TRY(last_start(store, question, child.event_id, bound));
    if (!parent && child.started_at) parent = TRY(told_by_child(store, organisation, child, bound));
    return parent;
}

}  // namespace

Result<ProcessChain> process_chain(EventStore& store, const ProcessQuestion& question,
                                   const DuckBound& bound) {
    auto found = TRY(last_start(store, question, "", bound));
    if (!found) found = TRY(without_start(store, question, bound));
    if (!found) return error(ErrorKind::NotFound, "no event of this host speaks of this process");
    ProcessChain chain{.process = *std::move(found)};
    TRY_VOID(count_children(store, question.organisation, chain.process, bound));
    const Process* child = &chain.process;
    while (true) {
        auto parent = TRY(parent_of(store, question.organisation, *child, bound));
        if (!parent) return chain;
        if (chain.ancestors.size() == process_ancestors_max) break;
        chain.ancestors.push_back(*std::move(parent));
        child = &chain.ancestors.back();
    }
    chain.more = true;
    return chain;
}

Result<ProcessPage> process_children(EventStore& store, const ChildrenQuestion& question,
                                     const DuckBound& bound) {
    EventQuery query = TRY(children_query(store, question.process, bound));
    if (question.after)
        query.where[0].sql += sql_beyond('>', *question.after, question.after_id, query.parameters);
    query.rest = fmt::format("order by time, id limit {}", question.limit + 1);
    ProcessPage page;
    page.children = TRY(ask(store, query, question.process.host, bound));
    if (page.children.size() > question.limit) {
        page.children.resize(question.limit);
        page.next_at = page.children.back().started_at;
        page.next_id = page.children.back().event_id;
    }
    TRY_VOID(count_children(store, question.process.organisation, page.children, bound));
    return page;
}

}  // namespace vigia
