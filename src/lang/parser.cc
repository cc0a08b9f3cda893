#include "lang/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/utf8.h"
#include "lang/nearest.h"

namespace vigia {

namespace {

using ast::Filter;
using ast::Function;
using ast::Mode;
using ast::Op;

struct Spelling {
    std::string_view text;
    Op op;
};
constexpr auto compares = std::to_array<Spelling>({{"=", Op::Eq},
                                                   {"==", Op::Eq},
                                                   {"!=", Op::Ne},
                                                   {"<", Op::Lt},
                                                   {"<=", Op::Le},
                                                   {">", Op::Gt},
                                                   {">=", Op::Ge}});
constexpr auto text_operators = std::to_array<Spelling>({{"like", Op::Like},
                                                         {"contains", Op::Contains},
                                                         {"starts_with", Op::StartsWith},
                                                         {"ends_with", Op::EndsWith},
                                                         {"glob", Op::Glob},
                                                         {"matches", Op::Matches}});
constexpr auto operator_words = std::to_array<std::string_view>(
    {"like", "contains", "starts_with", "ends_with", "glob", "matches", "in", "is", "exists", "not"});
constexpr auto functions = std::to_array<std::pair<std::string_view, Function>>({{"lower", Function::Lower},
                                                                                 {"length", Function::Length},
                                                                                 {"count", Function::Count},
                                                                                 {"text", Function::Text}});
constexpr auto modes = std::to_array<std::pair<std::string_view, Mode>>(
    {{"any", Mode::Any}, {"all", Mode::All}, {"none", Mode::None}});

bool same_word(std::string_view word, std::string_view keyword) {
    return std::ranges::equal(word, keyword,
                              [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

constexpr size_t found_bytes_max = 40;     // of a token that a message shows
constexpr size_t meaning_bytes_max = 200;  // of a filter that a message shows

Params most(size_t max) { return {{"max", std::to_string(max)}}; }

// A node whose children and parentheses say whether it was grouped by hand.
struct Parsed {
    Filter filter;
    bool grouped = false;
};

class Parser {
public:
    explicit Parser(std::string_view text) : tokens_(tokenize(text)) {}

    ParseResult run() {
        // What is no token is reported once, here; the parser then takes it as a value and goes on.
        for (const Token& token : tokens_) {
            if (token.kind == TokenKind::Bad) error(token.span, token.finding, token.text);
        }
        if (peek().kind == TokenKind::End) {
            error(peek().span, {"empty", {}},
                  "expected a condition, such as eventName = \"PutImage\"; the filter is empty");
            return {std::nullopt, std::move(diagnostics_)};
        }
        std::optional<Parsed> parsed = parse_or();
        while (peek().kind != TokenKind::End) {
            if (!failing_) unexpected_rest();
            synchronise();
            if (peek().kind != TokenKind::End) {
                next();
                failing_ = false;
                if (peek().kind != TokenKind::End) parse_or();
            }
        }
        if (has_error(diagnostics_) || !parsed) return {std::nullopt, sorted()};
        return {std::move(parsed->filter), sorted()};
    }

private:
    std::vector<Diagnostic> sorted() {
        std::ranges::stable_sort(diagnostics_, {}, [](const Diagnostic& one) { return one.span.begin; });
        return std::move(diagnostics_);
    }

    const Token& peek(size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
    const Token& next() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }

    bool at_symbol(std::string_view symbol, size_t ahead = 0) const {
        return peek(ahead).kind == TokenKind::Symbol && peek(ahead).text == symbol;
    }
    bool at_word(std::string_view keyword, size_t ahead = 0) const {
        return peek(ahead).kind == TokenKind::Word && same_word(peek(ahead).text, keyword);
    }
    bool at_and() const { return at_word("and") || at_word("e") || at_symbol("&&"); }
    bool at_or() const { return at_word("or") || at_word("ou") || at_symbol("||"); }

    static std::string describe(const Token& token) {
        switch (token.kind) {
            case TokenKind::End:
                return "the end of the filter";
            case TokenKind::String:
                return fmt::format("the string \"{}\"", beginning(token.text));
            case TokenKind::Bad:
                return "text that is no part of the language";
            case TokenKind::Word:
            case TokenKind::Number:
            case TokenKind::Symbol:
                return fmt::format("'{}'", beginning(token.text));
        }
        std::unreachable();
    }

    // As much of a token as a message shows.
    static std::string_view beginning(std::string_view text) {
        size_t end = std::min<size_t>(text.size(), found_bytes_max);
        while (end > 0 && end < text.size() && continues_character(text[end])) end--;
        return text.substr(0, end);
    }

    void error(Span span, Finding finding, std::string message) {
        if (!stopped_)
            diagnostics_.push_back({Diagnostic::Level::Error, span, std::move(message), std::move(finding)});
    }

    // Reports at the next token; until the parser has found its feet again, what follows from the first error
    // is not reported.
    std::nullopt_t expected(std::string_view code, std::string_view what, Params params = {}) {
        if (!failing_ && peek().kind != TokenKind::Bad) {
            params.push_back({"kind", std::string(name(peek().kind))});
            params.push_back({"found", std::string(beginning(peek().text))});
            error(peek().span, {code, std::move(params)},
                  fmt::format("expected {}, found {}", what, describe(peek())));
        }
        failing_ = true;
        return std::nullopt;
    }

    void unexpected_rest() {
        if (at_symbol(")"))
            error(peek().span, {"unopened_parenthesis", {}}, "this ')' closes nothing");
        else
            expected("expected_junction_or_end", "'and', 'or' or the end of the filter");
        failing_ = true;
    }

    // Skips to where a condition can end: and, or, or a parenthesis that closes one that stood open before.
    void synchronise() {
        size_t open = 0;
        while (peek().kind != TokenKind::End) {
            if (open == 0 && (at_and() || at_or() || at_symbol(")"))) return;
            if (at_symbol("(")) open++;
            if (at_symbol(")")) open--;
            next();
        }
    }

    // After a failed operand of and/or: the rest of the filter is looked at, too.
    void recover() {
        synchronise();
        failing_ = false;
    }

    template <typename Junction>
    std::optional<Parsed> join(std::vector<Parsed> parts, Span span) {
        if (parts.size() == 1) return std::move(parts[0]);
        std::vector<Filter> children;
        for (Parsed& part : parts) children.push_back(std::move(part.filter));
        return Parsed{Filter{Junction{std::move(children)}, span}, false};
    }

    std::optional<Parsed> parse_or() {
        const uint32_t begin = peek().span.begin;
        std::vector<Parsed> parts;
        bool whole = true;
        do {
            auto part = parse_and();
            if (part) parts.push_back(std::move(*part));
            whole = whole && part;
        } while (at_or() && (next(), true));
        if (!whole) return std::nullopt;
        const Span span{begin, previous_end()};
        if (parts.size() > 1) hint_mixed(parts, span);
        return join<ast::Or>(std::move(parts), span);
    }

    void hint_mixed(const std::vector<Parsed>& parts, Span span) {
        const bool mixed = std::ranges::any_of(parts, [](const Parsed& part) {
            return !part.grouped && std::holds_alternative<ast::And>(part.filter.node);
        });
        if (!mixed) return;
        std::string groups;
        for (const Parsed& part : parts) {
            groups += groups.empty() ? "" : " or ";
            groups += std::holds_alternative<ast::And>(part.filter.node) ? "(" + ast::print(part.filter) + ")"
                                                                         : ast::print(part.filter);
        }
        if (groups.size() > meaning_bytes_max) {
            size_t end = meaning_bytes_max;
            while (continues_character(groups[end])) end--;
            groups = groups.substr(0, end) + "…";
        }
        diagnostics_.push_back(
            {Diagnostic::Level::Hint,
             span,
             fmt::format("'and' binds tighter than 'or'; this means {}: parentheses would say so", groups),
             {"mixed_junctions", {{"meaning", groups}}}});
    }

    std::optional<Parsed> parse_and() {
        const uint32_t begin = peek().span.begin;
        std::vector<Parsed> parts;
        bool whole = true;
        do {
            auto part = parse_unary();
            if (part)
                parts.push_back(std::move(*part));
            else
                recover();
            whole = whole && part;
        } while (at_and() && (next(), true));
        if (!whole) return std::nullopt;
        return join<ast::And>(std::move(parts), {begin, previous_end()});
    }

    uint32_t previous_end() const { return at_ == 0 ? 0 : tokens_[at_ - 1].span.end; }

    bool at_not() const {
        if (at_symbol("!") || at_word("not")) return true;
        // A field may be called nao; it then stands before an operator.
        return at_word("nao") && !at_operator(1);
    }

    bool at_operator(size_t ahead) const {
        for (const Spelling& compare : compares) {
            if (at_symbol(compare.text, ahead)) return true;
        }
        return at_symbol(".", ahead) || std::ranges::any_of(operator_words, [&](std::string_view word) {
                   return at_word(word, ahead);
               });
    }

    std::optional<Parsed> parse_unary() {
        if (!at_not()) return parse_primary();
        const uint32_t begin = next().span.begin;
        if (!deeper()) return std::nullopt;
        auto child = parse_unary();
        depth_--;
        if (!child) return std::nullopt;
        return Parsed{negation(std::move(child->filter), begin), true};
    }

    Filter negation(Filter child, uint32_t begin) const {
        return Filter{ast::Not{std::make_unique<Filter>(std::move(child))}, {begin, previous_end()}};
    }

    bool deeper() {
        if (++depth_ <= filter_depth_max) return true;
        error(peek().span, {"too_deep", most(filter_depth_max)},
              fmt::format("the filter is nested deeper than {}", filter_depth_max));
        failing_ = stopped_ = true;
        depth_--;
        at_ = tokens_.size() - 1;
        return false;
    }

    std::optional<Parsed> parse_primary() {
        if (at_symbol("(")) return parse_group();
        for (const auto& [word, mode] : modes) {
            if (at_word(word) && at_symbol("(", 1)) return parse_quantified(mode);
        }
        return parse_condition();
    }

    std::optional<Parsed> parse_group() {
        const Span open = next().span;
        if (!deeper()) return std::nullopt;
        auto inside = parse_or();
        depth_--;
        if (failing_) return std::nullopt;
        if (!close(open)) return std::nullopt;
        if (!inside) return std::nullopt;
        inside->grouped = true;
        return inside;
    }

    bool close(Span open) {
        if (at_symbol(")")) {
            next();
            return true;
        }
        if (peek().kind == TokenKind::End && !failing_) {
            error(open, {"unclosed_parenthesis", {}}, "this '(' is never closed");
            failing_ = true;
        } else {
            expected("expected_junction_or_close", "'and', 'or' or ')'");
        }
        return false;
    }

    std::optional<Parsed> parse_quantified(Mode mode) {
        const uint32_t begin = next().span.begin;
        const Span open = next().span;
        if (!deeper()) return std::nullopt;
        auto path = parse_path();
        if (!path || !take(",", "expected_element_conditions", "',' and the conditions for one element")) {
            depth_--;
            return std::nullopt;
        }
        auto inside = parse_or();
        depth_--;
        if (!inside || !close(open)) return std::nullopt;
        ast::Quantified quantified{mode, std::move(*path),
                                   std::make_unique<Filter>(std::move(inside->filter))};
        return Parsed{Filter{std::move(quantified), {begin, previous_end()}}, true};
    }

    bool take(std::string_view symbol, std::string_view code, std::string_view what) {
        if (at_symbol(symbol)) {
            next();
            return true;
        }
        expected(code, what);
        return false;
    }

    std::optional<Parsed> parse_condition() {
        const uint32_t begin = peek().span.begin;
        if (++conditions_ == filter_conditions_max + 1) {
            error(peek().span, {"too_many_conditions", most(filter_conditions_max)},
                  fmt::format("the filter has more than {} conditions", filter_conditions_max));
        }
        auto left = parse_operand();
        if (!left) return std::nullopt;
        const bool negated = at_word("not") && !at_symbol("(", 1);
        if (negated) next();
        auto condition = parse_right(std::move(*left), negated);
        if (!condition) return std::nullopt;
        Filter filter{std::move(*condition), {begin, previous_end()}};
        // `is not null` negates at its own place.
        const bool negate = negated || is_not_;
        is_not_ = false;
        if (!negate) return Parsed{std::move(filter), true};
        return Parsed{negation(std::move(filter), begin), true};
    }

    std::optional<ast::Operand> parse_operand() {
        for (const auto& [word, function] : functions) {
            if (!at_word(word) || !at_symbol("(", 1)) continue;
            next();
            next();
            ast::Operand operand{function, {}};
            if (function != Function::Text || !at_symbol(")")) {
                auto path = parse_path();
                if (!path) return std::nullopt;
                operand.path = std::move(*path);
            }
            if (!take(")", "expected_close", "')'")) return std::nullopt;
            return operand;
        }
        auto path = parse_path();
        if (!path) return std::nullopt;
        return ast::Operand{Function::None, std::move(*path)};
    }

    std::optional<ast::Path> parse_path() {
        if (peek().kind != TokenKind::Word) return expected("expected_field", "a field");
        ast::Path path;
        path.span = peek().span;
        path.segments.push_back({Segment::Kind::Key, next().text, 0});
        while (at_symbol(".") || at_symbol("[")) {
            const bool dot = next().text == ".";
            auto segment = dot ? parse_key() : parse_index();
            if (!segment) return std::nullopt;
            path.segments.push_back(std::move(*segment));
        }
        path.span.end = previous_end();
        if (path.segments.size() > path_segments_max) {
            error(path.span, {"too_many_segments", most(path_segments_max)},
                  fmt::format("the path has more than {} parts", path_segments_max));
        }
        return path;
    }

    std::optional<Segment> parse_key() {
        if (peek().kind != TokenKind::Word && peek().kind != TokenKind::String) {
            return expected("expected_key",
                            "a key; one that begins with a digit or holds a dot is written in quotes");
        }
        return Segment{Segment::Kind::Key, next().text, 0};
    }

    std::optional<Segment> parse_index() {
        Segment segment{Segment::Kind::Each, "", 0};
        if (at_symbol("*")) {
            next();
        } else {
            const std::string& digits = peek().text;
            const auto [end, failure] =
                std::from_chars(digits.data(), digits.data() + digits.size(), segment.index);
            if (peek().kind != TokenKind::Number || failure != std::errc() ||
                end != digits.data() + digits.size()) {
                return expected("expected_index", "a whole number or '*'");
            }
            segment.kind = Segment::Kind::Index;
            next();
        }
        if (!take("]", "expected_bracket", "']'")) return std::nullopt;
        return segment;
    }

    std::optional<ast::Condition> parse_right(ast::Operand left, bool negated) {
        for (const Spelling& text_operator : text_operators) {
            if (!at_word(text_operator.text)) continue;
            next();
            return parse_text_right(std::move(left), text_operator.op);
        }
        if (at_word("in")) {
            next();
            ast::Condition condition{std::move(left), Op::In, {}};
            if (!parse_list(condition)) return std::nullopt;
            return condition;
        }
        if (negated)
            return expected("expected_negatable",
                            "in, like, contains, starts_with, ends_with, glob or matches");
        if (at_word("exists")) {
            next();
            return ast::Condition{std::move(left), Op::Exists, {}};
        }
        if (at_word("is")) return parse_is(std::move(left));
        for (const Spelling& compare : compares) {
            if (!at_symbol(compare.text)) continue;
            next();
            auto value = parse_value();
            if (!value) return std::nullopt;
            return ast::Condition{std::move(left), compare.op, std::move(*value)};
        }
        return unknown_operator();
    }

    std::nullopt_t unknown_operator() {
        if (failing_ || peek().kind != TokenKind::Word) return expected("expected_operator", "an operator");
        const auto near = nearest(peek().text, operator_words);
        Params params{{"found", std::string(beginning(peek().text))}};
        if (near) params.push_back({"near", std::string(*near)});
        error(peek().span, {"unknown_operator", std::move(params)},
              near ? fmt::format("expected an operator, found '{}'; did you mean '{}'?", peek().text, *near)
                   : fmt::format("expected an operator, found '{}'", peek().text));
        failing_ = true;
        return std::nullopt;
    }

    std::optional<ast::Condition> parse_is(ast::Operand left) {
        next();
        is_not_ = at_word("not");
        if (is_not_) next();
        if (!at_word("null")) {
            is_not_ = false;
            return expected("expected_null", "'null' or 'not null'");
        }
        next();
        return ast::Condition{std::move(left), Op::IsNull, {}};
    }

    std::optional<ast::Condition> parse_text_right(ast::Operand left, Op op) {
        ast::Condition condition{std::move(left), op, {}};
        if (at_symbol("(") || at_symbol("$")) {
            if (!parse_list(condition)) return std::nullopt;
            return condition;
        }
        if (peek().kind != TokenKind::String)
            return expected("expected_string", fmt::format("a string after '{}'", word(op)),
                            {{"operator", std::string(word(op))}});
        condition.right = ast::Scalar{string_literal()};
        return condition;
    }

    ast::Literal string_literal() {
        const Token& token = next();
        return {ast::Literal::Kind::String, token.text, token.span};
    }

    bool parse_list(ast::Condition& condition) {
        if (at_symbol("$")) {
            const uint32_t begin = next().span.begin;
            if (peek().kind != TokenKind::Word)
                return expected("expected_list_name", "the name of a list"), false;
            std::string list = next().text;
            condition.right = ast::ListName{std::move(list), {begin, previous_end()}};
            return true;
        }
        if (!take("(", "expected_list", "'(' and the values, or $ and the name of a list")) return false;
        std::vector<ast::Scalar> items;
        do {
            auto value = parse_value();
            if (!value) return false;
            items.push_back(std::move(*value));
        } while (at_symbol(",") && (next(), true));
        if (items.size() > list_items_max)
            error(peek().span, {"too_many_items", most(list_items_max)},
                  fmt::format("the list has more than {} items", list_items_max));
        condition.right = std::move(items);
        return take(")", "expected_list_end", "',' or ')'");
    }

    std::optional<ast::Scalar> parse_value() {
        const Token& token = peek();
        if (token.kind == TokenKind::String) return string_literal();
        if (token.kind == TokenKind::Number) {
            next();
            return ast::Literal{ast::Literal::Kind::Number, token.text, token.span};
        }
        constexpr auto words = std::to_array<std::pair<std::string_view, ast::Literal::Kind>>(
            {{"true", ast::Literal::Kind::True},
             {"false", ast::Literal::Kind::False},
             {"null", ast::Literal::Kind::Null}});
        for (const auto& [word, kind] : words) {
            if (!at_word(word)) continue;
            next();
            return ast::Literal{kind, "", token.span};
        }
        if (token.kind != TokenKind::Word) return expected("expected_value", "a value");
        auto path = parse_path();
        if (!path) return std::nullopt;
        return std::move(*path);
    }

    std::vector<Token> tokens_;
    size_t at_ = 0;
    size_t depth_ = 0;
    size_t conditions_ = 0;
    bool failing_ = false;
    bool stopped_ = false;  // a bound was passed: the rest is not read, and nothing more is reported
    bool is_not_ = false;
    std::vector<Diagnostic> diagnostics_;
};

}  // namespace

ParseResult parse(std::string_view text) {
    if (text.size() > filter_bytes_max) {
        const Span end{static_cast<uint32_t>(filter_bytes_max), static_cast<uint32_t>(filter_bytes_max)};
        return {std::nullopt,
                {{Diagnostic::Level::Error,
                  end,
                  fmt::format("the filter is longer than {} bytes", filter_bytes_max),
                  {"too_long", most(filter_bytes_max)}}}};
    }
    if (const size_t at = utf8_prefix(text); at < text.size()) {
        const auto byte = fmt::format("{:02X}", static_cast<unsigned char>(text[at]));
        return {std::nullopt,
                {{Diagnostic::Level::Error,
                  {static_cast<uint32_t>(at), static_cast<uint32_t>(at + 1)},
                  fmt::format("the byte {} is no UTF-8; save the filter as UTF-8", byte),
                  {"not_utf8", {{"byte", byte}}}}}};
    }
    return Parser(text).run();
}

bool has_error(const std::vector<Diagnostic>& diagnostics) {
    return std::ranges::any_of(diagnostics,
                               [](const Diagnostic& one) { return one.level == Diagnostic::Level::Error; });
}

namespace {

size_t line_begin(std::string_view text, size_t at) {
    const size_t newline = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    return newline == std::string_view::npos ? 0 : newline + 1;
}

}  // namespace

Place place_of(std::string_view text, uint32_t at) {
    const size_t place = std::min<size_t>(at, text.size());
    const auto breaks = std::ranges::count(text.substr(0, place), '\n');
    const size_t begin = line_begin(text, place);
    return {static_cast<size_t>(breaks) + 1, characters(text.substr(begin, place - begin)) + 1};
}

std::string print_place(std::string_view text, uint32_t at) {
    const Place place = place_of(text, at);
    return fmt::format("line {}, column {}", place.line, place.column);
}

std::string print(const Diagnostic& diagnostic, std::string_view text) {
    const size_t at = std::min<size_t>(diagnostic.span.begin, text.size());
    const size_t begin = line_begin(text, at);
    const size_t end = std::min(text.find('\n', at), text.size());
    const size_t marked_end = std::clamp<size_t>(diagnostic.span.end, at, end);
    const size_t width = std::max<size_t>(1, characters(text.substr(at, marked_end - at)));
    return fmt::format("{}\n{}{}\n{}: {}", valid_utf8(text.substr(begin, end - begin)),
                       std::string(characters(text.substr(begin, at - begin)), ' '), std::string(width, '^'),
                       name(diagnostic.level), diagnostic.message);
}

}  // namespace vigia
