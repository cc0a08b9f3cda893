#include "lang/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/match.h"
#include "base/utf8.h"
#include "lang/tree_walker.h"
#include "model/quote.h"

namespace vigia {

namespace {

ExplainedValue shown(const Value& value) {
    size_t end = std::min(value.text.size(), explained_value_bytes_max);
    const bool cut = end < value.text.size();
    while (cut && end > 0 && continues_character(value.text[end])) end--;
    return {std::string(value.text.substr(0, end)), value.kind, cut};
}

ExplainedField shown(std::string field, const std::vector<Value>& values) {
    ExplainedField made{.field = std::move(field), .values = {}, .count = values.size()};
    for (size_t i = 0; i < values.size() && i < explained_values_max; i++)
        made.values.push_back(shown(values[i]));
    return made;
}

std::vector<ExplainedField> fields_of(const ast::Condition& condition, const TreeWalker& walker) {
    std::vector<ExplainedField> fields;
    std::vector<Value> found = walker.values(condition.left);
    const std::string count = fmt::to_string(found.size());
    if (condition.left.function == ast::Function::Count) found = {{count, ValueKind::Number}};
    fields.push_back(shown(ast::print(condition.left), found));
    for (const ast::Scalar& scalar : ast::scalars(condition)) {
        if (const auto* path = std::get_if<ast::Path>(&scalar))
            fields.push_back(shown(ast::print(scalar), walker.values(*path)));
    }
    return fields;
}

Truth truth_of(bool holds) { return holds ? Truth::True : Truth::False; }

Explanation explained(const ast::Filter& filter, const TreeWalker* walker);

// The element that decides: the first that any() and none() look for, or that all() is broken by.
size_t deciding(const ast::Quantified& quantified, const std::vector<const Json*>& elements,
                const TreeWalker& walker) {
    const bool looked_for = quantified.mode != ast::Mode::All;
    const auto at = std::ranges::find_if(elements, [&](const Json* json) {
        return walker.element(*json).holds(*quantified.child) == looked_for;
    });
    return at == elements.end() ? 0 : static_cast<size_t>(at - elements.begin());
}

void explain_elements(const ast::Quantified& quantified, const TreeWalker* walker, Explanation& made) {
    const auto elements = walker == nullptr ? std::vector<const Json*>() : walker->elements(quantified);
    made.elements = elements.size();
    if (elements.empty()) {
        made.children.push_back(explained(*quantified.child, nullptr));
        return;
    }
    made.element = deciding(quantified, elements, *walker);
    const TreeWalker inside = walker->element(*elements[*made.element]);
    made.children.push_back(explained(*quantified.child, &inside));
}

// Without a walker there is nothing to ask: all of it is undecided.
Explanation explained(const ast::Filter& filter, const TreeWalker* walker) {
    Explanation made{.part = &filter};
    if (walker != nullptr) made.verdict = truth_of(walker->holds(filter));
    const auto all = [&](const std::vector<ast::Filter>& children) {
        for (const ast::Filter& child : children) made.children.push_back(explained(child, walker));
    };
    std::visit(match{
                   [&](const ast::Condition& condition) {
                       if (walker != nullptr) made.fields = fields_of(condition, *walker);
                   },
                   [&](const ast::And& node) { all(node.children); },
                   [&](const ast::Or& node) { all(node.children); },
                   [&](const ast::Not& node) { made.children.push_back(explained(*node.child, walker)); },
                   [&](const ast::Quantified& node) { explain_elements(node, walker, made); },
               },
               filter.node);
    return made;
}

std::string print(const ExplainedField& field) {
    if (field.values.empty()) return "nothing";
    std::string text;
    for (const ExplainedValue& one : field.values) {
        const std::string value = one.text + (one.cut ? "…" : "");
        text += (text.empty() ? "" : ", ") + (one.kind == ValueKind::Text ? quote(value) : value);
    }
    const size_t more = field.count - field.values.size();
    return more == 0 ? text : fmt::format("{}, and {} more", text, more);
}

// What stands behind a part's verdict.
std::string line_of(const Explanation& one) {
    return std::visit(
        match{
            [&](const ast::Condition&) {
                std::string text = ast::print(*one.part);
                for (size_t i = 0; i < one.fields.size(); i++)
                    text += i == 0 ? fmt::format("   found {}", print(one.fields[i]))
                                   : fmt::format("; {} {}", one.fields[i].field, print(one.fields[i]));
                return text;
            },
            [&](const ast::Quantified& node) {
                const std::string over =
                    fmt::format("{} {}", ast::word(node.mode), vigia::print(node.path.segments));
                return one.element
                           ? fmt::format("{}   element {} of {}", over, *one.element + 1, one.elements)
                           : over + "   no element";
            },
            [&](const auto&) { return std::string(kind_of(*one.part)); },
        },
        one.part->node);
}

std::string_view word(Truth verdict) {
    switch (verdict) {
        case Truth::False:
            return "no ";
        case Truth::True:
            return "yes";
        case Truth::Undecided:
            return "-  ";
    }
    std::unreachable();
}

void print_into(const Explanation& one, size_t depth, std::string& text) {
    text += fmt::format("{} {}{}\n", word(one.verdict), std::string(depth * 2, ' '), line_of(one));
    for (const Explanation& child : one.children) print_into(child, depth + 1, text);
}

}  // namespace

Explanation explain(const ast::Filter& filter, const Json& record, const TreeContext& context) {
    const TreeWalker walker(record, context);
    return explained(filter, &walker);
}

std::string print(const Explanation& explanation) {
    std::string text;
    print_into(explanation, 0, text);
    return text;
}

std::string_view kind_of(const ast::Filter& part) {
    return std::visit(match{[](const ast::Condition&) -> std::string_view { return "condition"; },
                            [](const ast::And&) -> std::string_view { return "and"; },
                            [](const ast::Or&) -> std::string_view { return "or"; },
                            [](const ast::Not&) -> std::string_view { return "not"; },
                            [](const ast::Quantified& node) { return ast::word(node.mode); }},
                      part.node);
}

}  // namespace vigia
