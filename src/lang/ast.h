#pragma once

#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "lang/token.h"
#include "model/path.h"

// The tree of a filter. Plain values; print() gives text that parses back to the same tree.
namespace vigia::ast {

enum class Function : uint8_t { None, Lower, Length, Count, Text };
enum class Op : uint8_t {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Like,
    Contains,
    StartsWith,
    EndsWith,
    Glob,
    Matches,
    In,
    IsNull,
    Exists
};
enum class Mode : uint8_t { Any, All, None };

struct Path {
    FieldPath segments;
    Span span;
    bool operator==(const Path& other) const { return segments == other.segments; }
};

struct Operand {
    Function function = Function::None;
    Path path;
    bool operator==(const Operand&) const = default;
};

// A number keeps its own spelling, so that integers stay exact.
struct Literal {
    enum class Kind : uint8_t { String, Number, True, False, Null };
    Kind kind = Kind::String;
    std::string text;
    Span span;
    bool operator==(const Literal& other) const { return kind == other.kind && text == other.text; }
};

using Scalar = std::variant<Literal, Path>;

// `$name`: a list that stands outside the filter.
struct ListName {
    std::string name;
    Span span;
    bool operator==(const ListName& other) const { return name == other.name; }
};

struct Condition {
    Operand left;
    Op op = Op::Eq;
    std::variant<std::monostate, Scalar, std::vector<Scalar>, ListName> right;
    bool operator==(const Condition&) const = default;
};

struct Filter;
using Child = std::unique_ptr<Filter>;

struct And {
    std::vector<Filter> children;
};
struct Or {
    std::vector<Filter> children;
};
struct Not {
    Child child;
};
struct Quantified {
    Mode mode = Mode::Any;
    Path path;
    Child child;
};

struct Filter {
    std::variant<Condition, And, Or, Not, Quantified> node;
    Span span;
};

bool operator==(const Filter& left, const Filter& right);

// What stands right of the operator, one or many; nothing for a list's name, and where nothing stands.
std::span<const Scalar> scalars(const Condition& condition);

std::string print(const Filter& filter);
std::string print(const Operand& operand);
std::string print(const Scalar& scalar);
// The condition, quantifier or whole filter on one line with every parenthesis, to see how it was understood.
std::string print_grouped(const Filter& filter);

std::string_view word(Op op);
std::string_view word(Mode mode);
std::string_view word(Function function);

Filter clone(const Filter& filter);

}  // namespace vigia::ast
