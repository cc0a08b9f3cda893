#include "app/api_rule_view.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/rule_files.h"
#include "app/rule_tests.h"
#include "model/rule_type.h"

namespace vigia {

namespace json = boost::json;

namespace {

// Those of a GET that a PUT does not change are passed over, so that what was read can be sent back.
constexpr auto rule_members =
    std::to_array<std::string_view>({"name",        "title",      "type",         "severity",
                                     "description", "filter",     "suppressions", "aggregate_fields",
                                     "window_s",    "threshold",  "enabled",      "attack",
                                     "references",  "ruleset",    "id",           "managed",
                                     "version",     "rulesets",   "tags",         "suppressions_count",
                                     "shipped",     "created_at", "updated_at",   "updated_by",
                                     "tests"});

template <typename Body>
void by_id(std::vector<Stored<Body>> all, std::map<std::string, Stored<Body>>& into) {
    for (auto& one : all) into.emplace(one.id, std::move(one));
}

// When it was made and changed, by whom: of a shipped rule, what was settled about it.
struct Changed {
    json::value created_at, updated_at, updated_by;
};

template <typename Body>
Changed changed(const Stored<Body>& stored) {
    return {json::value(format_rfc3339(stored.created_at)), json::value(format_rfc3339(stored.updated_at)),
            json::value(stored.updated_by)};
}

Changed changed(const ViewedRule& rule, const RuleView& view) {
    if (rule.managed) {
        const auto settings = view.settings.find(rule.rule.id);
        return settings == view.settings.end() ? Changed{} : changed(settings->second);
    }
    const auto own = std::ranges::find(view.own, rule.rule.id, &Stored<Rule>::id);
    return own == view.own.end() ? Changed{} : changed(*own);
}

// What an organisation can settle about a shipped rule, as it is shipped.
json::value shipped_json(const ViewedRule& rule) {
    if (rule.shipped == nullptr) return nullptr;
    const Rule& one = *rule.shipped;
    return json_object(json_of(ManagedSettings{one.severity, one.enabled, one.threshold, one.window}));
}

}  // namespace

json::object json_object(const std::string& text) { return json::parse(text).as_object(); }

Result<RuleView> rule_view(const Call& call) {
    const std::string& organisation = call.caller.organisation;
    RuleStore& rules = call.platform.rules();
    RuleView view;
    view.own = TRY(rules.rules(organisation));
    by_id(TRY(rules.all_settings(organisation)), view.settings);
    by_id(TRY(rules.all_tags(organisation)), view.tags);
    const Time now = call.platform.clock().now();
    for (const auto& one : TRY(rules.all_suppressions(organisation))) {
        if (is_in_force(one.body, now)) view.suppressions[one.body.rule]++;
    }
    for (const auto& ruleset : TRY(call.platform.rulesets().all(organisation))) {
        for (const std::string& rule : ruleset.body.rules)
            view.in_rulesets[rule].push_back(ruleset.body.name);
    }
    return view;
}

void each_rule(const Call& call, const RuleView& view, const std::function<void(const ViewedRule&)>& visit) {
    for (const auto& own : view.own) visit({own.body, false, own.version, nullptr});
    call.platform.shipped().each([&](const Rule& rule) {
        const auto settings = view.settings.find(rule.id);
        if (settings == view.settings.end())
            visit({rule, true, 0, &rule});
        else
            visit({settled(rule, settings->second.body), true, settings->second.version, &rule});
    });
}

bool is_in_ruleset(const Rule& rule, const RuleView& view, std::string_view ruleset) {
    if (rule.ruleset == ruleset) return true;
    const auto in = view.in_rulesets.find(rule.id);
    return in != view.in_rulesets.end() && std::ranges::find(in->second, ruleset) != in->second.end();
}

json::object rule_json(const ViewedRule& viewed, const RuleView& view, RuleTests tests) {
    const std::string& id = viewed.rule.id;
    json::object made = json_object(json_of(viewed.rule));
    if (tests == RuleTests::LeftOut) made.erase("tests");
    made["id"] = id;
    made["managed"] = viewed.managed;
    made["version"] = viewed.version;
    made["shipped"] = shipped_json(viewed);
    json::array rulesets;
    if (const auto in = view.in_rulesets.find(id); in != view.in_rulesets.end())
        for (const std::string& name : in->second) rulesets.emplace_back(name);
    made["rulesets"] = std::move(rulesets);
    const auto tags = view.tags.find(id);
    made["tags"] = json_object(json_of(tags == view.tags.end() ? RuleTags{} : tags->second.body));
    const auto suppressions = view.suppressions.find(id);
    made["suppressions_count"] = suppressions == view.suppressions.end() ? 0 : suppressions->second;
    Changed when = changed(viewed, view);
    made["created_at"] = std::move(when.created_at);
    made["updated_at"] = std::move(when.updated_at);
    made["updated_by"] = std::move(when.updated_by);
    return made;
}

Answered rule_answer(const Call& call, const std::string& id, unsigned status) {
    const RuleView view = TRY(rule_view(call));
    std::optional<HttpAnswer> made;
    each_rule(call, view, [&](const ViewedRule& one) {
        if (one.rule.id == id)
            made = with_etag(answer(rule_json(one, view, RuleTests::Shown), status), one.version);
    });
    if (!made) return error(ErrorKind::NotFound, "there is no such rule");
    return std::move(*made);
}

Result<Rule> rule_there(const Call& call, const std::string& id) {
    if (const Rule* const shipped = call.platform.shipped().find(id)) {
        const auto settings = TRY(call.platform.rules().settings(call.caller.organisation, id));
        return settled(*shipped, settings.body);
    }
    return TRY(call.platform.rules().rule(call.caller.organisation, id)).body;
}

Result<CheckedRuleResult> check_own_rule(const Call& call, const Rule& rule) {
    const NamedLists lists = TRY(lists_of(call));
    return check_rule(rule, all_catalogues(), lists);
}

Result<CheckedFilter> check_filter_of(const Call& call, std::string_view filter,
                                      const std::optional<RuleType>& type, std::string_view part) {
    const NamedLists lists = TRY(lists_of(call));
    std::vector<const FieldCatalogue*> sources;
    for (const EventType one : type ? event_types_of(*type) : all_event_types())
        sources.push_back(all_catalogues()[static_cast<size_t>(one)]);
    CheckedFilter checked{.parsed = parse_checked(filter, sources, lists), .diagnostics = {}};
    for (const Diagnostic& one : checked.parsed.diagnostics)
        checked.diagnostics.push_back({std::string(part), std::string(filter), one});
    return checked;
}

Result<RuleType> rule_type_given(std::string_view name) {
    const auto type = rule_type_of(name);
    if (!type)
        return error(ErrorKind::BadInput,
                     fmt::format("'type' must be one of {}", fmt::join(rule_type_names(), ", ")));
    return *type;
}

Result<std::optional<RuleType>> rule_type_member(const json::object& body) {
    const auto name = TRY(text_member(body, "type"));
    if (!name) return std::nullopt;
    return TRY(rule_type_given(*name));
}

std::optional<HttpAnswer> refuse_rule(const Call& call, Rule& rule) {
    if (auto refused = refuse_body(call, rule, "bad_rule", rule_members)) return refused;
    if (const auto checked = check_body(rule); !checked) return problem(checked.error());
    if (const auto settled = settle_tests(rule); !settled) return problem(settled.error());
    return std::nullopt;
}

Answered with_rule(const Call& call, const std::function<Answered(const Rule& rule)>& work) {
    Rule rule;
    if (auto refused = refuse_rule(call, rule)) return std::move(*refused);
    const CheckedRuleResult checked = TRY(check_own_rule(call, rule));
    if (!checked.rule) return bad_filter(checked.diagnostics);
    return work(rule);
}

}  // namespace vigia
