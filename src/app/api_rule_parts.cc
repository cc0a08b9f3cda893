// What stands beside a rule: what was settled about a shipped one, tags, suppressions.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_rule_view.h"
#include "base/random.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr auto settings_members =
    std::to_array<std::string_view>({"severity", "enabled", "threshold", "window_s", "version"});
constexpr auto tags_members = std::to_array<std::string_view>({"inclusion", "exclusion", "version"});
// Those of a GET that a PUT does not change are passed over.
constexpr auto suppression_members =
    std::to_array<std::string_view>({"filter", "reason", "owner", "expires_at", "id", "rule", "rule_name",
                                     "in_force", "version", "created_at", "updated_at", "updated_by"});

// What is kept beside a rule, with its version.
template <typename Body>
HttpAnswer part_answer(const Stored<Body>& stored) {
    json::object body = json_object(json_of(stored.body));
    body["version"] = stored.version;
    return with_etag(answer(body), stored.version);
}

Answered rule_settings(Call& call) {
    const auto stored = TRY(call.platform.rules().settings(call.caller.organisation, call.arguments[0]));
    return part_answer(stored);
}

Answered set_rule_settings(Call& call) {
    ManagedSettings settings;
    if (auto refused = refuse_body(call, settings, "bad_settings", settings_members))
        return std::move(*refused);
    TRY(call.platform.rules().set_settings(call.caller.actor, call.caller.organisation, call.arguments[0],
                                           settings, expected_version(call.request)));
    TRY_VOID(call.platform.take_rules());
    return rule_answer(call, call.arguments[0]);
}

// The rule is as shipped again.
Answered reset_rule_settings(Call& call) {
    TRY_VOID(call.platform.rules().reset_settings(call.caller.actor, call.caller.organisation,
                                                  call.arguments[0], expected_version(call.request)));
    TRY_VOID(call.platform.take_rules());
    return no_content();
}

Answered rule_tags(Call& call) {
    const auto stored = TRY(call.platform.rules().tags(call.caller.organisation, call.arguments[0]));
    return part_answer(stored);
}

Answered set_rule_tags(Call& call) {
    RuleTags tags;
    if (auto refused = refuse_body(call, tags, "bad_tags", tags_members)) return std::move(*refused);
    const auto stored =
        TRY(call.platform.rules().set_tags(call.caller.actor, call.caller.organisation, call.arguments[0],
                                           tags, expected_version(call.request)));
    TRY_VOID(call.platform.take_rules());
    return part_answer(stored);
}

// The names of the rules that the organisation has, by id.
Result<std::map<std::string, std::string>> rule_names(const Call& call) {
    std::map<std::string, std::string> names;
    for (const auto& one : TRY(call.platform.rules().rules(call.caller.organisation)))
        names.emplace(one.id, one.body.name);
    for (const Rule& one : call.platform.shipped().rules()) names.emplace(one.id, one.name);
    return names;
}

json::object suppression_json(const Call& call, const Stored<Suppression>& stored,
                              const std::map<std::string, std::string>& names) {
    const Suppression& one = stored.body;
    const auto rule = names.find(one.rule);
    json::value expires_at;
    if (one.expires_at) expires_at = format_rfc3339(*one.expires_at);
    const bool in_force = rule != names.end() && is_in_force(one, call.platform.clock().now());
    return {{"id", stored.id},
            {"rule", one.rule},
            {"rule_name", rule == names.end() ? json::value() : json::value(rule->second)},
            {"filter", one.filter},
            {"reason", one.reason},
            {"owner", one.owner},
            {"expires_at", std::move(expires_at)},
            {"in_force", in_force},
            {"version", stored.version},
            {"created_at", format_rfc3339(stored.created_at)},
            {"updated_at", format_rfc3339(stored.updated_at)},
            {"updated_by", stored.updated_by}};
}

Answered suppression_answer(const Call& call, const Stored<Suppression>& stored, unsigned status) {
    const auto names = TRY(rule_names(call));
    return with_etag(answer(suppression_json(call, stored, names), status), stored.version);
}

HttpAnswer suppression_page(const Call& call, const std::vector<Stored<Suppression>>& all,
                            const std::map<std::string, std::string>& names, const Paging& asked) {
    std::vector<Listed> listed;
    for (const auto& one : all)
        listed.push_back(
            {list_key(format_rfc3339(one.created_at), one.id), suppression_json(call, one, names)});
    return page_of("suppressions", std::move(listed), asked);
}

Answered suppressions(Call& call) {
    const Paging asked = TRY(paging(call.request, page_max));
    const auto all = TRY(call.platform.rules().all_suppressions(call.caller.organisation));
    const auto names = TRY(rule_names(call));
    return suppression_page(call, all, names, asked);
}

Answered rule_suppressions(Call& call) {
    const Paging asked = TRY(paging(call.request, page_max));
    const auto all = TRY(call.platform.rules().suppressions(call.caller.organisation, call.arguments[0]));
    const auto names = TRY(rule_names(call));
    return suppression_page(call, all, names, asked);
}

Answered suppression(Call& call) {
    const auto stored = TRY(call.platform.rules().suppression(call.caller.organisation, call.arguments[0]));
    return suppression_answer(call, stored, 200);
}

// Runs `work` with the body as a suppression of the rule, whose filter was checked as the rule's are.
Answered with_suppression(const Call& call, const std::string& rule,
                          const std::function<Answered(const Suppression& suppression)>& work) {
    const json::object body = TRY(read_object(call.request.body));
    TRY_VOID(check_members(body, suppression_members));
    Suppression suppression{.rule = rule};
    suppression.filter = TRY(needed_text(body, "filter"));
    suppression.reason = TRY(text_member(body, "reason")).value_or("");
    suppression.owner = TRY(text_member(body, "owner")).value_or(call.caller.actor.who);
    if (const auto expires = TRY(text_member(body, "expires_at"))) {
        suppression.expires_at = parse_rfc3339(*expires);
        if (!suppression.expires_at)
            return error(ErrorKind::BadInput, "'expires_at' must be a time as 2026-11-25T10:00:00Z");
    }
    TRY_VOID(check_body(suppression));
    const RuleType type = TRY(rule_there(call, rule)).type;
    const CheckedFilter checked = TRY(check_filter_of(call, suppression.filter, type, "suppression"));
    if (!checked.parsed.filter) return bad_filter(checked.diagnostics);
    return work(suppression);
}

Answered add_suppression(Call& call) {
    return with_suppression(call, call.arguments[0], [&](const Suppression& suppression) -> Answered {
        const auto stored = TRY(
            call.platform.rules().add_suppression(call.caller.actor, call.caller.organisation, suppression));
        TRY_VOID(call.platform.take_rules());
        return suppression_answer(call, stored, 201);
    });
}

Answered change_suppression(Call& call) {
    const auto before = TRY(call.platform.rules().suppression(call.caller.organisation, call.arguments[0]));
    return with_suppression(call, before.body.rule, [&](const Suppression& suppression) -> Answered {
        const auto stored = TRY(call.platform.rules().update_suppression(
            call.caller.actor, call.caller.organisation, call.arguments[0], suppression,
            expected_version(call.request)));
        TRY_VOID(call.platform.take_rules());
        return suppression_answer(call, stored, 200);
    });
}

Answered remove_suppression(Call& call) {
    TRY_VOID(call.platform.rules().remove_suppression(call.caller.actor, call.caller.organisation,
                                                      call.arguments[0], expected_version(call.request)));
    TRY_VOID(call.platform.take_rules());
    return no_content();
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/rules/{id}/settings", Access::Reader, rule_settings},
    {Method::Put, "/api/v1/rules/{id}/settings", Access::User, set_rule_settings},
    {Method::Delete, "/api/v1/rules/{id}/settings", Access::User, reset_rule_settings},
    {Method::Get, "/api/v1/rules/{id}/tags", Access::Reader, rule_tags},
    {Method::Put, "/api/v1/rules/{id}/tags", Access::User, set_rule_tags},
    {Method::Get, "/api/v1/rules/{id}/suppressions", Access::Reader, rule_suppressions},
    {Method::Post, "/api/v1/rules/{id}/suppressions", Access::User, add_suppression},
    {Method::Get, "/api/v1/suppressions", Access::Reader, suppressions},
    {Method::Get, "/api/v1/suppressions/{id}", Access::Reader, suppression},
    {Method::Put, "/api/v1/suppressions/{id}", Access::User, change_suppression},
    {Method::Delete, "/api/v1/suppressions/{id}", Access::User, remove_suppression},
});

}  // namespace

std::span<const Route> rule_part_routes() { return routes; }

}  // namespace vigia
