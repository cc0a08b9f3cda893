#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "lang/ast.h"
#include "lang/value_list.h"
#include "model/value.h"

namespace re2 {
class RE2;
}

namespace vigia {

// A number as the language compares it: integers exact to 64 bits, all else as doubles.
struct Number {
    enum class Kind : uint8_t { Signed, Unsigned, Double };
    Kind kind = Kind::Signed;
    int64_t integer = 0;
    uint64_t natural = 0;  // when it is above INT64_MAX
    double real = 0;
};

// A number that the text spells in full, by JSON's grammar.
std::optional<Number> parse_number(std::string_view text);

// Less than, equal to, or greater than 0.
int compare(const Number& left, const Number& right);

// Why RE2 takes a pattern for no regular expression: a word for programs, and the part of the pattern.
struct PatternFault {
    std::string_view reason;
    std::string part;
};
std::optional<PatternFault> pattern_fault(std::string_view pattern);

// The right half of a condition, ready to be asked of one value at a time. All rules of coercion live here
// and nowhere else.
class ValuePredicate {
public:
    // A comparison with a literal. BadInput when a pattern is no regular expression that RE2 takes.
    static Result<ValuePredicate> make(ast::Function function, ast::Op op, const ast::Literal& literal);
    // Membership in a list, or for the text operators: any of its items. The list must outlive the test.
    static Result<ValuePredicate> make(ast::Function function, ast::Op op, const ValueList& list);
    // Holds of every value.
    static ValuePredicate exists();

    ValuePredicate(ValuePredicate&&) noexcept;
    ValuePredicate& operator=(ValuePredicate&&) noexcept;
    ~ValuePredicate();

    bool holds(const Value& value) const;

private:
    ValuePredicate() = default;
    bool compares(const Value& value, std::string_view text) const;
    bool compares_number(const Value& value, std::string_view text) const;
    bool compares_text(std::string_view text) const;
    bool holds_of_text(std::string_view text) const;

    ast::Function function_ = ast::Function::None;
    ast::Op op_ = ast::Op::Exists;
    ast::Literal::Kind literal_ = ast::Literal::Kind::String;
    std::string text_;
    Number number_;
    std::optional<Cidr> block_;
    std::optional<Time> time_;
    std::vector<std::unique_ptr<re2::RE2>> patterns_;
    const ValueList* list_ = nullptr;
};

// Whether two values of a path-to-path comparison stand in the relation `op`: as numbers when both are
// numbers, else by their texts.
bool holds_between(const Value& left, ast::Op op, const Value& right);

// Whole-value match with * (any run of characters) and ? (one character).
bool glob_matches(std::string_view pattern, std::string_view text);

}  // namespace vigia
