#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "lang/check.h"
#include "lang/tree_walk.h"
#include "model/rule.h"

namespace vigia {

// The catalogue of each event type, by EventType.
using Catalogues = std::array<const FieldCatalogue*, event_types>;

// A rule whose texts are trees.
struct CheckedRule {
    Rule rule;
    ast::Filter filter;
    std::vector<ast::Filter> suppressions;
};

// What was found in a rule's texts. `part` names which: "filter", "suppression 2".
struct RuleDiagnostic {
    std::string part;
    std::string text;
    Diagnostic diagnostic;
};

struct CheckedRuleResult {
    std::optional<CheckedRule> rule;  // there when no diagnostic is an error
    std::vector<RuleDiagnostic> diagnostics;
};

CheckedRuleResult check_rule(Rule rule, const Catalogues& catalogues, const NamedLists& lists);

// All rules, ready to be asked. Immutable, shared by all threads, swapped whole when a rule changes.
class RuleSet {
public:
    RuleSet(std::vector<CheckedRule> rules, NamedLists lists, const Catalogues& catalogues);

    std::span<const CheckedRule> rules() const { return rules_; }
    const NamedLists& lists() const { return lists_; }
    const FieldCatalogue& catalogue(EventType type) const { return *catalogues_[static_cast<size_t>(type)]; }

private:
    std::vector<CheckedRule> rules_;
    NamedLists lists_;
    Catalogues catalogues_;
};

enum class Verdict : uint8_t { Matched, Suppressed };

struct Hit {
    uint32_t rule = 0;  // index in RuleSet::rules()
    Verdict verdict = Verdict::Matched;
    bool operator==(const Hit&) const = default;
};

// Events × rules → hits. For each kind of event (type, source, name) the conditions on source and name are
// folded for all rules at once, the first time that such a kind is seen; most kinds keep no rule and their
// events cost one look-up. For one thread.
class Detector {
public:
    explicit Detector(std::shared_ptr<const RuleSet> rules) : rules_(std::move(rules)) {}

    // Every enabled rule whose filter holds of the event, in the order of the rule set: no rule shadows
    // another.
    std::vector<Hit> detect(const Event& event);

    const RuleSet& rules() const { return *rules_; }

private:
    // What is left of a rule for one kind of event; no filter: it holds of all of them.
    struct Residual {
        uint32_t rule = 0;
        std::optional<ast::Filter> filter;
    };
    using Kind = std::vector<Residual>;

    const Kind& kind(const Event& event);
    Kind fold(const Event& event) const;

    std::shared_ptr<const RuleSet> rules_;
    std::unordered_map<std::string, Kind> kinds_;
    EvaluationCache cache_;  // of the filters in kinds_ and in the rule set, which do not move
    std::string key_;
};

// What is left of a filter when the source and the name of an event are known: its verdict, or the conditions
// that remain.
std::variant<bool, ast::Filter> fold(const ast::Filter& filter, std::string_view source,
                                     std::string_view name, const TreeContext& context);

// Kinds held at most; beyond, all are forgotten and learnt anew.
constexpr size_t kinds_max = 65'536;

}  // namespace vigia
