// Every version of what an organisation writes about detection, and the way back to one.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_rule_view.h"
#include "catalog/history.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr size_t history_default = 50;
constexpr size_t history_max = document_versions_max;

// A suppression's time as the API has it elsewhere.
json::object body_json(DocumentKind kind, const std::string& text) {
    json::object body = json_object(text);
    if (kind != DocumentKind::Suppression) return body;
    Suppression one;
    json::value expires_at;
    if (read_body(text, one) && one.expires_at) expires_at = format_rfc3339(*one.expires_at);
    body.erase("expires_at_ns");
    body["expires_at"] = std::move(expires_at);
    return body;
}

DocumentKey key_of(const Call& call, DocumentKind kind) {
    return {call.caller.organisation, kind, call.arguments[0]};
}

// Of a shipped rule, the history is that of what was settled about it.
DocumentKind kind_of_rule(const Call& call) {
    const bool shipped = call.platform.shipped().find(call.arguments[0]) != nullptr;
    return shipped ? DocumentKind::Settings : DocumentKind::Rule;
}

Answered history(const Call& call, DocumentKind kind) {
    const size_t limit = TRY(limit_parameter(call.request, history_default, history_max));
    json::array all;
    for (const DocumentVersion& one : TRY(call.platform.history().of(key_of(call, kind), limit)))
        all.push_back(json::object{{"version", one.version},
                                   {"action", std::string(name(one.action))},
                                   {"time", format_rfc3339(one.time)},
                                   {"who", one.actor.who},
                                   {"origin", one.actor.origin},
                                   {"body", body_json(kind, one.body)}});
    return answer(json::object{{"versions", std::move(all)}});
}

// What would keep the version from being in force: its filter may call a list that is gone.
Result<std::optional<HttpAnswer>> refusal(const Call& call, DocumentKind kind, const std::string& body) {
    if (kind == DocumentKind::Rule) {
        Rule rule;
        TRY_VOID(read_body(body, rule));
        const CheckedRuleResult checked = TRY(check_own_rule(call, rule));
        if (!checked.rule) return bad_filter(checked.diagnostics);
    }
    if (kind == DocumentKind::Suppression) {
        Suppression one;
        TRY_VOID(read_body(body, one));
        const RuleType type = TRY(rule_there(call, one.rule)).type;
        const CheckedFilter checked = TRY(check_filter_of(call, one.filter, type, "suppression"));
        if (!checked.parsed.filter) return bad_filter(checked.diagnostics);
    }
    return std::nullopt;
}

constexpr auto restore_members = std::to_array<std::string_view>({"version"});

Answered restore(const Call& call, DocumentKind kind) {
    const json::object body = TRY(read_object(call.request.body));
    TRY_VOID(check_members(body, restore_members));
    const json::value* const number = body.if_contains("version");
    if (number == nullptr || !number->is_int64())
        return error(ErrorKind::BadInput, "'version' must be the number of a version in the history");
    const int64_t version = number->as_int64();
    const DocumentKey key = key_of(call, kind);
    const auto versions = TRY(call.platform.history().of(key, history_max));
    const auto wanted = std::ranges::find(versions, version, &DocumentVersion::version);
    if (wanted == versions.end()) return error(ErrorKind::NotFound, "there is no such version");
    if (auto refused = TRY(refusal(call, kind, wanted->body))) return std::move(*refused);
    const Document now =
        TRY(call.platform.history().restore(call.caller.actor, key, version, expected_version(call.request)));
    TRY_VOID(call.platform.take_rules());
    json::object made{{"id", key.id}, {"version", now.version}, {"body", body_json(kind, now.draft.body)}};
    return with_etag(answer(made), now.version);
}

Answered rule_history(Call& call) { return history(call, kind_of_rule(call)); }
Answered restore_rule(Call& call) { return restore(call, kind_of_rule(call)); }
Answered tags_history(Call& call) { return history(call, DocumentKind::Tags); }
Answered restore_tags(Call& call) { return restore(call, DocumentKind::Tags); }
Answered suppression_history(Call& call) { return history(call, DocumentKind::Suppression); }
Answered restore_suppression(Call& call) { return restore(call, DocumentKind::Suppression); }
Answered ruleset_history(Call& call) { return history(call, DocumentKind::Ruleset); }
Answered restore_ruleset(Call& call) { return restore(call, DocumentKind::Ruleset); }
Answered list_history(Call& call) { return history(call, DocumentKind::List); }
Answered restore_list(Call& call) { return restore(call, DocumentKind::List); }

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/rules/{id}/history", Access::Reader, rule_history},
    {Method::Post, "/api/v1/rules/{id}/restore", Access::User, restore_rule},
    {Method::Get, "/api/v1/rules/{id}/tags/history", Access::Reader, tags_history},
    {Method::Post, "/api/v1/rules/{id}/tags/restore", Access::User, restore_tags},
    {Method::Get, "/api/v1/suppressions/{id}/history", Access::Reader, suppression_history},
    {Method::Post, "/api/v1/suppressions/{id}/restore", Access::User, restore_suppression},
    {Method::Get, "/api/v1/rulesets/{id}/history", Access::Reader, ruleset_history},
    {Method::Post, "/api/v1/rulesets/{id}/restore", Access::User, restore_ruleset},
    {Method::Get, "/api/v1/lists/{id}/history", Access::Reader, list_history},
    {Method::Post, "/api/v1/lists/{id}/restore", Access::User, restore_list},
});

}  // namespace

std::span<const Route> history_routes() { return routes; }

}  // namespace vigia
