#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "detect/operand_index.h"
#include "detect/title.h"
#include "lang/check.h"
#include "lang/program.h"
#include "lang/tree_walk.h"
#include "model/rule.h"

namespace vigia {

// The catalogue of each event type, by EventType.
using Catalogues = std::array<const FieldCatalogue*, event_types>;

// A rule whose texts are trees.
struct CheckedRule {
    Rule rule;
    std::span<const EventType> event_types;  // of the events that it is asked of
    ast::Filter filter;
    std::vector<ast::Filter> suppressions;
    TitleTemplate title;
    std::vector<std::optional<ast::Path>> aggregates;  // by aggregate_fields; nothing for what is no field
};

// The enabled rules that events of a kind may satisfy, by the texts that a rule asks of its name or its
// source, so that a new kind looks at few of them.
class RulesByKind {
public:
    void add(uint32_t rule, const ast::Filter& filter, const FieldCatalogue& catalogue);
    // In the order of the rule set.
    std::vector<uint32_t> of(std::string_view source, std::string_view name) const;
    std::span<const uint32_t> all() const { return all_; }

private:
    using Rules = std::map<std::string, std::vector<uint32_t>, std::less<>>;
    Rules by_name_, by_source_;
    std::vector<uint32_t> others_;
    std::vector<uint32_t> all_;
};

// What was found in a rule's texts. `part` names which: "filter", "suppression 2".
struct RuleDiagnostic {
    std::string part;
    std::string text;
    Diagnostic diagnostic;
};

// "filter, line 1, column 7: unknown field 'x'".
std::string print(const RuleDiagnostic& diagnostic);

struct CheckedRuleResult {
    std::optional<CheckedRule> rule;  // there when no diagnostic is an error
    std::vector<RuleDiagnostic> diagnostics;
};

// A rule is one rule, whatever the events that it is asked of: those that its type speaks of, or those named
// here, which must outlive it.
CheckedRuleResult check_rule(Rule rule, const Catalogues& catalogues, const NamedLists& lists);
CheckedRuleResult check_rule(Rule rule, std::span<const EventType> asked_of, const Catalogues& catalogues,
                             const NamedLists& lists);

// How the rules stand in one organisation. Organisations share the rules and their compiled form; this is all
// in which they differ. A rule of one organisation alone is enabled in no other.
struct OrganisationRules {
    std::string id;
    std::vector<bool> enabled;                                  // by rule
    std::map<uint32_t, int> severities;                         // by rule, where it is not the rule's own
    std::map<uint32_t, std::vector<ast::Filter>> suppressions;  // by rule, beside the rule's own
};

// The rules as they are written.
OrganisationRules as_written(std::span<const CheckedRule> rules);

// All rules of all organisations, ready to be asked. Immutable, shared by all threads, swapped whole when a
// rule changes.
class RuleSet {
public:
    // Without organisations there is one, with the rules as they are written.
    RuleSet(std::vector<CheckedRule> rules, NamedLists lists, const Catalogues& catalogues,
            std::vector<OrganisationRules> organisations = {});
    ~RuleSet();
    RuleSet(const RuleSet&) = delete;
    RuleSet& operator=(const RuleSet&) = delete;

    std::span<const CheckedRule> rules() const { return rules_; }
    const NamedLists& lists() const { return lists_; }
    const FieldCatalogue& catalogue(EventType type) const { return *catalogues_[static_cast<size_t>(type)]; }

    // The rules as they are asked of events of one type.
    struct Compiled {
        // What follows once a rule's filter holds.
        struct Consequences {
            std::vector<Program> suppressions;
            std::vector<uint32_t> shown;
        };
        explicit Compiled(ProgramTables shared) : tables(std::move(shared)) {}
        ProgramTables tables;
        std::vector<OperandIndex> indexes;  // by operand
        RulesByKind by_kind;
        std::vector<Consequences> consequences;  // by rule, as far as the last that is asked
        std::map<std::pair<uint32_t, uint32_t>, std::vector<Program>>
            own_suppressions;  // by rule, then organisation
    };
    const Compiled& compiled(EventType type) const { return *compiled_[static_cast<size_t>(type)]; }
    // An organisation and a rule, here and below, are known by their indexes.
    std::span<const OrganisationRules> organisations() const { return organisations_; }
    bool is_enabled(uint32_t organisation, uint32_t rule) const {
        return organisations_[organisation].enabled[rule];
    }
    int severity(uint32_t organisation, uint32_t rule) const;
    // Calls with each suppression of the rule in the organisation, until a call answers true; whether one
    // did. The rule is one that is asked of events of the type.
    template <typename Visit>
    bool any_suppression(EventType type, uint32_t organisation, uint32_t rule, Visit visit) const {
        const Compiled& of_type = compiled(type);
        if (std::ranges::any_of(of_type.consequences[rule].suppressions, visit)) return true;
        const auto own = of_type.own_suppressions.find({rule, organisation});
        return own != of_type.own_suppressions.end() && std::ranges::any_of(own->second, visit);
    }
    // The operands of what follows once the rule's filter holds: its suppressions in all organisations, and
    // what its title and aggregates show.
    void mark_consequences(EventType type, uint32_t rule, std::vector<bool>& operands) const;
    // The operands of its title's fields, then of its aggregates; none for what is no field.
    std::span<const uint32_t> shown(EventType type, uint32_t rule) const {
        return compiled(type).consequences[rule].shown;
    }
    static constexpr uint32_t none = UINT32_MAX;

private:
    void compile(uint32_t rule, EventType type);

    std::vector<CheckedRule> rules_;
    NamedLists lists_;
    Catalogues catalogues_;
    std::array<std::unique_ptr<Compiled>, event_types> compiled_;
    std::vector<OrganisationRules> organisations_;
};

// What is left of a filter when the source and the name of an event are known: its verdict, or the conditions
// that remain.
std::variant<bool, ast::Filter> fold(const ast::Filter& filter, std::string_view source,
                                     std::string_view name, const TreeContext& context);

}  // namespace vigia
