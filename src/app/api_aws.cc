// Connections to AWS, and the accounts whose files come by them.
#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>
#include <semaphore>

#include "app/api_call.h"
#include "app/api_json.h"
#include "app/api_values.h"
#include "app/aws_queue_setting.h"

namespace vigia {

namespace json = boost::json;

namespace {

// A test waits for AWS: so few together that the other calls go on.
constexpr ptrdiff_t tests_at_once_max = 2;
std::counting_semaphore<tests_at_once_max> free_tests{tests_at_once_max};

json::object json_of(const AwsSourceStatus& status) {
    json::object made{{"error", status.error},
                      {"error_at", time_or_null(status.error_at)},
                      {"last_failure", status.failure},
                      {"last_failure_at", time_or_null(status.failure_at)},
                      {"last_message", time_or_null(status.last_message)},
                      {"lag_seconds", status.lag_s ? json::value(*status.lag_s) : json::value()},
                      {"messages", status.messages},
                      {"objects", status.objects},
                      {"bytes", status.bytes},
                      {"failures", status.failures},
                      {"dead", status.dead},
                      {"without_object", status.tests},
                      {"in_work", status.in_work},
                      {"waiting", nullptr},
                      {"in_flight", nullptr}};
    if (status.depth) {
        made["waiting"] = status.depth->waiting;
        made["in_flight"] = status.depth->in_flight;
    }
    return made;
}

Result<json::object> json_of(const Call& call, const AwsConnection& one) {
    const uint64_t dead_letters = TRY(call.platform.aws_dead_letters().count(one.id));
    const auto status = call.platform.aws_sources().status(one.id);
    return json::object{{"id", one.id},
                        {"name", one.name},
                        {"queue_url", one.queue_url},
                        {"region", one.region},
                        {"role_arn", one.role_arn},
                        {"external_id", one.external_id},
                        {"source", one.source()},
                        {"is_configured", one.is_configured},
                        {"enabled", one.enabled},
                        {"created_at", format_rfc3339(one.created_at)},
                        {"version", one.version},
                        {"dead_letters", dead_letters},
                        {"status", status ? json::value(json_of(*status)) : json::value()}};
}

Answered connection_answer(const Call& call, const AwsConnection& one, unsigned status) {
    const json::object body = TRY(json_of(call, one));
    return with_etag(answer(body, status), one.version);
}

constexpr auto draft_members =
    std::to_array<std::string_view>({"name", "queue_url", "region", "role_arn", "enabled"});

// Empty while a connection that is not enabled waits for what its external id is needed for.
Result<std::string> text_of(const json::object& body, std::string_view name, bool is_needed) {
    if (is_needed) return needed_text(body, name);
    return TRY(text_member(body, name)).value_or("");
}

// A role is needed: the service's own credentials may reach what is another organisation's.
Result<AwsConnectionDraft> read_draft(const Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    TRY_VOID(check_members(body, draft_members));
    AwsConnectionDraft draft;
    draft.name = TRY(needed_text(body, "name"));
    draft.enabled = TRY(truth_member(body, "enabled")).value_or(true);
    draft.queue_url = TRY(text_of(body, "queue_url", draft.enabled));
    draft.region = TRY(text_member(body, "region")).value_or("");
    draft.role_arn = TRY(text_of(body, "role_arn", draft.enabled));
    if (draft.enabled || !draft.queue_url.empty())
        TRY(SqsQueue::parse(draft.queue_url, draft.region,
                            call.platform.aws_access().surroundings().endpoints));
    if ((draft.enabled || !draft.role_arn.empty()) && !is_role_arn(draft.role_arn))
        return error(ErrorKind::BadInput,
                     "'role_arn' must be the ARN of a role, as arn:aws:iam::111122223333:role/vigia");
    return draft;
}

Answered connections(Call& call) {
    json::array all;
    for (const AwsConnection& one : TRY(call.platform.aws_connections().list(call.caller.organisation))) {
        json::object made = TRY(json_of(call, one));
        all.push_back(std::move(made));
    }
    return answer(json::object{{"connections", std::move(all)}});
}

Result<AwsConnection> asked(const Call& call) {
    return call.platform.aws_connections().find(call.caller.organisation, call.arguments[0]);
}

Answered connection(Call& call) {
    const AwsConnection found = TRY(asked(call));
    return connection_answer(call, found, 200);
}

Answered add_connection(Call& call) {
    const AwsConnectionDraft draft = TRY(read_draft(call));
    const AwsConnection made =
        TRY(call.platform.aws_connections().add(call.caller.actor, call.caller.organisation, draft));
    return connection_answer(call, made, 201);
}

Answered change_connection(Call& call) {
    const AwsConnectionDraft draft = TRY(read_draft(call));
    const AwsConnection changed =
        TRY(call.platform.aws_connections().change(call.caller.actor, call.caller.organisation,
                                                   call.arguments[0], draft, expected_version(call.request)));
    return connection_answer(call, changed, 200);
}

Answered remove_connection(Call& call) {
    TRY_VOID(call.platform.aws_connections().remove(call.caller.actor, call.caller.organisation,
                                                    call.arguments[0], expected_version(call.request)));
    return no_content();
}

Answered test_connection(Call& call) {
    const AwsConnection found = TRY(asked(call));
    if (!free_tests.try_acquire())
        return error(ErrorKind::Busy, "other connections are being tested: try again in some seconds");
    const AwsCheck done = call.platform.aws_sources().check(found, {});
    free_tests.release();
    json::array all;
    for (const AwsCheckStep& one : done.steps)
        all.push_back(json::object{{"name", one.name},
                                   {"outcome", json::string_view(name(one.outcome))},
                                   {"detail", one.detail},
                                   {"code", one.code},
                                   {"remedy", one.remedy}});
    const bool passed = done.steps.back().outcome != AwsCheckStep::Outcome::Failed;
    return answer(json::object{
        {"passed", passed}, {"principal", text_or_null(done.principal)}, {"steps", std::move(all)}});
}

std::string_view belongs(const AwsAccount& one, const std::string& organisation) {
    if (one.organisation.empty()) return "unknown";
    return one.organisation == organisation ? "own" : "other";
}

Answered accounts(Call& call) {
    const AwsConnection found = TRY(asked(call));
    json::array all;
    for (const AwsAccount& one : TRY(call.platform.aws_connections().accounts(found.id))) {
        const std::string_view whose = belongs(one, call.caller.organisation);
        all.push_back(json::object{{"account", one.account},
                                   {"belongs", json::string_view(whose)},
                                   {"objects", one.objects},
                                   {"last_seen", time_or_null(one.last_seen)}});
    }
    return answer(json::object{{"accounts", std::move(all)}});
}

// To the caller's own organisation, or to nobody again; to another organisation the operator alone maps.
Answered map_account(Call& call, const std::string& organisation) {
    const AwsConnection found = TRY(asked(call));
    const std::string& account = call.arguments[1];
    if (!is_account(account))
        return error(ErrorKind::BadInput, "an account of AWS is known by 12 digits, as 111122223333");
    for (const AwsAccount& one : TRY(call.platform.aws_connections().accounts(found.id)))
        if (one.account == account && belongs(one, call.caller.organisation) == "other")
            return error(ErrorKind::Denied,
                         "the account is mapped to another organisation: whoever runs the "
                         "service changes that, by vigia aws map");
    TRY_VOID(call.platform.aws_connections().map_account(call.caller.actor, found, account, organisation));
    return no_content();
}

Answered own_account(Call& call) { return map_account(call, call.caller.organisation); }
Answered disown_account(Call& call) { return map_account(call, ""); }

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/aws/connections", Access::Owner, connections},
    {Method::Post, "/api/v1/aws/connections", Access::Owner, add_connection},
    {Method::Get, "/api/v1/aws/connections/{id}", Access::Owner, connection},
    {Method::Put, "/api/v1/aws/connections/{id}", Access::Owner, change_connection},
    {Method::Delete, "/api/v1/aws/connections/{id}", Access::Owner, remove_connection},
    {Method::Post, "/api/v1/aws/connections/{id}/test", Access::Owner, test_connection},
    {Method::Get, "/api/v1/aws/connections/{id}/accounts", Access::Owner, accounts},
    {Method::Put, "/api/v1/aws/connections/{id}/accounts/{account}", Access::Owner, own_account},
    {Method::Delete, "/api/v1/aws/connections/{id}/accounts/{account}", Access::Owner, disown_account},
});

}  // namespace

std::span<const Route> aws_routes() { return routes; }

}  // namespace vigia
