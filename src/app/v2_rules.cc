#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>

#include "app/rule_files.h"
#include "app/threat_stack.h"
#include "app/v2_call.h"
#include "app/v2_rulesets.h"
#include "app/v2_suppressions.h"
#include "base/utf8.h"

namespace vigia {

namespace json = boost::json;

namespace {

// A rule changed under us is read and changed again, so often.
constexpr int attempts_max = 5;

// A rule with what the organisation settled about it.
struct StandingRule {
    std::string id;
    Rule rule;
    bool managed = false;  // shipped by Vigia
    int64_t version = 0;
    std::optional<Time> created_at;
    std::optional<Time> updated_at;
};

StandingRule own_rule(const Stored<Rule>& stored) {
    return {stored.id, stored.body, false, stored.version, stored.created_at, stored.updated_at};
}

StandingRule managed_rule(const Rule& rule, const Stored<ManagedSettings>& settings) {
    StandingRule made{rule.id, settled(rule, settings.body), true, settings.version, {}, {}};
    if (settings.version > 0) made.updated_at = settings.updated_at;
    return made;
}

Result<StandingRule> find_rule(const Call& call, const std::string& id) {
    const std::string& organisation = call.caller.organisation;
    if (const Rule* const shipped = call.platform.shipped().find(id)) {
        const auto settings = TRY(call.platform.rules().settings(organisation, id));
        return managed_rule(*shipped, settings);
    }
    const auto own = TRY(call.platform.rules().rule(organisation, id));
    return own_rule(own);
}

// The rule of the path, which is in the ruleset of the path.
Result<StandingRule> rule_of_path(const Call& call) {
    const V2Ruleset ruleset = TRY(v2_ruleset(call, call.arguments[0]));
    if (std::ranges::find(ruleset.rules, call.arguments[1]) == ruleset.rules.end())
        return error(ErrorKind::NotFound, "the ruleset has no such rule");
    return find_rule(call, call.arguments[1]);
}

json::value time_or_null(const std::optional<Time>& time) {
    if (!time) return nullptr;
    return json::value(format_v2_time(*time));
}

json::array list_of(const std::vector<std::string>& texts) {
    json::array list;
    for (const std::string& one : texts) list.emplace_back(one);
    return list;
}

json::object rule_json(const StandingRule& standing, const std::string& ruleset,
                       const std::vector<std::string>& suppressions) {
    json::object made = json::parse(print_threat_stack(standing.rule)).as_object();
    made["rulesetId"] = ruleset;
    made["createdAt"] = time_or_null(standing.created_at);
    made["updatedAt"] = time_or_null(standing.updated_at);
    made["suppressions"] = list_of(suppressions);
    if (standing.rule.type == RuleType::File) {
        // They are conditions of the filter here.
        for (const std::string_view name : {"fileIntegrityPaths", "ignoreFiles", "eventsToMonitor"})
            made[json::string_view(name.data(), name.size())] = json::array();
    }
    return made;
}

Answered rule_answer(const Call& call, const StandingRule& standing) {
    const auto suppressions = TRY(v2_suppressions(call, standing.rule));
    return answer(rule_json(standing, call.arguments[0], suppressions.filters()));
}

Answered rules(Call& call) {
    const V2Query asked = TRY(v2_query(call, "rules"));
    const std::string& organisation = call.caller.organisation;
    const V2Ruleset ruleset = TRY(v2_ruleset(call, call.arguments[0]));
    std::map<std::string, Stored<ManagedSettings>> settings;
    for (auto& one : TRY(call.platform.rules().all_settings(organisation)))
        settings.emplace(one.id, std::move(one));
    std::map<std::string, std::vector<Stored<Suppression>>> suppressions;
    for (auto& one : TRY(call.platform.rules().all_suppressions(organisation)))
        suppressions[one.body.rule].push_back(std::move(one));
    std::vector<StandingRule> standing;
    for (const auto& one : TRY(call.platform.rules().rules(organisation))) {
        if (std::ranges::find(ruleset.rules, one.id) != ruleset.rules.end())
            standing.push_back(own_rule(one));
    }
    for (const std::string& id : ruleset.rules) {
        if (const Rule* const shipped = call.platform.shipped().find(id))
            standing.push_back(managed_rule(*shipped, settings[id]));
    }
    std::ranges::sort(standing, {}, &StandingRule::id);
    const auto page = v2_slice(std::move(standing), asked.cursor);
    json::array items;
    for (const StandingRule& one : page.items)
        items.push_back(
            rule_json(one, ruleset.id,
                      V2Suppressions(one.rule, std::move(suppressions[one.id]), call.platform.clock().now())
                          .filters()));
    return v2_page(asked, "rules", std::move(items), page.next);
}

Answered rule(Call& call) {
    const StandingRule found = TRY(rule_of_path(call));
    return rule_answer(call, found);
}

// What a body may have of a rule. Members that are here and of another type are refused, others passed over.
struct Member {
    std::string_view name;
    json::kind kind;
    bool needed;
};
constexpr auto members = std::to_array<Member>({
    {"name", json::kind::string, true},
    {"title", json::kind::string, false},
    {"type", json::kind::string, true},
    {"severityOfAlerts", json::kind::int64, true},
    {"alertDescription", json::kind::string, true},
    {"aggregateFields", json::kind::array, false},
    {"filter", json::kind::string, true},
    {"window", json::kind::int64, true},
    {"threshold", json::kind::int64, true},
    {"suppressions", json::kind::array, false},
    {"enabled", json::kind::bool_, false},
    {"fileIntegrityPaths", json::kind::array, false},
    {"ignoreFiles", json::kind::array, false},
    {"eventsToMonitor", json::kind::array, false},
});

std::string_view kind_name(json::kind kind) {
    switch (kind) {
        case json::kind::string:
            return "text";
        case json::kind::int64:
            return "whole number";
        case json::kind::array:
            return "list";
        case json::kind::bool_:
            return "true or false";
        case json::kind::null:
        case json::kind::uint64:
        case json::kind::double_:
        case json::kind::object:
            break;
    }
    return "value of another kind";
}

// Of lists that hold texts.
Result<void> check_texts(const json::object& body, std::string_view name) {
    const json::value* const list = body.if_contains(json::string_view(name.data(), name.size()));
    if (list == nullptr || !list->is_array()) return {};
    for (const json::value& one : list->get_array()) {
        if (!one.is_string())
            return error(ErrorKind::BadInput,
                         fmt::format("Validation failed: '{}' is a list of texts", name));
    }
    return {};
}

Result<void> check_members(const json::object& body) {
    for (const Member& member : members) {
        const json::value* const value =
            body.if_contains(json::string_view(member.name.data(), member.name.size()));
        if (value == nullptr || value->is_null()) {
            if (!member.needed) continue;
            return error(ErrorKind::BadInput,
                         fmt::format("Validation failed: body has no '{}'", member.name));
        }
        if (value->kind() != member.kind)
            return error(ErrorKind::BadInput, fmt::format("Validation failed: '{}' must be a {}", member.name,
                                                          kind_name(member.kind)));
    }
    for (const std::string_view name : {"aggregateFields", "suppressions", "ignoreFiles", "eventsToMonitor"})
        TRY_VOID(check_texts(body, name));
    const std::string description = TRY(needed_text(body, "alertDescription"));
    if (description.empty() || characters(description) > alert_description_max)
        return error(ErrorKind::BadInput,
                     fmt::format("Validation failed: body has invalid alertDescription value. Must be "
                                 "between 1 and {} characters long.",
                                 alert_description_max));
    return {};
}

// The body as a rule. Where it says nothing of one that is there, that stays.
Result<Rule> read_rule(const Call& call, const Rule* before) {
    json::object body = TRY(read_object(call.request.body));
    if (before != nullptr) {
        const json::object standing = json::parse(print_threat_stack(*before)).as_object();
        for (const auto& [name, value] : standing) {
            if (!body.contains(name)) body[name] = value;
        }
    } else if (!body.contains("filter") && body.contains("fileIntegrityPaths")) {
        body["filter"] = "";
    }
    TRY_VOID(check_members(body));
    const ImportedRules read = TRY(read_threat_stack(json::serialize(body)));
    if (!read.refused.empty())
        return error(ErrorKind::BadInput, fmt::format("Validation failed: {}", read.refused[0].reason));
    Rule made = read.rules.at(0);
    if (before == nullptr) return made;
    made.id = before->id;
    made.ruleset = before->ruleset;
    made.attack = before->attack;
    made.references = before->references;
    made.tests = before->tests;
    // A description that was cut for the API stays whole when it comes back as it was sent.
    const auto shown = json::parse(print_threat_stack(*before)).at("alertDescription").as_string();
    if (made.description == std::string_view(shown.data(), shown.size()))
        made.description = before->description;
    return made;
}

// The rule, with all that is to quiet it, can be in force; else the answer that says why not.
Result<std::optional<HttpAnswer>> refuse_rule(const Call& call, Rule rule,
                                              const std::vector<std::string>& suppressions) {
    TRY_VOID(check_body(rule));
    rule.suppressions = suppressions;
    NamedLists lists = call.platform.shipped().lists();
    for (const auto& one : TRY(call.platform.lists().all(call.caller.organisation)))
        lists[one.body.name] = std::make_unique<const ValueList>(one.body.items);
    const CheckedRuleResult checked = check_rule(std::move(rule), all_catalogues(), lists);
    if (checked.rule) return std::optional<HttpAnswer>();
    std::vector<std::string> errors;
    for (const RuleDiagnostic& one : checked.diagnostics) {
        if (one.diagnostic.level == Diagnostic::Level::Error)
            errors.push_back(fmt::format("Validation failed: {}", print(one)));
    }
    return v2_errors(400, errors);
}

// Puts the rule into the ruleset, whatever others do to it meanwhile.
Result<void> include(const Call& call, const std::string& ruleset, const std::string& rule) {
    for (int attempt = 1;; attempt++) {
        const auto stored = TRY(call.platform.rulesets().find(call.caller.organisation, ruleset));
        Ruleset body = stored.body;
        body.rules.push_back(rule);
        const auto done = call.platform.rulesets().update(call.caller.actor, call.caller.organisation,
                                                          ruleset, body, stored.version);
        if (done) return {};
        if (done.error().kind != ErrorKind::Conflict || attempt == attempts_max)
            return std::unexpected(done.error());
    }
}

Answered add_rule(Call& call) {
    const V2Ruleset ruleset = TRY(v2_ruleset(call, call.arguments[0]));
    if (ruleset.origin == V2Ruleset::Origin::Shipped)
        return error(
            ErrorKind::Denied,
            fmt::format("the ruleset '{}' is Vigia's; add the rule to one of your own", ruleset.name));
    Rule made = TRY(read_rule(call, nullptr));
    const bool own = ruleset.origin == V2Ruleset::Origin::Own;
    made.ruleset = own ? ruleset.name : "";
    if (auto refused = TRY(refuse_rule(call, made, made.suppressions))) return std::move(*refused);
    const auto stored =
        TRY(call.platform.rules().add_rule(call.caller.actor, call.caller.organisation, made));
    // Without its ruleset it is among the other rules, and the caller is told.
    if (own) TRY_VOID(include(call, ruleset.id, stored.id));
    TRY_VOID(call.platform.take_rules());
    return rule_answer(call, own_rule(stored));
}

// What an organisation may say of a shipped rule, of which the filter and the texts are Vigia's.
Answered settle(Call& call, const StandingRule& standing, const Rule& wanted) {
    Rule same = wanted;
    same.enabled = standing.rule.enabled;
    same.severity = standing.rule.severity;
    same.threshold = standing.rule.threshold;
    same.window = standing.rule.window;
    same.suppressions = standing.rule.suppressions;
    same.file = standing.rule.file;
    if (same != standing.rule)
        return error(ErrorKind::Denied,
                     fmt::format("the rule '{}' is Vigia's: its severityOfAlerts, enabled, threshold, window "
                                 "and suppressions may be set, the rest makes a rule of your own",
                                 standing.rule.name));
    const Rule& shipped = *call.platform.shipped().find(standing.id);
    ManagedSettings settings;
    if (wanted.severity != shipped.severity) settings.severity = wanted.severity;
    if (wanted.enabled != shipped.enabled) settings.enabled = wanted.enabled;
    if (wanted.threshold != shipped.threshold) settings.threshold = wanted.threshold;
    if (wanted.window != shipped.window) settings.window = wanted.window;
    TRY(call.platform.rules().set_settings(call.caller.actor, call.caller.organisation, standing.id, settings,
                                           standing.version));
    return no_content();
}

Answered change_rule(Call& call) {
    const StandingRule before = TRY(rule_of_path(call));
    const json::object body = TRY(read_object(call.request.body));
    V2Suppressions suppressions = TRY(v2_suppressions(call, before.rule));
    Rule wanted = TRY(read_rule(call, &before.rule));
    const std::vector<std::string> quiet =
        body.contains("suppressions") ? wanted.suppressions : suppressions.filters();
    if (auto refused = TRY(refuse_rule(call, wanted, quiet))) return std::move(*refused);
    TRY_VOID(suppressions.check(quiet, before.managed));
    // Those that stand in the rule and not in the list go with this change, the others by themselves.
    wanted.suppressions = suppressions.kept_in_rule(quiet);
    if (before.managed) {
        TRY(settle(call, before, wanted));
    } else {
        TRY(call.platform.rules().update_rule(call.caller.actor, call.caller.organisation, before.id, wanted,
                                              before.version));
    }
    TRY_VOID(suppressions.put(call, quiet));
    TRY_VOID(call.platform.take_rules());
    const StandingRule after = TRY(find_rule(call, before.id));
    return rule_answer(call, after);
}

Answered remove_rule(Call& call) {
    const StandingRule gone = TRY(rule_of_path(call));
    if (gone.managed)
        return error(
            ErrorKind::Denied,
            fmt::format("the rule '{}' is Vigia's and stays; set its 'enabled' to false", gone.rule.name));
    TRY_VOID(call.platform.rules().remove_rule(call.caller.actor, call.caller.organisation, gone.id,
                                               gone.version));
    TRY_VOID(call.platform.take_rules());
    return answer(json::object());
}

// The rule of a path that ends with it, whichever way it is named.
Result<StandingRule> rule_of_either(const Call& call) {
    if (call.arguments.size() == 2) return rule_of_path(call);
    return find_rule(call, call.arguments[0]);
}

Answered suppressions(Call& call) {
    const StandingRule found = TRY(rule_of_either(call));
    const V2Suppressions all = TRY(v2_suppressions(call, found.rule));
    return answer(json::object{{"suppressions", list_of(all.filters())}});
}

Answered put_suppressions(Call& call) {
    const StandingRule before = TRY(rule_of_either(call));
    const json::object body = TRY(read_object(call.request.body));
    const json::value* const list = body.if_contains("suppressions");
    if (list == nullptr || !list->is_array())
        return error(ErrorKind::BadInput, "'suppressions' must be a list of filters");
    TRY_VOID(check_texts(body, "suppressions"));
    std::vector<std::string> wanted;
    for (const json::value& one : list->get_array())
        wanted.emplace_back(one.get_string().data(), one.get_string().size());
    if (auto refused = TRY(refuse_rule(call, before.rule, wanted))) return std::move(*refused);
    V2Suppressions standing = TRY(v2_suppressions(call, before.rule));
    TRY_VOID(standing.check(wanted, before.managed));
    Rule rule = before.rule;
    rule.suppressions = standing.kept_in_rule(wanted);
    if (!before.managed)
        TRY(call.platform.rules().update_rule(call.caller.actor, call.caller.organisation, before.id, rule,
                                              before.version));
    TRY_VOID(standing.put(call, wanted));
    TRY_VOID(call.platform.take_rules());
    const StandingRule after = TRY(find_rule(call, before.id));
    const V2Suppressions now = TRY(v2_suppressions(call, after.rule));
    return answer(json::object{{"suppressions", list_of(now.filters())}});
}

HttpAnswer tags_answer(const RuleTags& tags) { return answer(json::parse(json_of(tags))); }

Answered tags(Call& call) {
    const auto stored = TRY(call.platform.rules().tags(call.caller.organisation, call.arguments[0]));
    if (stored.body.inclusion.empty() && stored.body.exclusion.empty())
        return error(ErrorKind::NotFound, "No tags found for rule");
    return tags_answer(stored.body);
}

Answered set_tags(Call& call) {
    RuleTags tags;
    // Clients that have none to set send null.
    if (call.request.body.find_first_not_of(" \t\r\n") != std::string::npos &&
        !call.request.body.starts_with("null")) {
        TRY(read_object(call.request.body));
        if (const auto read = read_body(call.request.body, tags); !read)
            return error(
                ErrorKind::BadInput,
                "'inclusion' and 'exclusion' are lists of {\"source\":\"ec2\",\"key\":…,\"value\":…}");
    }
    const auto stored = TRY(call.platform.rules().set_tags(call.caller.actor, call.caller.organisation,
                                                           call.arguments[0], tags, std::nullopt));
    TRY_VOID(call.platform.take_rules());
    return tags_answer(stored.body);
}

constexpr std::string_view rules_path = "/v2/rulesets/{id}/rules";
constexpr std::string_view rule_path = "/v2/rulesets/{id}/rules/{rule}";
constexpr std::string_view suppressions_path = "/v2/rulesets/{id}/rules/{rule}/suppressions";

constexpr auto routes = std::to_array<Route>({
    {Method::Get, rules_path, Access::Reader, rules},
    {Method::Post, rules_path, Access::User, add_rule},
    {Method::Get, rule_path, Access::Reader, rule},
    {Method::Put, rule_path, Access::User, change_rule},
    {Method::Delete, rule_path, Access::User, remove_rule},
    {Method::Get, suppressions_path, Access::Reader, suppressions},
    {Method::Put, suppressions_path, Access::User, put_suppressions},
    {Method::Get, "/v2/rules/{rule}/suppressions", Access::Reader, suppressions},
    {Method::Put, "/v2/rules/{rule}/suppressions", Access::User, put_suppressions},
    {Method::Get, "/v2/rules/{rule}/tags", Access::Reader, tags},
    {Method::Post, "/v2/rules/{rule}/tags", Access::User, set_tags},
});

}  // namespace

std::span<const Route> v2_rule_routes() { return routes; }

}  // namespace vigia
