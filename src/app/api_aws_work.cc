// What connections to AWS set aside, and back-fills.
#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>

#include "app/api_call.h"
#include "app/api_json.h"
#include "app/api_values.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr uint64_t rate_default = 500, rate_max = 100'000;

Result<AwsConnection> asked(const Call& call) {
    return call.platform.aws_connections().find(call.caller.organisation, call.arguments[0]);
}

json::object json_of(const AwsDeadLetter& one) {
    return {{"id", one.id},
            {"kind", json::string_view(name(one.kind))},
            {"bucket", one.bucket},
            {"key", one.key},
            {"body", one.body},
            {"reason", one.reason},
            {"attempts", one.attempts},
            {"first_at", format_rfc3339(one.first_at)},
            {"last_at", format_rfc3339(one.last_at)},
            {"is_retried", one.retry}};
}

Answered dead_letters(Call& call) {
    const AwsConnection found = TRY(asked(call));
    AwsDeadLetterQuery query{call.caller.organisation, found.id};
    query.cursor = call.request.parameter("cursor").value_or("");
    query.limit = TRY(limit_parameter(call.request, 50, dead_letter_page_max));
    const AwsDeadLetterPage page = TRY(call.platform.aws_dead_letters().list(query));
    json::array all;
    for (const AwsDeadLetter& one : page.letters) all.push_back(json_of(one));
    return answer(json::object{{"dead_letters", std::move(all)},
                               {"next", page.next.empty() ? json::value() : json::value(page.next)}});
}

Answered retry_letters(Call& call) {
    const AwsConnection found = TRY(asked(call));
    const uint64_t count =
        TRY(call.platform.aws_dead_letters().retry_all(call.caller.organisation, found.id));
    return answer(json::object{{"count", count}});
}

Answered retry_letter(Call& call) {
    TRY_VOID(call.platform.aws_dead_letters().retry(call.caller.organisation, call.arguments[0],
                                                    call.arguments[1]));
    return no_content();
}

Answered remove_letter(Call& call) {
    TRY_VOID(call.platform.aws_dead_letters().remove(call.caller.organisation, call.arguments[0],
                                                     call.arguments[1]));
    return no_content();
}

json::object json_of(const AwsBackfill& one, const BackfillProgress& progress) {
    return {{"id", one.id},
            {"bucket", one.bucket},
            {"prefix", one.prefix},
            {"region", one.region},
            {"from", time_or_null(one.from)},
            {"until", time_or_null(one.until)},
            {"objects_per_second", one.objects_per_second},
            {"state", json::string_view(name(one.state))},
            {"error", one.error},
            {"found", one.found},
            {"done", one.done},
            {"failed", one.failed},
            {"bytes", one.bytes},
            {"progress", progress.part},
            {"seconds_left", progress.left_s ? json::value(*progress.left_s) : json::value()},
            {"created_at", format_rfc3339(one.created_at)},
            {"updated_at", format_rfc3339(one.updated_at)},
            {"ended_at", time_or_null(one.ended_at)}};
}

Answered backfill_answer(const Call& call, const AwsBackfill& one, unsigned status = 200) {
    const BackfillProgress progress = TRY(progress_of(call.platform.aws_backfills(), one));
    return answer(json_of(one, progress), status);
}

Answered backfills(Call& call) {
    const AwsConnection found = TRY(asked(call));
    json::array all;
    for (const AwsBackfill& one :
         TRY(call.platform.aws_backfills().list(call.caller.organisation, found.id))) {
        const BackfillProgress progress = TRY(progress_of(call.platform.aws_backfills(), one));
        all.push_back(json_of(one, progress));
    }
    return answer(json::object{{"backfills", std::move(all)}});
}

constexpr auto backfill_members =
    std::to_array<std::string_view>({"bucket", "prefix", "region", "from", "until", "objects_per_second"});

Result<std::optional<Time>> time_member(const json::object& body, const char* name) {
    const auto text = TRY(text_member(body, name));
    if (!text) return std::nullopt;
    const auto time = parse_rfc3339(*text);
    if (!time)
        return error(ErrorKind::BadInput, fmt::format("'{}' must be a time, as 2026-11-01T00:00:00Z", name));
    return time;
}

Answered add_backfill(Call& call) {
    const AwsConnection found = TRY(asked(call));
    const json::object body = TRY(read_object(call.request.body));
    TRY_VOID(check_members(body, backfill_members));
    AwsBackfill wanted{.organisation = found.organisation, .connection = found.id};
    wanted.bucket = TRY(needed_text(body, "bucket"));
    wanted.prefix = TRY(text_member(body, "prefix")).value_or("");
    wanted.region = TRY(text_member(body, "region")).value_or("");
    wanted.from = TRY(time_member(body, "from"));
    wanted.until = TRY(time_member(body, "until"));
    wanted.objects_per_second = rate_default;
    if (const json::value* const rate = body.if_contains("objects_per_second")) {
        if (!rate->is_int64() || rate->as_int64() < 1 || rate->as_int64() > static_cast<int64_t>(rate_max))
            return error(ErrorKind::BadInput,
                         fmt::format("'objects_per_second' must be a whole number from 1 to {}", rate_max));
        wanted.objects_per_second = static_cast<uint64_t>(rate->as_int64());
    }
    TRY_VOID(check_backfill(wanted));
    const AwsBackfill made = TRY(call.platform.aws_backfills().add(call.caller.actor, wanted));
    return backfill_answer(call, made, 201);
}

Answered backfill(Call& call) {
    const AwsBackfill found = TRY(
        call.platform.aws_backfills().find(call.caller.organisation, call.arguments[0], call.arguments[1]));
    return backfill_answer(call, found);
}

Answered set_state(Call& call, AwsBackfill::State state) {
    const AwsBackfill changed = TRY(call.platform.aws_backfills().set_state(
        call.caller.actor, call.caller.organisation, call.arguments[0], call.arguments[1], state));
    return backfill_answer(call, changed);
}

Answered pause_backfill(Call& call) { return set_state(call, AwsBackfill::State::Paused); }
Answered resume_backfill(Call& call) { return set_state(call, AwsBackfill::State::Running); }
Answered cancel_backfill(Call& call) { return set_state(call, AwsBackfill::State::Cancelled); }

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/aws/connections/{id}/dead-letters", Access::Owner, dead_letters},
    {Method::Post, "/api/v1/aws/connections/{id}/dead-letters/retry", Access::Owner, retry_letters},
    {Method::Post, "/api/v1/aws/connections/{id}/dead-letters/{letter}/retry", Access::Owner, retry_letter},
    {Method::Delete, "/api/v1/aws/connections/{id}/dead-letters/{letter}", Access::Owner, remove_letter},
    {Method::Get, "/api/v1/aws/connections/{id}/backfills", Access::Owner, backfills},
    {Method::Post, "/api/v1/aws/connections/{id}/backfills", Access::Owner, add_backfill},
    {Method::Get, "/api/v1/aws/connections/{id}/backfills/{backfill}", Access::Owner, backfill},
    {Method::Post, "/api/v1/aws/connections/{id}/backfills/{backfill}/pause", Access::Owner, pause_backfill},
    {Method::Post, "/api/v1/aws/connections/{id}/backfills/{backfill}/resume", Access::Owner,
     resume_backfill},
    {Method::Post, "/api/v1/aws/connections/{id}/backfills/{backfill}/cancel", Access::Owner,
     cancel_backfill},
});

}  // namespace

std::span<const Route> aws_work_routes() { return routes; }

}  // namespace vigia
