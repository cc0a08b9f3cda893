#include "lang/ast.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/match.h"
#include "model/quote.h"

namespace vigia::ast {

namespace {

enum class Grouping { Least, Every };

std::string print(const Literal& literal) {
    switch (literal.kind) {
        case Literal::Kind::String:
            return quote(literal.text);
        case Literal::Kind::Number:
            return literal.text;
        case Literal::Kind::True:
            return "true";
        case Literal::Kind::False:
            return "false";
        case Literal::Kind::Null:
            return "null";
    }
    std::unreachable();
}

std::string print(const Condition& condition) {
    const std::string left = ast::print(condition.left);
    return std::visit(
        match{
            [&](std::monostate) { return condition.op == Op::Exists ? left + " exists" : left + " is null"; },
            [&](const Scalar& scalar) {
                return fmt::format("{} {} {}", left, word(condition.op), ast::print(scalar));
            },
            [&](const std::vector<Scalar>& list) {
                std::string items;
                for (const Scalar& item : list) items += (items.empty() ? "" : ", ") + ast::print(item);
                return fmt::format("{} {} ({})", left, word(condition.op), items);
            },
            [&](const ListName& list) {
                return fmt::format("{} {} ${}", left, word(condition.op), list.name);
            },
        },
        condition.right);
}

std::string print(const Filter& filter, Grouping grouping);

bool is_junction(const Filter& filter) {
    return std::holds_alternative<And>(filter.node) || std::holds_alternative<Or>(filter.node);
}

std::string join(const std::vector<Filter>& children, std::string_view between, Grouping grouping) {
    std::string text;
    for (const Filter& child : children) {
        if (!text.empty()) text += between;
        const std::string inner = print(child, grouping);
        // Every junction inside a junction is put in parentheses: never wrong, and what the eye wants.
        text += is_junction(child) && grouping == Grouping::Least ? "(" + inner + ")" : inner;
    }
    return grouping == Grouping::Every ? "(" + text + ")" : text;
}

std::string print(const Filter& filter, Grouping grouping) {
    return std::visit(match{
                          [&](const Condition& condition) { return print(condition); },
                          [&](const And& all) { return join(all.children, " and ", grouping); },
                          [&](const Or& any) { return join(any.children, " or ", grouping); },
                          [&](const Not& negation) {
                              const std::string inner = print(*negation.child, grouping);
                              return is_junction(*negation.child) && grouping == Grouping::Least
                                         ? "not (" + inner + ")"
                                         : "not " + inner;
                          },
                          [&](const Quantified& quantified) {
                              return fmt::format("{}({}, {})", word(quantified.mode),
                                                 vigia::print(quantified.path.segments),
                                                 print(*quantified.child, grouping));
                          },
                      },
                      filter.node);
}

}  // namespace

std::span<const Scalar> scalars(const Condition& condition) {
    if (const auto* one = std::get_if<Scalar>(&condition.right)) return {one, 1};
    if (const auto* many = std::get_if<std::vector<Scalar>>(&condition.right)) return *many;
    return {};
}

std::string print(const Operand& operand) {
    std::string path = vigia::print(operand.path.segments);
    if (operand.function == Function::None) return path;
    return fmt::format("{}({})", word(operand.function), path);
}

std::string print(const Scalar& scalar) {
    return std::visit(match{[](const Literal& literal) { return print(literal); },
                            [](const Path& path) { return vigia::print(path.segments); }},
                      scalar);
}

std::string print(const Filter& filter) { return print(filter, Grouping::Least); }
std::string print_grouped(const Filter& filter) { return print(filter, Grouping::Every); }

std::string_view word(Op op) {
    switch (op) {
        case Op::Eq:
            return "=";
        case Op::Ne:
            return "!=";
        case Op::Lt:
            return "<";
        case Op::Le:
            return "<=";
        case Op::Gt:
            return ">";
        case Op::Ge:
            return ">=";
        case Op::Like:
            return "like";
        case Op::Contains:
            return "contains";
        case Op::StartsWith:
            return "starts_with";
        case Op::EndsWith:
            return "ends_with";
        case Op::Glob:
            return "glob";
        case Op::Matches:
            return "matches";
        case Op::In:
            return "in";
        case Op::IsNull:
            return "is null";
        case Op::Exists:
            return "exists";
    }
    std::unreachable();
}

std::string_view word(Mode mode) {
    switch (mode) {
        case Mode::Any:
            return "any";
        case Mode::All:
            return "all";
        case Mode::None:
            return "none";
    }
    std::unreachable();
}

std::string_view word(Function function) {
    switch (function) {
        case Function::None:
            return "";
        case Function::Lower:
            return "lower";
        case Function::Length:
            return "length";
        case Function::Count:
            return "count";
        case Function::Text:
            return "text";
    }
    std::unreachable();
}

bool operator==(const Filter& left, const Filter& right) {
    if (left.node.index() != right.node.index()) return false;
    return std::visit(match{
                          [&](const Condition& one) { return one == std::get<Condition>(right.node); },
                          [&](const And& one) {
                              return std::ranges::equal(one.children, std::get<And>(right.node).children);
                          },
                          [&](const Or& one) {
                              return std::ranges::equal(one.children, std::get<Or>(right.node).children);
                          },
                          [&](const Not& one) { return *one.child == *std::get<Not>(right.node).child; },
                          [&](const Quantified& one) {
                              const auto& other = std::get<Quantified>(right.node);
                              return one.mode == other.mode && one.path == other.path &&
                                     *one.child == *other.child;
                          },
                      },
                      left.node);
}

Filter clone(const Filter& filter) {
    const auto clone_all = [](const std::vector<Filter>& children) {
        std::vector<Filter> copies;
        for (const Filter& child : children) copies.push_back(clone(child));
        return copies;
    };
    return std::visit(match{
                          [&](const Condition& one) { return Filter{one, filter.span}; },
                          [&](const And& one) { return Filter{And{clone_all(one.children)}, filter.span}; },
                          [&](const Or& one) { return Filter{Or{clone_all(one.children)}, filter.span}; },
                          [&](const Not& one) {
                              return Filter{Not{std::make_unique<Filter>(clone(*one.child))}, filter.span};
                          },
                          [&](const Quantified& one) {
                              return Filter{
                                  Quantified{one.mode, one.path, std::make_unique<Filter>(clone(*one.child))},
                                  filter.span};
                          },
                      },
                      filter.node);
}

}  // namespace vigia::ast
