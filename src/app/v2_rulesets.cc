#include "app/v2_rulesets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <set>

#include "app/threat_stack.h"
#include "app/v2_agents.h"
#include "app/v2_call.h"
#include "base/utf8.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr std::string_view rest_name = "Other rules";
constexpr std::string_view rest_description = "The organisation's rules that are in no ruleset.";
constexpr size_t ruleset_name_characters_max = 200;

std::string id_of_ruleset(std::string_view name) { return id_of_name(fmt::format("ruleset/{}", name)); }

std::vector<V2Ruleset> shipped_rulesets(const ShippedRules& shipped) {
    std::map<std::string, V2Ruleset> by_name;
    shipped.each([&](const Rule& rule) {
        V2Ruleset& ruleset = by_name[rule.ruleset];
        ruleset.rules.push_back(rule.id);
    });
    std::vector<V2Ruleset> all;
    for (auto& [name, ruleset] : by_name) {
        ruleset.origin = V2Ruleset::Origin::Shipped;
        ruleset.id = id_of_ruleset(name);
        ruleset.name = name;
        ruleset.description = fmt::format("Rules that Vigia ships: {}.", name);
        all.push_back(std::move(ruleset));
    }
    return all;
}

V2Ruleset own_ruleset(const Stored<Ruleset>& stored) {
    return {.origin = V2Ruleset::Origin::Own,
            .id = stored.id,
            .name = stored.body.name,
            .description = stored.body.description,
            .rules = stored.body.rules,
            .created_at = stored.created_at,
            .updated_at = stored.updated_at,
            .version = stored.version};
}

json::value time_or_null(const std::optional<Time>& time) {
    if (!time) return nullptr;
    return json::value(format_v2_time(*time));
}

json::object ruleset_json(const V2Ruleset& ruleset) {
    json::array rules;
    for (const std::string& one : ruleset.rules) rules.emplace_back(one);
    return {{"id", ruleset.id},
            {"name", ruleset.name},
            {"description", ruleset.description},
            {"createdAt", time_or_null(ruleset.created_at)},
            {"updatedAt", time_or_null(ruleset.updated_at)},
            {"rules", std::move(rules)}};
}

Answered rulesets(Call& call) {
    const V2Query asked = TRY(v2_query(call, "rulesets"));
    // Every ruleset is for every host, unless its rules' tags say otherwise.
    if (const auto agent = asked.find("agentId")) TRY(v2_agent(call, std::string(*agent)));
    const V2Rulesets all = TRY(v2_rulesets(call));
    const auto page = v2_slice(all.all(), asked.cursor);
    json::array items;
    for (const V2Ruleset& one : page.items) items.push_back(ruleset_json(one));
    return v2_page(asked, "rulesets", std::move(items), page.next);
}

Answered ruleset(Call& call) {
    const V2Ruleset found = TRY(v2_ruleset(call, call.arguments[0]));
    return answer(ruleset_json(found));
}

// The list of ids under either name: what is written says ruleIds, and clients send back what they read.
Result<std::optional<std::vector<std::string>>> rule_ids(const json::object& body) {
    for (const std::string_view name : {"ruleIds", "rules"}) {
        const json::value* const value = body.if_contains(json::string_view(name.data(), name.size()));
        if (value == nullptr || value->is_null()) continue;
        const json::array* const list = value->if_array();
        if (list == nullptr) return error(ErrorKind::BadInput, fmt::format("'{}' must be a list", name));
        std::vector<std::string> ids;
        for (const json::value& one : *list) {
            if (!one.is_string())
                return error(ErrorKind::BadInput, fmt::format("'{}' must be a list of the rules' ids", name));
            ids.emplace_back(one.get_string().data(), one.get_string().size());
        }
        return ids;
    }
    return std::optional<std::vector<std::string>>();
}

// The body over what stands, which stays where it says nothing.
Result<Ruleset> read_ruleset(const Call& call, Ruleset ruleset) {
    const json::object body = TRY(read_object(call.request.body));
    const auto name = TRY(text_member(body, "name"));
    const auto description = TRY(text_member(body, "description"));
    auto ids = TRY(rule_ids(body));
    if (name) ruleset.name = *name;
    if (description) ruleset.description = *description;
    if (ids) ruleset.rules = std::move(*ids);
    if (ruleset.name.empty() || characters(ruleset.name) > ruleset_name_characters_max)
        return error(ErrorKind::BadInput,
                     fmt::format("'name' must have 1 to {} characters", ruleset_name_characters_max));
    return ruleset;
}

// Only what the organisation made may be changed.
Result<V2Ruleset> own_to_change(const Call& call) {
    V2Ruleset found = TRY(v2_ruleset(call, call.arguments[0]));
    if (found.origin != V2Ruleset::Origin::Own)
        return error(
            ErrorKind::Denied,
            fmt::format("the ruleset '{}' is Vigia's; make one of your own, which may have its rules",
                        found.name));
    return found;
}

HttpAnswer ruleset_answer(const Stored<Ruleset>& stored) { return answer(ruleset_json(own_ruleset(stored))); }

Answered add_ruleset(Call& call) {
    const Ruleset made = TRY(read_ruleset(call, {}));
    const auto stored = TRY(call.platform.rulesets().add(call.caller.actor, call.caller.organisation, made));
    return ruleset_answer(stored);
}

Answered change_ruleset(Call& call) {
    const V2Ruleset before = TRY(own_to_change(call));
    const Ruleset made = TRY(read_ruleset(call, {before.name, before.description, before.rules}));
    const auto stored = TRY(call.platform.rulesets().update(call.caller.actor, call.caller.organisation,
                                                            before.id, made, before.version));
    return ruleset_answer(stored);
}

Answered remove_ruleset(Call& call) {
    const V2Ruleset gone = TRY(own_to_change(call));
    TRY_VOID(
        call.platform.rulesets().remove(call.caller.actor, call.caller.organisation, gone.id, gone.version));
    return answer(json::object());
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/v2/rulesets", Access::Reader, rulesets},
    {Method::Post, "/v2/rulesets", Access::User, add_ruleset},
    {Method::Get, "/v2/rulesets/{id}", Access::Reader, ruleset},
    {Method::Put, "/v2/rulesets/{id}", Access::User, change_ruleset},
    {Method::Delete, "/v2/rulesets/{id}", Access::User, remove_ruleset},
});

}  // namespace

V2Rulesets::V2Rulesets(std::vector<V2Ruleset> all) : all_(std::move(all)) {
    std::ranges::sort(all_, {}, &V2Ruleset::id);
    for (const auto origin : {V2Ruleset::Origin::Shipped, V2Ruleset::Origin::Own, V2Ruleset::Origin::Rest}) {
        for (const V2Ruleset& one : all_) {
            if (one.origin != origin) continue;
            for (const std::string& rule : one.rules) by_rule_.emplace(rule, one.id);
        }
    }
}

std::string V2Rulesets::of_rule(const std::string& rule) const {
    const auto found = by_rule_.find(rule);
    return found == by_rule_.end() ? std::string() : found->second;
}

Result<V2Rulesets> v2_rulesets(const Call& call) {
    std::vector<V2Ruleset> all = shipped_rulesets(call.platform.shipped());
    std::set<std::string> named;
    for (const auto& one : TRY(call.platform.rulesets().all(call.caller.organisation))) {
        named.insert(one.body.rules.begin(), one.body.rules.end());
        all.push_back(own_ruleset(one));
    }
    V2Ruleset rest{.origin = V2Ruleset::Origin::Rest,
                   .id = id_of_ruleset(rest_name),
                   .name = std::string(rest_name),
                   .description = std::string(rest_description),
                   .rules = {},
                   .created_at = {},
                   .updated_at = {}};
    for (const auto& one : TRY(call.platform.rules().rules(call.caller.organisation))) {
        if (!named.contains(one.id)) rest.rules.push_back(one.id);
    }
    if (!rest.rules.empty()) all.push_back(std::move(rest));
    return V2Rulesets(std::move(all));
}

Result<V2Ruleset> v2_ruleset(const Call& call, const std::string& id) {
    const V2Rulesets rulesets = TRY(v2_rulesets(call));
    const auto found = std::ranges::find(rulesets.all(), id, &V2Ruleset::id);
    if (found == rulesets.all().end()) return error(ErrorKind::NotFound, "there is no such ruleset");
    return *found;
}

std::span<const Route> v2_ruleset_routes() { return routes; }

}  // namespace vigia
