#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_call.h"
#include "app/api_json.h"
#include "app/api_values.h"
#include "base/number.h"
#include "investigate/around.h"
#include "investigate/processes.h"
#include "investigate/timeline.h"
#include "investigate/trends.h"

namespace vigia {

namespace json = boost::json;

namespace {

// The sentence's code and parameters: a client has its own words for them.
json::object said_of(const EventTitle& title) {
    json::object params;
    for (const TitleParameter& one : title.parameters) params[one.name] = one.value;
    return {{"code", title.code}, {"params", std::move(params)}};
}

// The record stands in it as it is.
std::string json_of(const ShownEvent& event) {
    const json::object head{{"id", event.id},
                            {"time", format_rfc3339(event.time)},
                            {"type", event.type},
                            {"title", event.title.text},
                            {"said", said_of(event.title)}};
    std::string text = json::serialize(head);
    text.pop_back();
    return text + ",\"record\":" + event.record + "}";
}

std::string json_of(const std::vector<ShownEvent>& events) {
    std::string text = "[";
    for (const ShownEvent& one : events) text += (text.size() == 1 ? "\n" : ",\n") + json_of(one);
    return text + "]";
}

Result<AroundQuestion> around_question(const Call& call) {
    AroundQuestion question{.organisation = call.caller.organisation, .id = call.arguments[0]};
    if (const auto by = call.request.parameter("by")) {
        question.by = find_dimension(*by);
        if (question.by == nullptr)
            return error(ErrorKind::BadInput, fmt::format("'by' must be one of {}", dimension_names()));
    }
    const auto before = TRY(duration_parameter(call.request, "before"));
    const auto after = TRY(duration_parameter(call.request, "after"));
    question.before = before.value_or(question.before);
    question.after = after.value_or(question.after);
    if (question.before > around_max || question.after > around_max)
        return error(ErrorKind::BadInput,
                     fmt::format("'before' and 'after' must be {} at most", format_duration(around_max)));
    question.limit = TRY(limit_parameter(call.request, question.limit, around_events_max));
    return question;
}

Answered around(Call& call) {
    const AroundQuestion question = TRY(around_question(call));
    const AroundAnswer found = TRY(events_around(call.platform.events(), question, api_bound));
    json::array dimensions;
    for (const auto& one : found.dimensions)
        dimensions.push_back(json::object{{"name", one.value.dimension->name},
                                          {"value", one.value.value},
                                          {"host", text_or_null(one.value.host)},
                                          {"events", one.events}});
    HttpAnswer made;
    made.body = fmt::format(
        "{{\"event\":{},\n\"dimensions\":{},\n\"by\":{},\"events\":{},\n\"more_before\":{},\"more_after\":{}}"
        "}\n",
        json_of(found.event), json::serialize(dimensions),
        json::serialize(text_or_null(question.by == nullptr ? "" : question.by->name)), json_of(found.events),
        found.more_before, found.more_after);
    return made;
}

Result<std::vector<DimensionValue>> timeline_values(const HttpRequest& request) {
    std::vector<DimensionValue> values;
    for (const auto& [name, value] : request.query) {
        const Dimension* const dimension = find_dimension(name);
        if (dimension == nullptr || value.empty()) continue;
        if (values.size() == timeline_values_max)
            return error(ErrorKind::BadInput,
                         fmt::format("a timeline is asked for by {} values at most", timeline_values_max));
        values.push_back({dimension, value, ""});
    }
    if (values.empty())
        return error(ErrorKind::BadInput,
                     fmt::format("name what the timeline is about: one of {}", dimension_names()));
    return values;
}

Result<TimelineQuestion> timeline_question(const Call& call) {
    TimelineQuestion question{.organisation = call.caller.organisation};
    question.values = TRY(timeline_values(call.request));
    question.since = TRY(time_parameter(call.request, "since"));
    question.until = TRY(time_parameter(call.request, "until"));
    const std::string_view order = call.request.parameter("order").value_or("newest");
    if (order != "newest" && order != "oldest")
        return error(ErrorKind::BadInput, "'order' must be newest or oldest");
    if (order == "oldest") question.order = TimelineOrder::OldestFirst;
    if (const auto cursor = TRY(cursor_parameter(call.request)))
        question.after = TimelineCursor{cursor->time_us, cursor->id};
    question.limit = TRY(limit_parameter(call.request, question.limit, timeline_entries_max));
    return question;
}

json::object json_of(const TimelineEntry& entry) {
    json::object made{{"kind", entry.alert ? "alert" : "event"},
                      {"title", entry.title.text},
                      {"first", format_rfc3339(entry.first)},
                      {"last", format_rfc3339(entry.last)},
                      {"count", entry.count}};
    if (entry.alert) {
        made["alert"] = json_of(*entry.alert);
    } else {
        made["type"] = entry.type;
        made["said"] = said_of(entry.title);
        made["first_id"] = entry.first_id;
        made["last_id"] = entry.last_id;
    }
    return made;
}

Answered timeline_call(Call& call) {
    const TimelineQuestion question = TRY(timeline_question(call));
    const TimelinePage page =
        TRY(timeline(call.platform.events(), call.platform.alerts(), question, api_bound));
    json::array entries;
    for (const TimelineEntry& one : page.entries) entries.push_back(json_of(one));
    json::value next;
    if (page.next) next = cursor_text(page.next->time_us, page.next->id);
    return answer(json::object{{"entries", std::move(entries)},
                               {"alerts_complete", page.alerts_complete},
                               {"next", std::move(next)}});
}

Result<ProcessQuestion> process_question(const Call& call) {
    ProcessQuestion question{.organisation = call.caller.organisation,
                             .host = text_parameter(call.request, "host")};
    if (question.host.empty()) return error(ErrorKind::BadInput, "'host' must name a host");
    const auto pid = parse_whole<int64_t>(text_parameter(call.request, "pid"));
    if (!pid || *pid < 0) return error(ErrorKind::BadInput, "'pid' must be the number of a process");
    question.pid = *pid;
    question.at = TRY(time_parameter(call.request, "at"));
    return question;
}

json::object json_of(const Process& process) {
    return {{"host", process.host},
            {"pid", process.pid},
            {"ppid", process.ppid ? json::value(*process.ppid) : json::value(nullptr)},
            {"started_at", time_or_null(process.started_at)},
            {"event_id", text_or_null(process.event_id)},
            {"exe", text_or_null(process.exe)},
            {"arguments", text_or_null(process.arguments)},
            {"user", text_or_null(process.user)},
            {"login_user", text_or_null(process.login_user)},
            {"session", text_or_null(process.session)},
            {"tty", text_or_null(process.tty)},
            {"container", text_or_null(process.container)}};
}

json::object with_children(const Process& process) {
    json::object made = json_of(process);
    made["children"] = process.children;
    return made;
}

Answered processes(Call& call) {
    const ProcessQuestion question = TRY(process_question(call));
    const ProcessChain chain = TRY(process_chain(call.platform.events(), question, api_bound));
    json::array ancestors;
    for (const Process& one : chain.ancestors) ancestors.push_back(json_of(one));
    return answer(json::object{{"process", with_children(chain.process)},
                               {"ancestors", std::move(ancestors)},
                               {"more_ancestors", chain.more}});
}

Answered children(Call& call) {
    ChildrenQuestion question;
    question.process = TRY(process_question(call));
    question.limit = TRY(limit_parameter(call.request, question.limit, process_page_max));
    if (const auto cursor = TRY(cursor_parameter(call.request))) {
        question.after = Time{std::chrono::microseconds{cursor->time_us}};
        question.after_id = cursor->id;
    }
    const ProcessPage page = TRY(process_children(call.platform.events(), question, api_bound));
    json::array all;
    for (const Process& one : page.children) all.push_back(with_children(one));
    json::value next;
    if (page.next_at) next = cursor_text(microseconds(*page.next_at), page.next_id);
    return answer(json::object{{"children", std::move(all)}, {"next", std::move(next)}});
}

// A week before now, unless the query says otherwise.
Result<TrendQuestion> trend_question(const Call& call) {
    constexpr Duration usual = std::chrono::days{7};
    TrendQuestion question{.organisation = call.caller.organisation,
                           .account = text_parameter(call.request, "account"),
                           .region = text_parameter(call.request, "region"),
                           .service = text_parameter(call.request, "service"),
                           .api = text_parameter(call.request, "api")};
    const auto until = TRY(time_parameter(call.request, "until"));
    const auto since = TRY(time_parameter(call.request, "since"));
    question.until = until.value_or(call.platform.clock().now());
    question.since = since.value_or(question.until - usual);
    question.limit = TRY(limit_parameter(call.request, question.limit, trend_rows_max));
    return question;
}

// By how much of what there was before; nothing when there was nothing.
json::value ratio(uint64_t now, uint64_t before) {
    if (before == 0) return nullptr;
    return (static_cast<double>(now) - static_cast<double>(before)) / static_cast<double>(before);
}

json::object json_of(const TrendRow& row) {
    return {{"account", text_or_null(row.account)},
            {"region", text_or_null(row.region)},
            {"service", text_or_null(row.service)},
            {"api", text_or_null(row.api)},
            {"calls", row.calls},
            {"errors", row.errors},
            {"before", row.before},
            {"change", static_cast<int64_t>(row.calls) - static_cast<int64_t>(row.before)},
            {"change_ratio", ratio(row.calls, row.before)},
            {"is_new", row.is_new},
            {"buckets", json::value_from(row.buckets)}};
}

Answered trends_call(Call& call) {
    TrendQuestion question = TRY(trend_question(call));
    const auto by = trend_by_of(call.request.parameter("by").value_or("service"));
    if (!by) return error(ErrorKind::BadInput, "'by' must be organisation, account, region, service or api");
    const auto bucket = trend_bucket_of(call.request.parameter("bucket").value_or("day"));
    if (!bucket) return error(ErrorKind::BadInput, "'bucket' must be hour, day or week");
    question.by = *by;
    question.bucket = *bucket;
    const TrendAnswer found = TRY(trends(call.platform.events(), question, api_bound));
    json::array begins, rows;
    for (const Time one : found.begins) begins.push_back(json::value(format_rfc3339(one)));
    for (const TrendRow& one : found.rows) rows.push_back(json_of(one));
    return answer(json::object{{"since", format_rfc3339(question.since)},
                               {"until", format_rfc3339(question.until)},
                               {"begins", std::move(begins)},
                               {"rows", std::move(rows)},
                               {"left_out", found.left_out}});
}

Answered trend_users_call(Call& call) {
    const TrendQuestion question = TRY(trend_question(call));
    json::array users;
    for (const TrendUser& one : TRY(trend_users(call.platform.events(), question, api_bound)))
        users.push_back(json::object{{"identity", text_or_null(one.identity)},
                                     {"identity_type", text_or_null(one.identity_type)},
                                     {"user", text_or_null(one.user)},
                                     {"users", one.users},
                                     {"calls", one.calls},
                                     {"errors", one.errors},
                                     {"before", one.before},
                                     {"is_new", one.is_new},
                                     {"last", format_rfc3339(one.last)}});
    return answer(json::object{{"since", format_rfc3339(question.since)},
                               {"until", format_rfc3339(question.until)},
                               {"users", std::move(users)}});
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/events/{id}/around", Access::Reader, around},
    {Method::Get, "/api/v1/timeline", Access::Reader, timeline_call},
    {Method::Get, "/api/v1/processes", Access::Reader, processes},
    {Method::Get, "/api/v1/processes/children", Access::Reader, children},
    {Method::Get, "/api/v1/trends", Access::Reader, trends_call},
    {Method::Get, "/api/v1/trends/users", Access::Reader, trend_users_call},
});

}  // namespace

std::span<const Route> investigate_routes() { return routes; }

}  // namespace vigia
