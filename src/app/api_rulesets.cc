// Rulesets: the shipped ones, which are folders of rules, and those that an organisation made.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "app/api_rule_view.h"
#include "catalog/ruleset_store.h"

namespace vigia {

namespace json = boost::json;

namespace {

// Those of a GET that a PUT does not change are passed over.
constexpr auto ruleset_members =
    std::to_array<std::string_view>({"name", "description", "rules", "id", "managed", "version", "enabled",
                                     "enabled_count", "created_at", "updated_at", "updated_by"});

// Every rule of the organisation, by id.
Result<std::map<std::string, Rule>> rules_by_id(const Call& call) {
    const RuleView view = TRY(rule_view(call));
    std::map<std::string, Rule> rules;
    each_rule(call, view, [&](const ViewedRule& one) { rules.emplace(one.rule.id, one.rule); });
    return rules;
}

// What a shipped ruleset is: its name, which is its id, and its rules.
std::map<std::string, Ruleset> shipped_rulesets(const Call& call) {
    std::map<std::string, Ruleset> all;
    call.platform.shipped().each([&](const Rule& rule) {
        Ruleset& one = all[rule.ruleset];
        one.name = rule.ruleset;
        one.rules.push_back(rule.id);
    });
    return all;
}

// "all", "none" or "some" of its rules are enabled.
json::object ruleset_json(const Ruleset& ruleset, const std::map<std::string, Rule>& rules) {
    size_t enabled = 0;
    json::array ids;
    for (const std::string& id : ruleset.rules) {
        const auto rule = rules.find(id);
        if (rule != rules.end() && rule->second.enabled) enabled++;
        ids.emplace_back(id);
    }
    const std::string how_many = enabled == 0 ? "none" : enabled == ruleset.rules.size() ? "all" : "some";
    return {{"name", ruleset.name},
            {"description", ruleset.description},
            {"rules", std::move(ids)},
            {"enabled", how_many},
            {"enabled_count", enabled}};
}

json::object own_json(const Stored<Ruleset>& stored, const std::map<std::string, Rule>& rules) {
    json::object body = ruleset_json(stored.body, rules);
    body["id"] = stored.id;
    body["managed"] = false;
    body["version"] = stored.version;
    body["created_at"] = format_rfc3339(stored.created_at);
    body["updated_at"] = format_rfc3339(stored.updated_at);
    body["updated_by"] = stored.updated_by;
    return body;
}

json::object shipped_json(const Ruleset& ruleset, const std::map<std::string, Rule>& rules) {
    json::object body = ruleset_json(ruleset, rules);
    body["id"] = ruleset.name;
    body["managed"] = true;
    body["version"] = 0;
    body["created_at"] = nullptr;
    body["updated_at"] = nullptr;
    body["updated_by"] = nullptr;
    return body;
}

Answered rulesets(Call& call) {
    const Paging asked = TRY(paging(call.request, page_max));
    const auto rules = TRY(rules_by_id(call));
    std::vector<Listed> all;
    for (const auto& one : TRY(call.platform.rulesets().all(call.caller.organisation)))
        all.push_back({list_key(one.body.name, one.id), own_json(one, rules)});
    for (const auto& [name, one] : shipped_rulesets(call))
        all.push_back({list_key(name, name), shipped_json(one, rules)});
    return page_of("rulesets", std::move(all), asked);
}

Answered ruleset_answer(const Call& call, const std::string& id, unsigned status = 200) {
    const auto rules = TRY(rules_by_id(call));
    const auto shipped = shipped_rulesets(call);
    if (const auto one = shipped.find(id); one != shipped.end())
        return with_etag(answer(shipped_json(one->second, rules), status), 0);
    const auto stored = TRY(call.platform.rulesets().find(call.caller.organisation, id));
    return with_etag(answer(own_json(stored, rules), status), stored.version);
}

Answered ruleset(Call& call) { return ruleset_answer(call, call.arguments[0]); }

Answered add_ruleset(Call& call) {
    Ruleset body;
    if (auto refused = refuse_body(call, body, "bad_ruleset", ruleset_members)) return std::move(*refused);
    const auto stored = TRY(call.platform.rulesets().add(call.caller.actor, call.caller.organisation, body));
    return ruleset_answer(call, stored.id, 201);
}

Answered change_ruleset(Call& call) {
    Ruleset body;
    if (auto refused = refuse_body(call, body, "bad_ruleset", ruleset_members)) return std::move(*refused);
    TRY(call.platform.rulesets().update(call.caller.actor, call.caller.organisation, call.arguments[0], body,
                                        expected_version(call.request)));
    return ruleset_answer(call, call.arguments[0]);
}

Answered remove_ruleset(Call& call) {
    TRY_VOID(call.platform.rulesets().remove(call.caller.actor, call.caller.organisation, call.arguments[0],
                                             expected_version(call.request)));
    return no_content();
}

Result<void> enable_rule(const Call& call, const std::string& id, bool enabled) {
    RuleStore& store = call.platform.rules();
    const std::string& organisation = call.caller.organisation;
    if (call.platform.shipped().find(id) != nullptr) {
        auto settings = TRY(store.settings(organisation, id));
        settings.body.enabled = enabled;
        TRY(store.set_settings(call.caller.actor, organisation, id, settings.body, settings.version));
        return {};
    }
    auto own = TRY(store.rule(organisation, id));
    own.body.enabled = enabled;
    TRY(store.update_rule(call.caller.actor, organisation, id, own.body, own.version));
    return {};
}

constexpr auto enabled_members = std::to_array<std::string_view>({"enabled"});

// Enables or disables each rule of it. A rule is changed by itself, so that what was done before an error
// stays done.
Answered enable_ruleset(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    TRY_VOID(check_members(body, enabled_members));
    const auto enabled = TRY(truth_member(body, "enabled"));
    if (!enabled) return error(ErrorKind::BadInput, "'enabled' is missing");
    const auto shipped = shipped_rulesets(call);
    std::vector<std::string> ids;
    if (const auto one = shipped.find(call.arguments[0]); one != shipped.end())
        ids = one->second.rules;
    else
        ids = TRY(call.platform.rulesets().find(call.caller.organisation, call.arguments[0])).body.rules;
    const auto rules = TRY(rules_by_id(call));
    Result<void> done;
    for (const std::string& id : ids) {
        const auto rule = rules.find(id);
        if (!done || rule == rules.end() || rule->second.enabled == *enabled) continue;
        done = enable_rule(call, id, *enabled);
    }
    TRY_VOID(call.platform.take_rules());
    TRY_VOID(done);
    return ruleset_answer(call, call.arguments[0]);
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/rulesets", Access::Reader, rulesets},
    {Method::Post, "/api/v1/rulesets", Access::User, add_ruleset},
    {Method::Get, "/api/v1/rulesets/{id}", Access::Reader, ruleset},
    {Method::Put, "/api/v1/rulesets/{id}", Access::User, change_ruleset},
    {Method::Delete, "/api/v1/rulesets/{id}", Access::User, remove_ruleset},
    {Method::Put, "/api/v1/rulesets/{id}/enabled", Access::User, enable_ruleset},
});

}  // namespace

std::span<const Route> ruleset_routes() { return routes; }

}  // namespace vigia
