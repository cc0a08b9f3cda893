#include "detect/rule_set.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/match.h"

namespace vigia {

namespace {

// Whether a condition asks only for what is known of the kind.
bool is_known(const ast::Condition& condition, const FieldCatalogue& catalogue) {
    const auto known = [&](const ast::Path& path) {
        if (path.segments.size() != 1) return false;
        const std::string& key = path.segments[0].key;
        return key == "event_type" || key == catalogue.source_path || key == catalogue.name_path;
    };
    if (condition.left.function == ast::Function::Text || !known(condition.left.path)) return false;
    const auto literal = [&](const ast::Scalar& scalar) {
        const auto* path = std::get_if<ast::Path>(&scalar);
        return path == nullptr || known(*path);
    };
    return std::visit(
        match{[](std::monostate) { return true; }, [&](const ast::Scalar& scalar) { return literal(scalar); },
              [&](const std::vector<ast::Scalar>& items) { return std::ranges::all_of(items, literal); },
              [](const ast::ListName&) { return true; }},
        condition.right);
}

class Folder {
public:
    Folder(std::string_view source, std::string_view name, const TreeContext& context) : context_(context) {
        record_.kind = Json::Kind::Object;
        add(context.catalogue.source_path, source);
        add(context.catalogue.name_path, name);
    }

    std::variant<bool, ast::Filter> fold(const ast::Filter& filter) const {
        return std::visit(
            match{
                [&](const ast::Condition& condition) -> std::variant<bool, ast::Filter> {
                    if (is_known(condition, context_.catalogue)) return holds(filter, record_, context_);
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
    void add(std::string_view key, std::string_view text) {
        if (text.empty()) return;
        Json value;
        value.kind = Json::Kind::Text;
        value.text = text;
        record_.members.push_back({key, std::move(value)});
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
    Json record_;
};

}  // namespace

std::variant<bool, ast::Filter> fold(const ast::Filter& filter, std::string_view source,
                                     std::string_view name, const TreeContext& context) {
    return Folder(source, name, context).fold(filter);
}

CheckedRuleResult check_rule(Rule rule, const Catalogues& catalogues, const NamedLists& lists) {
    CheckedRuleResult result;
    const FieldCatalogue& catalogue = *catalogues[static_cast<size_t>(rule.type)];
    bool good = true;
    const auto take = [&](const std::string& text, std::string part) {
        ParseResult parsed = parse_checked(text, catalogue, lists);
        for (Diagnostic& one : parsed.diagnostics) result.diagnostics.push_back({part, text, std::move(one)});
        good = good && parsed.filter;
        return std::move(parsed.filter);
    };
    auto filter = take(rule.filter, "filter");
    std::vector<ast::Filter> suppressions;
    for (size_t i = 0; i < rule.suppressions.size(); i++) {
        auto suppression = take(rule.suppressions[i], fmt::format("suppression {}", i + 1));
        if (suppression) suppressions.push_back(std::move(*suppression));
    }
    if (good) result.rule = CheckedRule{std::move(rule), std::move(*filter), std::move(suppressions)};
    return result;
}

RuleSet::RuleSet(std::vector<CheckedRule> rules, NamedLists lists, const Catalogues& catalogues)
    : rules_(std::move(rules)), lists_(std::move(lists)), catalogues_(catalogues) {}

std::vector<Hit> Detector::detect(const Event& event) {
    std::vector<Hit> hits;
    const TreeContext context{rules_->catalogue(event.type), rules_->lists(), &cache_};
    for (const Residual& residual : kind(event)) {
        if (residual.filter && !holds(*residual.filter, *event.record, context)) continue;
        const auto& suppressions = rules_->rules()[residual.rule].suppressions;
        const bool suppressed = std::ranges::any_of(
            suppressions, [&](const ast::Filter& one) { return holds(one, *event.record, context); });
        hits.push_back({residual.rule, suppressed ? Verdict::Suppressed : Verdict::Matched});
    }
    return hits;
}

const Detector::Kind& Detector::kind(const Event& event) {
    key_.assign(1, static_cast<char>('0' + static_cast<int>(event.type)));
    key_.append(1, event.plain_kind ? 'p' : 'o');
    key_.append(event.source).append(1, '\n').append(event.name);
    if (const auto known = kinds_.find(key_); known != kinds_.end()) return known->second;
    if (kinds_.size() >= kinds_max) {
        kinds_.clear();
        cache_ = {};
    }
    return kinds_.emplace(key_, fold(event)).first->second;
}

Detector::Kind Detector::fold(const Event& event) const {
    Kind kind;
    const TreeContext context{rules_->catalogue(event.type), rules_->lists()};
    const Folder folder(event.source, event.name, context);
    const auto rules = rules_->rules();
    for (uint32_t i = 0; i < rules.size(); i++) {
        if (!rules[i].rule.enabled || rules[i].rule.type != event.type) continue;
        if (!event.plain_kind) {
            kind.push_back({i, ast::clone(rules[i].filter)});
            continue;
        }
        auto folded = folder.fold(rules[i].filter);
        if (const bool* verdict = std::get_if<bool>(&folded)) {
            if (*verdict) kind.push_back({i, std::nullopt});
            continue;
        }
        kind.push_back({i, std::get<ast::Filter>(std::move(folded))});
    }
    return kind;
}

}  // namespace vigia
