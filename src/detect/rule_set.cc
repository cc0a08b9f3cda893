#include "detect/rule_set.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/match.h"
#include "lang/address.h"

namespace vigia {

namespace {

// Decides what only asks for what is known of an event: its type, and perhaps its source and its name.
class Folder {
public:
    explicit Folder(const TreeContext& context) : context_(context) { record_.kind = Json::Kind::Object; }

    Folder(std::string_view source, std::string_view name, const TreeContext& context) : Folder(context) {
        know(context.catalogue.source_path, source);
        know(context.catalogue.name_path, name);
    }

    std::variant<bool, ast::Filter> fold(const ast::Filter& filter) const {
        return std::visit(
            match{
                [&](const ast::Condition& condition) -> std::variant<bool, ast::Filter> {
                    if (is_known(condition)) return holds(filter, record_, context_);
                    return ast::clone(filter);
                },
                [&](const ast::And& all) { return junction<ast::And>(all.children, false, filter.span); },
                [&](const ast::Or& any) { return junction<ast::Or>(any.children, true, filter.span); },
                [&](const ast::Not& negation) -> std::variant<bool, ast::Filter> {
                    auto child = fold(*negation.child);
                    if (const bool* verdict = std::get_if<bool>(&child)) return !*verdict;
                    auto inside = std::make_unique<ast::Filter>(std::get<ast::Filter>(std::move(child)));
                    return ast::Filter{ast::Not{std::move(inside)}, filter.span};
                },
                [&](const ast::Quantified&) -> std::variant<bool, ast::Filter> { return ast::clone(filter); },
            },
            filter.node);
    }

private:
    // What stands under a key of the root; an empty text: nothing.
    void know(std::string_view key, std::string_view text) {
        if (key.empty()) return;
        known_.push_back(key);
        if (text.empty()) return;
        Json value;
        value.kind = Json::Kind::Text;
        value.text = text;
        record_.members.push_back({key, std::move(value)});
    }

    bool is_known(const ast::Path& path) const {
        if (path.segments.size() != 1) return false;
        const std::string& key = path.segments[0].key;
        return key == "event_type" || std::ranges::find(known_, key) != known_.end();
    }

    bool is_known(const ast::Condition& condition) const {
        if (condition.left.function == ast::Function::Text || !is_known(condition.left.path)) return false;
        return std::ranges::all_of(ast::scalars(condition), [&](const ast::Scalar& scalar) {
            const auto* path = std::get_if<ast::Path>(&scalar);
            return path == nullptr || is_known(*path);
        });
    }

    // `decisive` is the verdict of a child that decides the junction: false for and, true for or.
    template <typename Junction>
    std::variant<bool, ast::Filter> junction(const std::vector<ast::Filter>& children, bool decisive,
                                             Span span) const {
        std::vector<ast::Filter> left;
        for (const ast::Filter& child : children) {
            auto folded = fold(child);
            if (const bool* verdict = std::get_if<bool>(&folded)) {
                if (*verdict == decisive) return decisive;
                continue;
            }
            left.push_back(std::get<ast::Filter>(std::move(folded)));
        }
        if (left.empty()) return !decisive;
        if (left.size() == 1) return std::move(left[0]);
        return ast::Filter{Junction{std::move(left)}, span};
    }

    const TreeContext& context_;
    std::vector<std::string_view> known_;
    Json record_;
};

}  // namespace

std::variant<bool, ast::Filter> fold(const ast::Filter& filter, std::string_view source,
                                     std::string_view name, const TreeContext& context) {
    return Folder(source, name, context).fold(filter);
}

std::string print(const RuleDiagnostic& one) {
    return fmt::format("{}, {}: {}", one.part, print_place(one.text, one.diagnostic.span.begin),
                       one.diagnostic.message);
}

CheckedRuleResult check_rule(Rule rule, const Catalogues& catalogues, const NamedLists& lists) {
    const auto speaks_of = event_types_of(rule.type);
    return check_rule(std::move(rule), speaks_of, catalogues, lists);
}

CheckedRuleResult check_rule(Rule rule, std::span<const EventType> asked_of, const Catalogues& catalogues,
                             const NamedLists& lists) {
    CheckedRuleResult result;
    std::vector<const FieldCatalogue*> sources;
    for (const EventType type : asked_of) sources.push_back(catalogues[static_cast<size_t>(type)]);
    bool good = true;
    const auto take = [&](const std::string& text, const std::string& part) {
        ParseResult parsed = parse_checked(text, sources, lists);
        for (Diagnostic& one : parsed.diagnostics) result.diagnostics.push_back({part, text, std::move(one)});
        good = good && parsed.filter;
        return std::move(parsed.filter);
    };
    if (rule.aggregate_fields.size() > aggregate_fields_max) {
        result.diagnostics.push_back(
            {"aggregate_fields",
             "",
             {Diagnostic::Level::Error,
              {},
              fmt::format("more than {} fields", aggregate_fields_max),
              {"too_many_fields", {{"max", std::to_string(aggregate_fields_max)}}}}});
        good = false;
    }
    auto filter = take(rule.filter, "filter");
    std::vector<ast::Filter> suppressions;
    for (size_t i = 0; i < rule.suppressions.size(); i++) {
        auto suppression = take(rule.suppressions[i], fmt::format("suppression {}", i + 1));
        if (suppression) suppressions.push_back(std::move(*suppression));
    }
    if (!good) return result;
    TitleTemplate title(rule.title);
    std::vector<std::optional<ast::Path>> aggregates;
    for (const std::string& field : rule.aggregate_fields) aggregates.push_back(parse_field(field));
    result.rule = CheckedRule{std::move(rule),         asked_of,         std::move(*filter),
                              std::move(suppressions), std::move(title), std::move(aggregates)};
    return result;
}

namespace {

// The texts of which the field must have one for the filter to hold; nothing when the filter does not say.
std::optional<std::vector<std::string>> necessary_texts(const ast::Filter& filter, std::string_view field) {
    using Texts = std::optional<std::vector<std::string>>;
    const auto of_condition = [&](const ast::Condition& one) -> Texts {
        const auto& path = one.left.path.segments;
        if (one.left.function != ast::Function::None || path.size() != 1 || path[0].key != field)
            return std::nullopt;
        if (one.op != ast::Op::Eq && one.op != ast::Op::In) return std::nullopt;
        std::vector<std::string> texts;
        const auto take = [&](const ast::Scalar& scalar) {
            const auto* literal = std::get_if<ast::Literal>(&scalar);
            // A block of addresses equals other texts than its own.
            if (literal == nullptr || literal->kind != ast::Literal::Kind::String ||
                parse_cidr(literal->text))
                return false;
            texts.push_back(literal->text);
            return true;
        };
        const auto items = ast::scalars(one);
        const bool all = !items.empty() && std::ranges::all_of(items, take);
        return all ? Texts{std::move(texts)} : std::nullopt;
    };
    return std::visit(match{
                          [&](const ast::Condition& one) { return of_condition(one); },
                          [&](const ast::And& all) {
                              Texts best;
                              for (const ast::Filter& child : all.children) {
                                  Texts found = necessary_texts(child, field);
                                  if (found && (!best || found->size() < best->size()))
                                      best = std::move(found);
                              }
                              return best;
                          },
                          [&](const ast::Or& any) {
                              Texts together{std::in_place};
                              for (const ast::Filter& child : any.children) {
                                  const Texts found = necessary_texts(child, field);
                                  if (!found) return Texts{};
                                  together->insert(together->end(), found->begin(), found->end());
                              }
                              return together;
                          },
                          [](const ast::Not&) { return Texts{}; },
                          [](const ast::Quantified&) { return Texts{}; },
                      },
                      filter.node);
}

}  // namespace

void RulesByKind::add(uint32_t rule, const ast::Filter& filter, const FieldCatalogue& catalogue) {
    all_.push_back(rule);
    const auto file = [&](Rules& rules, const std::vector<std::string>& texts) {
        for (const std::string& text : texts) {
            std::vector<uint32_t>& of_text = rules[text];
            if (of_text.empty() || of_text.back() != rule) of_text.push_back(rule);
        }
    };
    if (const auto names = necessary_texts(filter, catalogue.name_path))
        file(by_name_, *names);
    else if (const auto sources = necessary_texts(filter, catalogue.source_path))
        file(by_source_, *sources);
    else
        others_.push_back(rule);
}

std::vector<uint32_t> RulesByKind::of(std::string_view source, std::string_view name) const {
    std::vector<uint32_t> rules = others_;
    const auto take = [&](const Rules& from, std::string_view text) {
        if (const auto at = from.find(text); at != from.end())
            rules.insert(rules.end(), at->second.begin(), at->second.end());
    };
    take(by_name_, name);
    take(by_source_, source);
    std::ranges::sort(rules);
    return rules;
}

OrganisationRules as_written(std::span<const CheckedRule> rules) {
    OrganisationRules written;
    for (const CheckedRule& one : rules) written.enabled.push_back(one.rule.enabled);
    return written;
}

RuleSet::RuleSet(std::vector<CheckedRule> rules, NamedLists lists, const Catalogues& catalogues,
                 std::vector<OrganisationRules> organisations)
    : rules_(std::move(rules)),
      lists_(std::move(lists)),
      catalogues_(catalogues),
      organisations_(std::move(organisations)) {
    if (organisations_.empty()) organisations_.push_back(as_written(rules_));
    for (size_t type = 0; type < event_types; type++)
        compiled_[type] = std::make_unique<Compiled>(ProgramTables(*catalogues_[type], lists_));
    for (uint32_t i = 0; i < rules_.size(); i++) {
        if (std::ranges::none_of(organisations_, [&](const auto& one) { return one.enabled[i]; })) continue;
        for (const EventType type : rules_[i].event_types) compile(i, type);
    }
    for (const auto& compiled : compiled_) {
        const ProgramTables& tables = compiled->tables;
        std::vector<std::vector<uint32_t>> of_operand(tables.operands().size());
        for (uint32_t i = 0; i < tables.predicates().size(); i++)
            of_operand[tables.predicates()[i].operand].push_back(i);
        for (uint32_t i = 0; i < of_operand.size(); i++)
            compiled->indexes.emplace_back(tables, i, of_operand[i]);
    }
}

RuleSet::~RuleSet() = default;

void RuleSet::compile(uint32_t rule, EventType type) {
    const CheckedRule& one = rules_[rule];
    // What asks for another event_type is not asked at all.
    const TreeContext context{catalogue(type), lists_};
    const auto folded = Folder(context).fold(one.filter);
    if (const bool* verdict = std::get_if<bool>(&folded); verdict != nullptr && !*verdict) return;
    Compiled& compiled = *compiled_[static_cast<size_t>(type)];
    compiled.tables.compile(one.filter);
    const auto all = [&](const std::vector<ast::Filter>& filters, std::vector<Program>& programs) {
        for (const ast::Filter& filter : filters) programs.push_back(compiled.tables.compile(filter));
    };
    compiled.consequences.resize(rule + 1);
    Compiled::Consequences& consequences = compiled.consequences.back();
    all(one.suppressions, consequences.suppressions);
    for (uint32_t i = 0; i < organisations_.size(); i++) {
        const auto own = organisations_[i].suppressions.find(rule);
        if (own != organisations_[i].suppressions.end())
            all(own->second, compiled.own_suppressions[{rule, i}]);
    }
    compiled.by_kind.add(rule, one.filter, catalogue(type));
    const auto show = [&](const std::optional<ast::Path>& path) {
        consequences.shown.push_back(path ? compiled.tables.add({ast::Function::None, *path}) : none);
    };
    for (const auto& path : one.title.fields()) show(path);
    for (const auto& path : one.aggregates) show(path);
}

int RuleSet::severity(uint32_t organisation, uint32_t rule) const {
    const auto own = organisations_[organisation].severities.find(rule);
    return own == organisations_[organisation].severities.end() ? rules_[rule].rule.severity : own->second;
}

void RuleSet::mark_consequences(EventType type, uint32_t rule, std::vector<bool>& operands) const {
    const Compiled& of_type = compiled(type);
    const auto mark = [&](const std::vector<Program>& programs) {
        for (const Program& one : programs) of_type.tables.take_operands(one, operands);
    };
    mark(of_type.consequences[rule].suppressions);
    for (auto own = of_type.own_suppressions.lower_bound({rule, 0});
         own != of_type.own_suppressions.end() && own->first.first == rule; ++own)
        mark(own->second);
    for (const uint32_t operand : of_type.consequences[rule].shown) {
        if (operand != none) operands[operand] = true;
    }
}

}  // namespace vigia
