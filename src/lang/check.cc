#include "lang/check.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/match.h"
#include "lang/nearest.h"
#include "lang/value_predicate.h"

namespace vigia {

namespace {

FieldPath split(std::string_view dotted) {
    FieldPath path;
    while (true) {
        const size_t dot = dotted.find('.');
        path.push_back({Segment::Kind::Key, std::string(dotted.substr(0, dot)), 0});
        if (dot == std::string_view::npos) return path;
        dotted.remove_prefix(dot + 1);
    }
}

// The keys of a path joined by dots, without indexes: as the catalogue spells fields.
std::string dotted(const FieldPath& path) {
    std::string text;
    for (const Segment& segment : path) {
        if (segment.kind == Segment::Kind::Key) text += (text.empty() ? "" : ".") + segment.key;
    }
    return text;
}

bool is_below(std::string_view path, std::string_view parent) {
    return path.size() > parent.size() && path.starts_with(parent) && path[parent.size()] == '.';
}

class Checker {
public:
    Checker(Sources sources, const NamedLists& lists) : sources_(sources), lists_(lists) {}

    std::vector<Diagnostic> run(const ast::Filter& filter) {
        visit(filter);
        return std::move(found_);
    }

private:
    void report(Diagnostic::Level level, Span span, Finding finding, std::string message) {
        found_.push_back({level, span, std::move(message), std::move(finding)});
    }

    // The parameter `named`, and what was probably meant.
    static Params params_of(std::string_view named, std::string_view value,
                            const std::optional<std::string_view>& near) {
        Params params{{named, std::string(value)}};
        if (near) params.push_back({"near", std::string(*near)});
        return params;
    }

    void visit(const ast::Filter& filter) {
        std::visit(match{
                       [&](const ast::Condition& condition) { visit(condition, filter.span); },
                       [&](const ast::And& all) {
                           std::ranges::for_each(all.children, [&](const auto& child) { visit(child); });
                       },
                       [&](const ast::Or& any) {
                           std::ranges::for_each(any.children, [&](const auto& child) { visit(child); });
                       },
                       [&](const ast::Not& negation) { visit(*negation.child); },
                       [&](const ast::Quantified& quantified) {
                           check_path(quantified.path);
                           // Paths inside begin at the element, of which the catalogue knows nothing.
                           inside_++;
                           visit(*quantified.child);
                           inside_--;
                       },
                   },
                   filter.node);
    }

    void visit(const ast::Condition& condition, Span span) {
        check_path(condition.left.path);
        for (const ast::Scalar& scalar : ast::scalars(condition)) check_scalar(condition, scalar, span);
        if (const auto* list = std::get_if<ast::ListName>(&condition.right)) check_list(*list);
    }

    void check_list(const ast::ListName& list) {
        if (lists_.contains(list.name)) return;
        std::vector<std::string_view> names;
        for (const auto& [known, items] : lists_) names.push_back(known);
        const auto near = nearest(list.name, names);
        report(Diagnostic::Level::Error, list.span, {"unknown_list", params_of("list", list.name, near)},
               near ? fmt::format("there is no list ${}; did you mean ${}?", list.name, *near)
                    : fmt::format("there is no list ${}; lists stand in rules/lists", list.name));
    }

    void check_scalar(const ast::Condition& condition, const ast::Scalar& scalar, Span span) {
        std::visit(match{[&](const ast::Path& path) { check_path(path); },
                         [&](const ast::Literal& literal) { check_literal(condition, literal, span); }},
                   scalar);
    }

    void check_literal(const ast::Condition& condition, const ast::Literal& literal, Span span) {
        if (literal.kind == ast::Literal::Kind::Null) {
            const bool equality =
                condition.op == ast::Op::Eq || condition.op == ast::Op::Ne || condition.op == ast::Op::In;
            if (!equality)
                report(Diagnostic::Level::Error, literal.span,
                       {"null_order", {{"operator", std::string(word(condition.op))}}},
                       fmt::format("null has no order; '{} null' can never hold", word(condition.op)));
            return;
        }
        if (const auto test = ValuePredicate::make(condition.left.function, condition.op, literal); !test) {
            report(Diagnostic::Level::Error, literal.span, finding_of(condition, literal),
                   test.error().message);
            return;
        }
        check_event_type(condition, literal, span);
        const bool number = parse_number(literal.text).has_value();
        const bool counts = condition.left.function == ast::Function::Count ||
                            condition.left.function == ast::Function::Length;
        const FieldSpec* field = condition.left.function == ast::Function::None && inside_ == 0
                                     ? find(condition.left.path)
                                     : nullptr;
        const bool numeric = counts || (field != nullptr && field->type == FieldType::Number);
        if (numeric && !number) {
            report(Diagnostic::Level::Warning, span,
                   {"no_number",
                    {{"operand", ast::print(condition.left)}, {"value", ast::print(ast::Scalar{literal})}}},
                   fmt::format("{} is a number and {} spells none, so this never holds",
                               ast::print(condition.left), ast::print(ast::Scalar{literal})));
        }
        if (field != nullptr && field->type == FieldType::Object) {
            report(Diagnostic::Level::Warning, span,
                   {"object_compared", {{"field", std::string(field->path)}}},
                   fmt::format("{} is an object, which equals nothing; text({}) is its JSON text",
                               field->path, field->path));
        }
    }

    // Why the literal can be asked of nothing.
    static Finding finding_of(const ast::Condition& condition, const ast::Literal& literal) {
        if (condition.op == ast::Op::Matches) {
            if (auto fault = pattern_fault(literal.text))
                return {"bad_pattern",
                        {{"reason", std::string(fault->reason)}, {"part", std::move(fault->part)}}};
        }
        return {"number_too_big", {{"text", literal.text}}};
    }

    // That events have another type than any of the sources.
    void check_event_type(const ast::Condition& condition, const ast::Literal& literal, Span span) {
        const auto& path = condition.left.path.segments;
        const bool asks = condition.op == ast::Op::Eq || condition.op == ast::Op::In;
        if (!asks || condition.left.function != ast::Function::None || path.size() != 1 || inside_ > 0 ||
            path[0].key != "event_type")
            return;
        if (std::ranges::find(sources_, literal.text, &FieldCatalogue::event_type) != sources_.end()) return;
        report(Diagnostic::Level::Warning, span, {"other_event_type", {{"types", types_named()}}},
               fmt::format("the events here are of type {}, so this never holds", types_named()));
    }

    std::string types_named() const {
        std::string text;
        for (const FieldCatalogue* source : sources_)
            text += fmt::format("{}{}", text.empty() ? "" : ", ", source->event_type);
        return text;
    }

    const FieldSpec* find(const ast::Path& path) const {
        const std::string text = dotted(path.segments);
        for (const FieldCatalogue* source : sources_) {
            const auto at = std::ranges::find(source->fields, text, &FieldSpec::path);
            if (at != source->fields.end()) return &*at;
        }
        return nullptr;
    }

    static bool is_known(const FieldPath& path, const FieldCatalogue& source) {
        const std::string text = dotted(path);
        if (text.empty() || text == "event_type") return true;
        if (path.size() == 1 &&
            std::ranges::find(source.aliases, text, &AliasSpec::name) != source.aliases.end())
            return true;
        return std::ranges::any_of(source.fields, [&](const FieldSpec& field) {
            return field.path == text || is_below(field.path, text) ||
                   (field.type == FieldType::Object && is_below(text, field.path));
        });
    }

    // Whether the path is an alias for nothing in this source.
    static bool is_nothing(const ast::Path& path, const FieldCatalogue& source) {
        if (path.segments.size() != 1 || path.segments[0].key == "event_type") return false;
        const auto alias = std::ranges::find(source.aliases, path.segments[0].key, &AliasSpec::name);
        return alias != source.aliases.end() && alias->readings.empty();
    }

    void check_path(const ast::Path& path) {
        if (inside_ > 0) return;
        size_t unknown = 0, nothing = 0;
        for (const FieldCatalogue* source : sources_) {
            if (!is_known(path.segments, *source)) unknown++;
            if (is_nothing(path, *source)) nothing++;
        }
        if (unknown == sources_.size()) return report_unknown(path);
        if (nothing + unknown == sources_.size())
            report(Diagnostic::Level::Warning, path.span,
                   {"absent_field", {{"types", types_named()}, {"field", path.segments[0].key}}},
                   fmt::format("events of type {} have no {}, so it is always null", types_named(),
                               path.segments[0].key));
    }

    void report_unknown(const ast::Path& path) {
        std::vector<std::string_view> names;
        for (const FieldCatalogue* source : sources_) {
            for (const FieldSpec& field : source->fields) names.push_back(field.path);
            for (const AliasSpec& alias : source->aliases) names.push_back(alias.name);
        }
        const std::string text = dotted(path.segments);
        const auto near = nearest(text, names);
        const bool open = std::ranges::any_of(sources_, &FieldCatalogue::open);
        report(open ? Diagnostic::Level::Warning : Diagnostic::Level::Error, path.span,
               {"unknown_field", params_of("field", text, near)},
               near ? fmt::format("unknown field '{}'; did you mean '{}'?", text, *near)
                    : fmt::format("unknown field '{}'", text));
    }

    Sources sources_;
    const NamedLists& lists_;
    size_t inside_ = 0;
    std::vector<Diagnostic> found_;
};

}  // namespace

bool same(const Field& left, const Field& right) {
    return left.yield == right.yield && left.constant == right.constant &&
           std::ranges::equal(left.sources, right.sources, [](const auto& one, const auto& other) {
               return one.path == other.path && one.reading == other.reading;
           });
}

FieldPath without_each(const FieldPath& path) {
    FieldPath plain;
    std::ranges::copy_if(path, std::back_inserter(plain),
                         [](const Segment& one) { return one.kind != Segment::Kind::Each; });
    return plain;
}

Field resolve(const ast::Path& path, const FieldCatalogue& catalogue) {
    Field field;
    if (path.segments.size() == 1) {
        const std::string& key = path.segments[0].key;
        if (key == "event_type") {
            field.constant = catalogue.event_type;
            return field;
        }
        const auto alias = std::ranges::find(catalogue.aliases, key, &AliasSpec::name);
        if (alias != catalogue.aliases.end()) {
            for (const AliasReading& reading : alias->readings)
                field.sources.push_back({split(reading.path), reading.reading});
            field.yield = alias->yield;
            return field;
        }
    }
    field.sources.push_back({without_each(path.segments), Reading::Whole});
    return field;
}

std::vector<Diagnostic> check(const ast::Filter& filter, Sources sources, const NamedLists& lists) {
    return Checker(sources, lists).run(filter);
}

ParseResult parse_checked(std::string_view text, Sources sources, const NamedLists& lists) {
    ParseResult result = parse(text);
    if (!result.filter) return result;
    std::ranges::move(check(*result.filter, sources, lists), std::back_inserter(result.diagnostics));
    if (has_error(result.diagnostics)) result.filter.reset();
    return result;
}

ParseResult parse_checked(std::string_view text, const FieldCatalogue& catalogue, const NamedLists& lists) {
    const FieldCatalogue* const one = &catalogue;
    return parse_checked(text, Sources(&one, 1), lists);
}

}  // namespace vigia
