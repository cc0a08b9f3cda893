#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "app/api_call.h"
#include "catalog/stored.h"

// Rules as the API shows and takes them.
namespace vigia {

// What an organisation has of rules, read for one answer.
struct RuleView {
    std::vector<Stored<Rule>> own;
    std::map<std::string, Stored<ManagedSettings>> settings;      // by shipped rule
    std::map<std::string, Stored<RuleTags>> tags;                 // by rule
    std::map<std::string, size_t> suppressions;                   // by rule, those in force
    std::map<std::string, std::vector<std::string>> in_rulesets;  // by rule, the names of rulesets it is in
};
Result<RuleView> rule_view(const Call& call);

// Calls with each rule of the organisation: its own ones and those that Vigia ships, as it settled them.
struct ViewedRule {
    Rule rule;
    bool managed = false;
    int64_t version = 0;            // of its own rule, or of what was settled about a shipped one
    const Rule* shipped = nullptr;  // of a managed one, as it is shipped
};
void each_rule(const Call& call, const RuleView& view, const std::function<void(const ViewedRule&)>& visit);

// Whether it is in a ruleset of the name, a shipped one or an own one.
bool is_in_ruleset(const Rule& rule, const RuleView& view, std::string_view ruleset);

// Lists have no tests of their rules, which may be long.
enum class RuleTests : uint8_t { Shown, LeftOut };
boost::json::object rule_json(const ViewedRule& rule, const RuleView& view, RuleTests tests);
// The rule of the id, with its version as ETag. NotFound when there is none.
Answered rule_answer(const Call& call, const std::string& id, unsigned status = 200);

// The rule of the id as it stands, shipped or own.
Result<Rule> rule_there(const Call& call, const std::string& id);

// Reads the body as a rule within its bounds; the answer that refuses what is none.
std::optional<HttpAnswer> refuse_rule(const Call& call, Rule& rule);
// Runs `work` with the body as a rule that can be in force.
Answered with_rule(const Call& call, const std::function<Answered(const Rule& rule)>& work);
// What is wrong with the rule, were it in force. Its lists are the organisation's.
Result<CheckedRuleResult> check_own_rule(const Call& call, const Rule& rule);
// The same of a filter that is asked of the events that rules of the type are asked of, or of all.
struct CheckedFilter {
    ParseResult parsed;
    std::vector<RuleDiagnostic> diagnostics;
};
Result<CheckedFilter> check_filter_of(const Call& call, std::string_view filter,
                                      const std::optional<RuleType>& type, std::string_view part);

// The rule type of the name. BadInput for what is none.
Result<RuleType> rule_type_given(std::string_view name);
// The one that the body's `type` names, if it has one.
Result<std::optional<RuleType>> rule_type_member(const boost::json::object& body);

boost::json::object json_object(const std::string& text);

}  // namespace vigia
