#include "lang/value_predicate.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/assert.h"
#include "base/utf8.h"
#include "lang/case_fold.h"

namespace vigia {

namespace {

using ast::Function;
using ast::Op;

constexpr size_t pattern_memory_max = 1 << 20;  // bytes that RE2 may use for one pattern

bool in_order(int order, Op op) {
    switch (op) {
        case Op::Eq:
            return order == 0;
        case Op::Ne:
            return order != 0;
        case Op::Lt:
            return order < 0;
        case Op::Le:
            return order <= 0;
        case Op::Gt:
            return order > 0;
        case Op::Ge:
            return order >= 0;
        case Op::Like:
        case Op::Contains:
        case Op::StartsWith:
        case Op::EndsWith:
        case Op::Glob:
        case Op::Matches:
        case Op::In:
        case Op::IsNull:
        case Op::Exists:
            return false;
    }
    std::unreachable();
}

// JSON's grammar of numbers, so that "0x10", "1e", " 5" and "" spell none.
bool spells_number(std::string_view text) {
    size_t at = 0;
    const auto digits = [&] {
        const size_t begin = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') at++;
        return at > begin;
    };
    if (at < text.size() && text[at] == '-') at++;
    if (!digits()) return false;
    if (at < text.size() && text[at] == '.' && (at++, !digits())) return false;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        at++;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) at++;
        if (!digits()) return false;
    }
    return at == text.size();
}

double as_double(const Number& number) {
    switch (number.kind) {
        case Number::Kind::Signed:
            return static_cast<double>(number.integer);
        case Number::Kind::Unsigned:
            return static_cast<double>(number.natural);
        case Number::Kind::Double:
            return number.real;
    }
    std::unreachable();
}

template <typename T>
int order(const T& left, const T& right) {
    return left < right ? -1 : (right < left ? 1 : 0);
}

std::unique_ptr<re2::RE2> make_pattern(std::string_view pattern) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(pattern_memory_max);
    return std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
}

std::string_view name(re2::RE2::ErrorCode code) {
    switch (code) {
        case re2::RE2::NoError:
        case re2::RE2::ErrorInternal:
            return "internal";
        case re2::RE2::ErrorBadEscape:
            return "bad_escape";
        case re2::RE2::ErrorBadCharClass:
            return "bad_class";
        case re2::RE2::ErrorBadCharRange:
            return "bad_range";
        case re2::RE2::ErrorMissingBracket:
            return "missing_bracket";
        case re2::RE2::ErrorMissingParen:
            return "missing_parenthesis";
        case re2::RE2::ErrorUnexpectedParen:
            return "unexpected_parenthesis";
        case re2::RE2::ErrorTrailingBackslash:
            return "trailing_backslash";
        case re2::RE2::ErrorRepeatArgument:
            return "nothing_to_repeat";
        case re2::RE2::ErrorRepeatSize:
            return "bad_repetition_count";
        case re2::RE2::ErrorRepeatOp:
            return "bad_repetition";
        case re2::RE2::ErrorBadPerlOp:
            return "unsupported_group";
        case re2::RE2::ErrorBadUTF8:
            return "no_utf8";
        case re2::RE2::ErrorBadNamedCapture:
            return "bad_group_name";
        case re2::RE2::ErrorPatternTooLarge:
            return "too_large";
    }
    std::unreachable();
}

Result<std::unique_ptr<re2::RE2>> compile_pattern(std::string_view pattern) {
    auto compiled = make_pattern(pattern);
    if (!compiled->ok())
        return error(ErrorKind::BadInput, fmt::format("not a regular expression: {}", compiled->error()));
    return compiled;
}

bool text_holds(Op op, std::string_view text, std::string_view item) {
    switch (op) {
        case Op::Like:
        case Op::Contains:
            return text.find(item) != std::string_view::npos;
        case Op::StartsWith:
            return text.starts_with(item);
        case Op::EndsWith:
            return text.ends_with(item);
        case Op::Glob:
            return glob_matches(item, text);
        case Op::Eq:
        case Op::Ne:
        case Op::Lt:
        case Op::Le:
        case Op::Gt:
        case Op::Ge:
        case Op::Matches:
        case Op::In:
        case Op::IsNull:
        case Op::Exists:
            return false;
    }
    std::unreachable();
}

}  // namespace

std::optional<Number> parse_number(std::string_view text) {
    if (!spells_number(text)) return std::nullopt;
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    Number number;
    if (std::from_chars(begin, end, number.integer).ptr == end) {
        if (std::from_chars(begin, end, number.integer).ec == std::errc()) return number;
        number.kind = Number::Kind::Unsigned;
        const auto [stop, failure] = std::from_chars(begin, end, number.natural);
        if (failure == std::errc() && stop == end) return number;
    }
    number.kind = Number::Kind::Double;
    const auto [stop, failure] = std::from_chars(begin, end, number.real);
    if (failure == std::errc::result_out_of_range) return std::nullopt;
    return number;
}

int compare(const Number& left, const Number& right) {
    using Kind = Number::Kind;
    if (left.kind == Kind::Double || right.kind == Kind::Double)
        return order(as_double(left), as_double(right));
    if (left.kind != right.kind)
        return left.kind == Kind::Unsigned ? 1 : -1;  // unsigned ones are above every signed one
    return left.kind == Kind::Signed ? order(left.integer, right.integer)
                                     : order(left.natural, right.natural);
}

Result<ValuePredicate> ValuePredicate::make(Function function, Op op, const ast::Literal& literal) {
    ValuePredicate test;
    test.function_ = function;
    test.op_ = op == Op::In ? Op::Eq : op;
    test.literal_ = literal.kind;
    test.text_ = function == Function::Lower && op != Op::Matches ? fold_case(literal.text) : literal.text;
    if (literal.kind == ast::Literal::Kind::Number) {
        const auto number = parse_number(literal.text);
        if (!number)
            return error(ErrorKind::BadInput,
                         fmt::format("{} is beyond what a number can hold", literal.text));
        test.number_ = *number;
    }
    if (literal.kind == ast::Literal::Kind::String) {
        test.block_ = parse_cidr(literal.text);
        test.time_ = parse_rfc3339(literal.text);
    }
    if (op == Op::Matches) test.patterns_.push_back(TRY(compile_pattern(literal.text)));
    return test;
}

Result<ValuePredicate> ValuePredicate::make(Function function, Op op, const ValueList& list) {
    ValuePredicate test;
    test.function_ = function;
    test.op_ = op;
    test.list_ = &list;
    if (op == Op::Matches) {
        for (const std::string& item : list.items()) test.patterns_.push_back(TRY(compile_pattern(item)));
    }
    return test;
}

std::optional<PatternFault> pattern_fault(std::string_view pattern) {
    const auto compiled = make_pattern(pattern);
    if (compiled->ok()) return std::nullopt;
    return PatternFault{name(compiled->error_code()), compiled->error_arg()};
}

ValuePredicate ValuePredicate::exists() { return {}; }

ValuePredicate::ValuePredicate(ValuePredicate&&) noexcept = default;
ValuePredicate& ValuePredicate::operator=(ValuePredicate&&) noexcept = default;
ValuePredicate::~ValuePredicate() = default;

bool ValuePredicate::holds(const Value& value) const {
    if (op_ == Op::Exists) return true;
    switch (function_) {
        case Function::None:
        case Function::Count:  // the caller has counted; the value is the number
        case Function::Text:
            return compares(value, value.text);
        case Function::Lower:
            if (value.kind == ValueKind::Object) return false;
            return compares(value, fold_case(value.text));
        case Function::Length: {
            if (value.kind == ValueKind::Object) return false;
            const std::string length = fmt::to_string(characters(value.text));
            return compares({length, ValueKind::Number}, length);
        }
    }
    std::unreachable();
}

bool ValuePredicate::compares(const Value& value, std::string_view text) const {
    if (value.kind == ValueKind::Object) return false;
    if (list_ != nullptr || literal_ == ast::Literal::Kind::String) return compares_text(text);
    if (literal_ == ast::Literal::Kind::Number) return compares_number(value, text);
    if (op_ != Op::Eq) return false;
    return text == (literal_ == ast::Literal::Kind::True ? "true" : "false");
}

bool ValuePredicate::compares_number(const Value& value, std::string_view text) const {
    if (value.kind != ValueKind::Number && value.kind != ValueKind::Text) return false;
    const auto number = parse_number(text);
    return number && in_order(compare(*number, number_), op_);
}

bool ValuePredicate::compares_text(std::string_view text) const {
    if (op_ == Op::In) {
        VIGIA_ASSERT(list_ != nullptr);
        return list_->contains(text);
    }
    if (op_ == Op::Matches) {
        return std::ranges::any_of(patterns_, [&](const auto& pattern) {
            return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *pattern);
        });
    }
    if (list_ != nullptr) {
        return std::ranges::any_of(list_->items(), [&](const std::string& item) {
            return text_holds(op_, text, function_ == Function::Lower ? fold_case(item) : item);
        });
    }
    return holds_of_text(text);
}

bool ValuePredicate::holds_of_text(std::string_view text) const {
    if (op_ == Op::Eq) {
        if (text == text_) return true;
        if (!block_) return false;
        const auto address = parse_address(text);
        return address && block_->contains(*address);
    }
    if (op_ == Op::Lt || op_ == Op::Le || op_ == Op::Gt || op_ == Op::Ge) {
        if (time_) {
            if (const auto time = parse_rfc3339(text)) return in_order(order(*time, *time_), op_);
        }
        return in_order(order(text, std::string_view(text_)), op_);
    }
    return text_holds(op_, text, text_);
}

bool holds_between(const Value& left, Op op, const Value& right) {
    if (left.kind == ValueKind::Object || right.kind == ValueKind::Object) return false;
    if (left.kind == ValueKind::Number && right.kind == ValueKind::Number) {
        const auto one = parse_number(left.text), other = parse_number(right.text);
        if (one && other) return in_order(compare(*one, *other), op);
    }
    const auto one = parse_rfc3339(left.text), other = parse_rfc3339(right.text);
    if (one && other && op != Op::Eq) return in_order(order(*one, *other), op);
    return in_order(order(left.text, right.text), op);
}

bool glob_matches(std::string_view pattern, std::string_view text) {
    size_t p = 0, t = 0;
    size_t star = std::string_view::npos, star_text = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            star_text = t;
        } else if (p < pattern.size() && pattern[p] == '?') {
            p++;
            t = next_character(text, t);
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            p++;
            t++;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++star_text;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') p++;
    return p == pattern.size();
}

}  // namespace vigia
