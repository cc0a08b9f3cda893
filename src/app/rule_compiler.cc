#include "app/rule_compiler.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/rule_files.h"
#include "lang/parser.h"

namespace vigia {

namespace {

// No list that people make has such a name: theirs have no ':'.
std::string own_name(const std::string& organisation, const std::string& list) {
    return fmt::format("_{}:{}", organisation, list);
}

// Whether what a person wrote calls a list by the name that the compiler gives those of organisations: it
// would be another organisation's.
bool calls_inner_list(std::string_view filter) {
    return std::ranges::any_of(lists_called(filter),
                               [](const std::string& name) { return name.find(':') != std::string::npos; });
}

class Compiler {
public:
    std::shared_ptr<const RulesInForce> compile(const RuleBook& book, const ShippedRules& shipped) {
        lists_ = shipped.lists();
        made_->problems.assign(shipped.problems().begin(), shipped.problems().end());
        for (const Rule& rule : shipped.rules()) add(rule);
        shipped_count_ = rules_.size();
        for (const std::string& problem : book.problems) made_->problems.push_back(problem);
        for (const OrganisationBook& one : book.organisations) add_lists(one);
        std::vector<size_t> ends;
        for (const OrganisationBook& one : book.organisations) {
            add_rules(one);
            ends.push_back(rules_.size());
        }
        std::vector<OrganisationRules> organisations;
        size_t begin = shipped_count_;
        for (size_t i = 0; i < book.organisations.size(); i++) {
            organisations.push_back(stand(book.organisations[i], static_cast<uint32_t>(i), begin, ends[i]));
            made_->organisations.emplace(book.organisations[i].organisation, static_cast<uint32_t>(i));
            begin = ends[i];
        }
        made_->generation = book.generation;
        made_->rules = std::make_shared<const RuleSet>(std::move(rules_), std::move(lists_), all_catalogues(),
                                                       std::move(organisations));
        return std::move(made_);
    }

private:
    void add_lists(const OrganisationBook& book) {
        for (const auto& list : book.lists)
            lists_[own_name(book.organisation, list.body.name)] =
                std::make_unique<const ValueList>(list.body.items);
    }

    void add_rules(const OrganisationBook& book) {
        for (const auto& own : book.rules) {
            Rule rule = own.body;
            if (calls_inner_list(rule.filter) || std::ranges::any_of(rule.suppressions, calls_inner_list)) {
                made_->problems.push_back(
                    fmt::format("rule '{}': it calls a list of no such name", rule.name));
                continue;
            }
            rule.filter = with_own_lists(rule.filter, book);
            for (std::string& one : rule.suppressions) one = with_own_lists(one, book);
            add(std::move(rule));
        }
    }

    void add(Rule rule) {
        const std::string name = rule.name;
        rule.tests.clear();  // what is in force needs none
        CheckedRuleResult checked = check_rule(std::move(rule), all_catalogues(), lists_);
        if (checked.rule) {
            rules_.push_back(std::move(*checked.rule));
            return;
        }
        for (const RuleDiagnostic& one : checked.diagnostics) {
            if (one.diagnostic.level == Diagnostic::Level::Error)
                made_->problems.push_back(fmt::format("rule '{}': {}", name, print(one)));
        }
    }

    // How the rules stand in an organisation, whose own are those in [begin, end).
    OrganisationRules stand(const OrganisationBook& book, uint32_t index, size_t begin, size_t end) {
        OrganisationRules standing{.id = book.organisation};
        standing.enabled.assign(rules_.size(), false);
        for (uint32_t i = 0; i < rules_.size(); i++) {
            const bool own = i >= begin && i < end;
            if (i >= shipped_count_ && !own) continue;
            const Rule& rule = rules_[i].rule;
            standing.enabled[i] = rule.enabled;
            if (const auto settings = book.settings.find(rule.id); !own && settings != book.settings.end())
                settle(settings->second, index, i, standing);
            const auto suppressions = book.suppressions.find(rule.id);
            if (suppressions == book.suppressions.end()) continue;
            for (const auto& one : suppressions->second) suppress(one.body, book, rules_[i], i, standing);
        }
        return standing;
    }

    void settle(const ManagedSettings& settings, uint32_t organisation, uint32_t rule,
                OrganisationRules& standing) {
        if (settings.enabled) standing.enabled[rule] = *settings.enabled;
        if (settings.severity) standing.severities[rule] = *settings.severity;
        if (!settings.threshold && !settings.window) return;
        const Rule& whole = rules_[rule].rule;
        made_->policies[{organisation, rule}] = {settings.window.value_or(whole.window),
                                                 settings.threshold.value_or(whole.threshold)};
    }

    void suppress(const Suppression& suppression, const OrganisationBook& book, const CheckedRule& rule,
                  uint32_t index, OrganisationRules& standing) {
        std::vector<const FieldCatalogue*> sources;
        for (const EventType type : rule.event_types)
            sources.push_back(all_catalogues()[static_cast<size_t>(type)]);
        ParseResult parsed = parse_checked(with_own_lists(suppression.filter, book), sources, lists_);
        if (parsed.filter && !calls_inner_list(suppression.filter))
            standing.suppressions[index].push_back(std::move(*parsed.filter));
        else
            made_->problems.push_back(fmt::format("a suppression of rule '{}' is no filter any more: {}",
                                                  rule.rule.name, suppression.filter));
    }

    std::shared_ptr<RulesInForce> made_ = std::make_shared<RulesInForce>();
    std::vector<CheckedRule> rules_;
    NamedLists lists_;
    size_t shipped_count_ = 0;
};

}  // namespace

NamedLists lists_of(const ShippedRules& shipped, std::span<const Stored<NamedList>> own) {
    NamedLists lists = shipped.lists();
    for (const auto& one : own)
        lists.insert_or_assign(one.body.name, std::make_unique<const ValueList>(one.body.items));
    return lists;
}

std::set<std::string> lists_called(std::string_view filter) {
    std::set<std::string> names;
    const std::vector<Token> tokens = tokenize(filter);
    for (size_t i = 0; i + 1 < tokens.size(); i++) {
        if (tokens[i].kind == TokenKind::Symbol && tokens[i].text == "$") names.insert(tokens[i + 1].text);
    }
    return names;
}

std::string with_own_lists(std::string_view filter, const OrganisationBook& book) {
    std::string text;
    size_t copied = 0;
    const std::vector<Token> tokens = tokenize(filter);
    for (size_t i = 0; i + 1 < tokens.size(); i++) {
        if (tokens[i].kind != TokenKind::Symbol || tokens[i].text != "$") continue;
        const Token& word = tokens[i + 1];
        if (std::ranges::none_of(book.lists, [&](const auto& list) { return list.body.name == word.text; }))
            continue;
        text += filter.substr(copied, word.span.begin - copied);
        text += own_name(book.organisation, word.text);
        copied = word.span.end;
    }
    return text + std::string(filter.substr(copied));
}

std::shared_ptr<const RulesInForce> compile_rules(const RuleBook& book, const ShippedRules& shipped) {
    return Compiler().compile(book, shipped);
}

}  // namespace vigia
