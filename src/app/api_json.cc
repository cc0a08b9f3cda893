#include "app/api_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/conflict.h"
#include "base/log.h"

namespace vigia {

namespace json = boost::json;

namespace {

struct Kind {
    ErrorKind kind;
    unsigned status;
    std::string_view code;
};

// The one table of what an error is in HTTP.
constexpr auto kinds = std::to_array<Kind>({
    {ErrorKind::BadInput, 400, "bad_input"},
    {ErrorKind::Denied, 403, "denied"},
    {ErrorKind::NotFound, 404, "not_found"},
    {ErrorKind::Conflict, 409, "conflict"},
    {ErrorKind::Busy, 429, "busy"},
    {ErrorKind::Io, 500, "io"},
    {ErrorKind::Corrupt, 500, "corrupt"},
});

std::string fields_text(const FieldReader::Values& fields, std::span<const std::string> columns) {
    json::object values;
    for (size_t i = 0; i < columns.size(); i++) {
        json::value& value = values[columns[i]];
        if (fields[i].size() == 1) value = fields[i].front();
        if (fields[i].size() > 1) value = json::array(fields[i].begin(), fields[i].end());
    }
    return "\"fields\":" + json::serialize(values);
}

json::value time_or_null(const std::optional<Time>& time) {
    if (!time) return nullptr;
    return json::value(format_rfc3339(*time));
}

}  // namespace

json::object json_of(const StoredAlert& alert) {
    json::array aggregates;
    for (const NamedValue& one : alert.aggregates)
        aggregates.push_back(json::object{{"field", one.name}, {"value", one.value}});
    return {{"id", alert.id},
            {"rule_id", alert.rule_id},
            {"rule_name", alert.rule_name},
            {"ruleset", alert.ruleset},
            {"rule_type", alert.rule_type},
            {"severity", alert.severity},
            {"title", alert.title},
            {"aggregates", std::move(aggregates)},
            {"account", alert.account},
            {"region", alert.region},
            {"host", alert.host},
            {"first_at", format_rfc3339(alert.first_at)},
            {"created_at", format_rfc3339(alert.created_at)},
            {"last_at", format_rfc3339(alert.last_at)},
            {"expires_at", format_rfc3339(alert.expires_at)},
            {"raised_at", format_rfc3339(alert.raised_at)},
            {"count", alert.count},
            {"status", alert.dismissed ? "dismissed" : "active"},
            {"dismissed_at", time_or_null(alert.dismissed_at)},
            {"dismissed_by", alert.dismissed_by},
            {"dismiss_reason", std::string(name(alert.dismiss_reason))},
            {"dismiss_text", alert.dismiss_text},
            {"assignee", alert.assignee},
            {"change", alert.change}};
}

json::object json_of(const Problem& problem) {
    return {{"file", problem.file},
            {"record", problem.record},
            {"offset", problem.offset},
            {"message", problem.message},
            {"excerpt", problem.excerpt}};
}

json::object json_of(const SourceHealth& source) {
    json::array problems;
    for (const Problem& one : source.problems) problems.push_back(json_of(one));
    const SourceState& state = source.state;
    json::value lag;
    if (state.last_batch && state.last_event)
        lag = std::chrono::floor<std::chrono::seconds>(*state.last_batch - *state.last_event).count();
    return {{"source", state.source},
            {"first_batch", time_or_null(state.first_batch)},
            {"last_batch", time_or_null(state.last_batch)},
            {"last_event", time_or_null(state.last_event)},
            {"lag_seconds", std::move(lag)},
            {"batches", state.batches},
            {"accepted", state.accepted},
            {"duplicates", state.duplicates},
            {"refused", state.refused},
            {"refused_batches", state.refused_batches},
            {"problems", std::move(problems)}};
}

json::object json_of(const User& user) {
    const std::string_view role = name(user.role);
    return {{"id", user.id},
            {"organisation", user.organisation},
            {"email", user.email},
            {"role", json::string_view(role.data(), role.size())},
            {"disabled", user.disabled},
            {"created_at", format_rfc3339(user.created_at)},
            {"version", user.version}};
}

json::object json_of(const RuleDiagnostic& one) {
    json::object params;
    for (const auto& [name, value] : one.diagnostic.finding.params) params[name] = value;
    const std::string_view level = name(one.diagnostic.level);
    const Place place = place_of(one.text, one.diagnostic.span.begin);
    return {{"part", one.part},
            {"line", place.line},
            {"column", place.column},
            {"level", json::string_view(level.data(), level.size())},
            {"begin", one.diagnostic.span.begin},
            {"end", one.diagnostic.span.end},
            {"code", std::string(one.diagnostic.finding.code)},
            {"params", std::move(params)},
            {"message", one.diagnostic.message}};
}

std::string json_text(const FoundEvent& event, std::span<const std::string> columns) {
    const Time time{std::chrono::microseconds{event.time_us}};
    const std::string what =
        columns.empty() ? "\"record\":" + event.record : fields_text(event.fields, columns);
    return fmt::format(R"({{"id":{},"type":{},"time":"{}",{}}})", json::serialize(json::string(event.id)),
                       json::serialize(json::string(event.type)), format_rfc3339(time), what);
}

std::string one_line(std::string json) {
    std::ranges::replace(json, '\n', ' ');
    std::ranges::replace(json, '\r', ' ');
    return json;
}

HttpAnswer answer(const json::value& body, unsigned status) {
    HttpAnswer made;
    made.status = status;
    made.body = json::serialize(body) + "\n";
    return made;
}

HttpAnswer problem(unsigned status, std::string_view code, std::string_view detail, json::object parameters) {
    json::object body{{"type", fmt::format("urn:vigia:problem:{}", code)},
                      {"title", std::string(reason(status))},
                      {"status", status},
                      {"code", std::string(code)},
                      {"detail", std::string(detail)}};
    if (!parameters.empty()) body["params"] = std::move(parameters);
    HttpAnswer made = answer(body, status);
    made.content_type = "application/problem+json";
    if (status == 429) made.headers.emplace_back("Retry-After", "1");
    return made;
}

HttpAnswer problem(const Error& error) {
    const Kind& found = *std::ranges::find(kinds, error.kind, &Kind::kind);
    const std::string_view code = is_changed_meanwhile(error) ? "changed_meanwhile"
                                  : is_name_taken(error)      ? "name_taken"
                                                              : found.code;
    return problem(found.status, code, detail_of(error));
}

std::string detail_of(const Error& error) {
    if (status_of(error.kind) < 500) return error.message;
    log(LogLevel::Error, "api", "a call failed", {{"error", error.message}});
    return "the service could not do it; its log tells why";
}

unsigned status_of(ErrorKind kind) { return std::ranges::find(kinds, kind, &Kind::kind)->status; }

HttpAnswer no_content() {
    HttpAnswer made;
    made.status = 204;
    return made;
}

Result<json::object> read_object(const std::string& body) {
    boost::system::error_code failure;
    json::value value = json::parse(body, failure);
    if (failure || !value.is_object())
        return error(ErrorKind::BadInput, fmt::format("the body is no JSON object{}{}", failure ? ": " : "",
                                                      failure ? failure.message() : std::string()));
    return std::move(value.as_object());
}

Result<std::optional<std::string>> text_member(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(json::string_view(name.data(), name.size()));
    if (value == nullptr || value->is_null()) return std::optional<std::string>();
    if (!value->is_string()) return error(ErrorKind::BadInput, fmt::format("'{}' must be a text", name));
    return std::string(value->as_string().c_str(), value->as_string().size());
}

Result<std::string> needed_text(const json::object& object, std::string_view name) {
    auto text = TRY(text_member(object, name));
    if (!text) return error(ErrorKind::BadInput, fmt::format("'{}' is missing", name));
    return *std::move(text);
}

}  // namespace vigia
