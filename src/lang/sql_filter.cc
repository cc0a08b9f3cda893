#include "lang/sql_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include "base/match.h"
#include "lang/address.h"
#include "lang/value_predicate.h"

namespace vigia {

namespace {

using ast::Function;
using ast::Op;

// What the SQL may get wrong: let rows through that the filter does not hold of, or keep such rows out.
enum class Bias : uint8_t { LetsThrough, KeepsOut };
// Under a negation, null must be false for what it is; elsewhere it is as good as false.
enum class Nulls : uint8_t { Left, False };
enum class Rows : uint8_t { Plain, Many };

Bias opposite(Bias bias) { return bias == Bias::LetsThrough ? Bias::KeepsOut : Bias::LetsThrough; }

bool is_null_literal(const ast::Scalar& scalar) {
    const auto* literal = std::get_if<ast::Literal>(&scalar);
    return literal != nullptr && literal->kind == ast::Literal::Kind::Null;
}

// The texts that stand right of the operator, when they are texts, and no more than that.
std::optional<std::vector<std::string>> plain_texts(const ast::Condition& condition,
                                                    const NamedLists& lists) {
    std::vector<std::string> texts;
    if (const auto* name = std::get_if<ast::ListName>(&condition.right)) {
        const auto list = lists.find(name->name);
        if (list == lists.end()) return std::nullopt;
        texts = list->second->items();
    }
    for (const ast::Scalar& scalar : ast::scalars(condition)) {
        const auto* literal = std::get_if<ast::Literal>(&scalar);
        if (literal == nullptr || literal->kind != ast::Literal::Kind::String) return std::nullopt;
        texts.push_back(literal->text);
    }
    if (texts.size() > sql_items_max) return std::nullopt;
    return texts;
}

// Whether the text stands in a record's JSON as it is, but for the escapes that escaped_otherwise() finds.
bool stands_as_it_is(std::string_view text) {
    return text.size() >= 3 &&
           std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

// A record whose writer escaped what needs no escape; there are few.
constexpr std::string_view escaped_otherwise = R"(contains(record, '\u') or contains(record, '\/'))";

class Compiler {
public:
    Compiler(const FieldCatalogue& catalogue, const NamedLists& lists, std::span<const SqlColumn> columns,
             SqlFilter& out, std::vector<std::string>& parameters)
        : catalogue_(catalogue), lists_(lists), columns_(columns), out_(out), parameters_(parameters) {}

    std::string compile(const ast::Filter& filter, Rows rows) {
        rows_ = rows;
        return of(filter, Bias::LetsThrough, Nulls::Left);
    }

private:
    std::string of(const ast::Filter& filter, Bias bias, Nulls nulls) {
        return std::visit(match{
                              [&](const ast::Condition& one) { return of(one, bias, nulls); },
                              [&](const ast::And& node) { return join(node.children, "and", bias, nulls); },
                              [&](const ast::Or& node) { return join(node.children, "or", bias, nulls); },
                              [&](const ast::Not& node) {
                                  return fmt::format("(not {})",
                                                     of(*node.child, opposite(bias), Nulls::False));
                              },
                              [&](const ast::Quantified&) { return unknown(bias); },
                          },
                          filter.node);
    }

    std::string join(const std::vector<ast::Filter>& children, std::string_view word, Bias bias,
                     Nulls nulls) {
        std::string text = "(";
        for (const ast::Filter& child : children) {
            if (text.size() > 1) text += fmt::format(" {} ", word);
            text += of(child, bias, nulls);
        }
        return text + ")";
    }

    std::string unknown(Bias bias) {
        inexact();
        return bias == Bias::LetsThrough ? "true" : "false";
    }

    void inexact() {
        if (rows_ == Rows::Plain) out_.exact = false;
    }

    // A list with null in it holds of what its other items hold of, and of what is not there.
    std::optional<std::string> of_list_with_null(const ast::Condition& condition, Bias bias, Nulls nulls) {
        const auto* items = std::get_if<std::vector<ast::Scalar>>(&condition.right);
        if (condition.op != Op::In || items == nullptr || std::ranges::none_of(*items, is_null_literal))
            return std::nullopt;
        std::vector<ast::Scalar> values;
        std::ranges::remove_copy_if(*items, std::back_inserter(values), is_null_literal);
        ast::Condition part{.left = condition.left, .op = Op::IsNull};
        const std::string nothing = of(part, bias, nulls);
        if (values.empty()) return nothing;
        part.op = Op::In;
        part.right = std::move(values);
        return fmt::format("({} or {})", of(part, bias, nulls), nothing);
    }

    // `a != b` is `not (a = b)`, whatever it finds, and so is `is null` of `exists`.
    std::string of(const ast::Condition& condition, Bias bias, Nulls nulls) {
        if (const auto text = of_list_with_null(condition, bias, nulls)) return *text;
        const auto scalars = ast::scalars(condition);
        const bool of_null = scalars.size() == 1 && is_null_literal(scalars[0]);
        ast::Condition positive = condition;
        bool negated = condition.op == Op::IsNull;
        if (condition.op == Op::Eq || condition.op == Op::Ne) {
            positive.op = of_null ? Op::Exists : Op::Eq;
            negated = of_null == (condition.op == Op::Eq);
        } else if (negated) {
            positive.op = Op::Exists;
        }
        if (!negated) return of_positive(positive, bias, nulls);
        return fmt::format("(not {})", of_positive(positive, opposite(bias), Nulls::False));
    }

    std::string of_positive(const ast::Condition& condition, Bias bias, Nulls nulls) {
        if (condition.left.function != Function::None) return unknown(bias);
        const Field field = resolve(condition.left.path, catalogue_);
        if (!field.constant.empty()) return of_constant(condition, field.constant, bias);
        const auto column = std::ranges::find_if(
            columns_, [&](const SqlColumn& one) { return find_the_same(one.field, field); });
        if (field.sources.empty()) return "false";
        if (column == columns_.end()) return of_record(condition, bias);
        return of_column(condition, *column, bias, nulls);
    }

    std::string of_constant(const ast::Condition& condition, std::string_view constant, Bias bias) {
        if (condition.op == Op::Exists) return "true";
        if (std::holds_alternative<ast::ListName>(condition.right)) return unknown(bias);
        const Op op = condition.op == Op::In ? Op::Eq : condition.op;
        for (const ast::Scalar& scalar : ast::scalars(condition)) {
            const auto* literal = std::get_if<ast::Literal>(&scalar);
            if (literal == nullptr) return unknown(bias);
            const auto predicate = ValuePredicate::make(Function::None, op, *literal);
            if (!predicate) return unknown(bias);
            if (predicate->holds({constant, ValueKind::Text})) return "true";
        }
        return "false";
    }

    std::string of_column(const ast::Condition& condition, const SqlColumn& column, Bias bias, Nulls nulls) {
        // That it is there is all that is known of what SQL cannot say.
        std::string text = fmt::format("({} is not null)", column.name);
        if (condition.op != Op::Exists) {
            if (const auto exact = exact_text(condition, column.name))
                text = nulls == Nulls::False ? fmt::format("coalesce({}, false)", *exact) : *exact;
            else if (inexact(); bias == Bias::KeepsOut)
                text = "false";
        }
        if (rows_ == Rows::Plain) return text;
        const uint64_t bit = uint64_t{1} << column.bit;
        return bias == Bias::LetsThrough ? fmt::format("({} or (many & {}) != 0)", text, bit)
                                         : fmt::format("({} and (many & {}) = 0)", text, bit);
    }

    // What SQL says exactly of a column of texts; null where it is null.
    std::optional<std::string> exact_text(const ast::Condition& condition, const std::string& column) {
        const auto function = text_function(condition.op);
        const bool equality = condition.op == Op::Eq || condition.op == Op::In;
        if (!equality && function.empty()) return std::nullopt;
        const auto texts = plain_texts(condition, lists_);
        if (!texts) return std::nullopt;
        if (equality &&
            std::ranges::any_of(*texts, [](const auto& one) { return parse_cidr(one).has_value(); }))
            return std::nullopt;
        if (texts->empty()) return "false";
        // One value is compared, so that what is known of a file's values rules the file out.
        if (equality && texts->size() == 1) return fmt::format("{} = {}", column, parameter(texts->front()));
        std::string text = equality ? fmt::format("{} in (", column) : "(";
        for (size_t i = 0; i < texts->size(); i++) {
            if (i > 0) text += equality ? ", " : " or ";
            const std::string place = parameter((*texts)[i]);
            text += equality ? place : fmt::format("{}({}, {})", function, column, place);
        }
        return text + ")";
    }

    static std::string_view text_function(Op op) {
        switch (op) {
            case Op::Like:
            case Op::Contains:
                return "contains";
            case Op::StartsWith:
                return "starts_with";
            case Op::EndsWith:
                return "suffix";
            case Op::Eq:
            case Op::Ne:
            case Op::Lt:
            case Op::Le:
            case Op::Gt:
            case Op::Ge:
            case Op::Glob:
            case Op::Matches:
            case Op::In:
            case Op::IsNull:
            case Op::Exists:
                return {};
        }
        return {};
    }

    // A field without a column: one of the texts that it must hold stands somewhere in the record.
    std::string of_record(const ast::Condition& condition, Bias bias) {
        inexact();
        if (bias == Bias::KeepsOut) return "false";
        const bool texts_stand =
            condition.op == Op::Eq || condition.op == Op::In || !text_function(condition.op).empty();
        const auto texts = plain_texts(condition, lists_);
        if (!texts_stand || !texts || texts->empty() || texts->size() > inline_texts_max ||
            !std::ranges::all_of(*texts, stands_as_it_is) ||
            std::ranges::any_of(*texts, [](const auto& one) { return parse_cidr(one).has_value(); }))
            return "true";
        std::string text = "(";
        for (const std::string& one : *texts) text += fmt::format("contains(record, {}) or ", parameter(one));
        return text + std::string(escaped_otherwise) + ")";
    }

    std::string parameter(const std::string& text) {
        const auto known = std::ranges::find(parameters_, text);
        if (known != parameters_.end()) return fmt::format("${}", known - parameters_.begin() + 1);
        parameters_.push_back(text);
        return fmt::format("${}", parameters_.size());
    }

    static constexpr size_t inline_texts_max = 16;

    const FieldCatalogue& catalogue_;
    const NamedLists& lists_;
    std::span<const SqlColumn> columns_;
    SqlFilter& out_;
    std::vector<std::string>& parameters_;
    Rows rows_ = Rows::Plain;
};

}  // namespace

bool find_the_same(const Field& left, const Field& right) {
    return left.yield == right.yield && left.constant == right.constant &&
           std::ranges::equal(left.sources, right.sources, [](const auto& one, const auto& other) {
               return one.path == other.path && one.reading == other.reading;
           });
}

SqlFilter compile_sql(const ast::Filter& filter, const FieldCatalogue& catalogue, const NamedLists& lists,
                      std::span<const SqlColumn> columns, std::vector<std::string>& parameters) {
    SqlFilter sql;
    sql.exact = true;
    Compiler compiler(catalogue, lists, columns, sql, parameters);
    sql.plain = compiler.compile(filter, Rows::Plain);
    sql.many = compiler.compile(filter, Rows::Many);
    return sql;
}

}  // namespace vigia
