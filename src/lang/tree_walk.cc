#include "lang/tree_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/match.h"
#include "lang/tree_walker.h"

namespace vigia {

namespace {

using ast::Function;
using ast::Op;

// The longest literal dotted key of the object that spells the path from `at` on; how many segments it takes,
// or 0.
size_t literal_segments(const Json& object, const FieldPath& path, size_t at) {
    size_t keys = 0;
    while (at + keys < path.size() && path[at + keys].kind == Segment::Kind::Key) keys++;
    for (size_t count = keys; count > 1; count--) {
        std::string joined = path[at].key;
        for (size_t i = 1; i < count; i++) joined += "." + path[at + i].key;
        if (std::ranges::any_of(object.members, [&](const auto& member) { return member.key == joined; }))
            return count;
    }
    return 0;
}

// Whether an array that stands where the path ends is walked, or is itself what the path finds (as for
// text()).
enum class LastArray : uint8_t { Walked, Whole };

void collect(const Json& from, const FieldPath& path, size_t at, LastArray last,
             std::vector<const Json*>& found) {
    if (from.kind == Json::Kind::Array && !(at == path.size() && last == LastArray::Whole)) {
        if (at < path.size() && path[at].kind == Segment::Kind::Index) {
            if (path[at].index < from.elements.size())
                collect(from.elements[path[at].index], path, at + 1, last, found);
            return;
        }
        for (const Json& element : from.elements) collect(element, path, at, last, found);
        return;
    }
    if (at == path.size()) {
        if (from.kind != Json::Kind::Null) found.push_back(&from);
        return;
    }
    if (from.kind != Json::Kind::Object || path[at].kind != Segment::Kind::Key) return;
    const size_t literal = literal_segments(from, path, at);
    std::string key = path[at].key;
    for (size_t i = 1; i < literal; i++) key += "." + path[at + i].key;
    for (const auto& [name, value] : from.members) {
        if (name == key) collect(value, path, at + std::max<size_t>(literal, 1), last, found);
    }
}

// The values that a path finds: arrays are walked, null yields nothing, a literal dotted key wins.
std::vector<const Json*> find_values(const Json& from, const FieldPath& path) {
    std::vector<const Json*> found;
    collect(from, path, 0, LastArray::Walked, found);
    return found;
}

Value as_value(const Json& json) {
    switch (json.kind) {
        case Json::Kind::Text:
            return {json.text, ValueKind::Text};
        case Json::Kind::Number:
            return {json.text, ValueKind::Number};
        case Json::Kind::True:
            return {"true", ValueKind::True};
        case Json::Kind::False:
            return {"false", ValueKind::False};
        case Json::Kind::Object:
        case Json::Kind::Array:
        case Json::Kind::Null:
            return {json.raw, ValueKind::Object};
    }
    std::unreachable();
}

}  // namespace

std::vector<Value> values_of(const Json& record, const Field& field) {
    if (!field.constant.empty()) return {{field.constant, ValueKind::Text}};
    std::vector<Value> values;
    for (const Field::Source& source : field.sources) {
        for (const Json* json : find_values(record, source.path)) {
            Value value = as_value(*json);
            if (value.kind == ValueKind::Object && source.reading != Reading::Whole) continue;
            const auto text = read(source.reading, value.text);
            if (!text) continue;
            value.text = *text;
            values.push_back(value);
        }
        if (!values.empty() && field.yield == Yield::First) break;
    }
    return values;
}

Field TreeWalker::resolved(const ast::Path& path) const {
    if (inside_ == Inside::Record) return resolve(path, context_.catalogue);
    static constexpr FieldCatalogue no_names{"", true, "", "", {}, {}};
    const bool reserved = path.segments.size() == 1 && path.segments[0].key == "event_type";
    return reserved ? Field{{{path.segments, Reading::Whole}}, ""} : resolve(path, no_names);
}

const Field& TreeWalker::field(const ast::Path& path, Field& made) const {
    if (context_.cache == nullptr) return made = resolved(path);
    auto& known = context_.cache->fields;
    const auto at = known.find(&path);
    return at != known.end() ? at->second : known.emplace(&path, resolved(path)).first->second;
}

bool TreeWalker::holds(const ast::Filter& filter) const {
    return std::visit(
        match{
            [&](const ast::Condition& condition) { return holds(condition); },
            [&](const ast::And& all) {
                return std::ranges::all_of(all.children, [&](const auto& child) { return holds(child); });
            },
            [&](const ast::Or& any) {
                return std::ranges::any_of(any.children, [&](const auto& child) { return holds(child); });
            },
            [&](const ast::Not& negation) { return !holds(*negation.child); },
            [&](const ast::Quantified& quantified) { return holds(quantified); },
        },
        filter.node);
}

std::vector<Value> TreeWalker::values(const ast::Path& path) const {
    Field made;
    return values_of(record_, field(path, made));
}

std::vector<Value> TreeWalker::values(const ast::Operand& operand) const {
    if (operand.function != Function::Text) return values(operand.path);
    // text() takes paths as they are: an alias has no JSON text of its own.
    std::vector<const Json*> found;
    collect(record_, without_each(operand.path.segments), 0, LastArray::Whole, found);
    std::vector<Value> values;
    for (const Json* json : found) values.push_back({json->raw, ValueKind::Text});
    return values;
}

std::vector<const Json*> TreeWalker::elements(const ast::Quantified& quantified) const {
    std::vector<const Json*> elements;
    Field made;
    for (const Field::Source& source : field(quantified.path, made).sources) {
        for (const Json* json : find_values(record_, source.path)) elements.push_back(json);
    }
    return elements;
}

bool TreeWalker::holds(const ast::Quantified& quantified) const {
    const auto inside = [&](const Json* json) { return element(*json).holds(*quantified.child); };
    switch (quantified.mode) {
        case ast::Mode::Any:
            return std::ranges::any_of(elements(quantified), inside);
        case ast::Mode::All:
            return std::ranges::all_of(elements(quantified), inside);
        case ast::Mode::None:
            return std::ranges::none_of(elements(quantified), inside);
    }
    std::unreachable();
}

bool TreeWalker::any_holds(const std::vector<Value>& found, const void* part,
                           const std::function<Result<ValuePredicate>()>& make) const {
    const auto ask = [&](const ValuePredicate& predicate) {
        return std::ranges::any_of(found, [&](const Value& value) { return predicate.holds(value); });
    };
    if (context_.cache != nullptr) {
        if (const auto at = context_.cache->predicates.find(part); at != context_.cache->predicates.end())
            return ask(at->second);
    }
    Result<ValuePredicate> made = make();
    VIGIA_ASSERT(made);
    if (context_.cache == nullptr) return ask(*made);
    return ask(context_.cache->predicates.emplace(part, std::move(*made)).first->second);
}

bool TreeWalker::holds(const ast::Condition& condition) const {
    std::vector<Value> found = values(condition.left);
    const std::string count = fmt::to_string(found.size());
    if (condition.left.function == Function::Count) found = {{count, ValueKind::Number}};
    if (condition.op == Op::IsNull) return found.empty();
    if (condition.op == Op::Exists) return !found.empty();
    if (const auto* name = std::get_if<ast::ListName>(&condition.right)) {
        return any_holds(found, name, [&] {
            return ValuePredicate::make(condition.left.function, condition.op,
                                        *context_.lists.find(name->name)->second);
        });
    }
    return std::ranges::any_of(ast::scalars(condition),
                               [&](const ast::Scalar& scalar) { return relates(found, condition, scalar); });
}

bool TreeWalker::relates(const std::vector<Value>& found, const ast::Condition& condition,
                         const ast::Scalar& scalar) const {
    if (condition.op == Op::Ne) return !relates_as(found, condition, scalar, Op::Eq);
    return relates_as(found, condition, scalar, condition.op == Op::In ? Op::Eq : condition.op);
}

bool TreeWalker::relates_as(const std::vector<Value>& found, const ast::Condition& condition,
                            const ast::Scalar& scalar, Op op) const {
    if (const auto* path = std::get_if<ast::Path>(&scalar)) {
        const std::vector<Value> others = values(*path);
        return std::ranges::any_of(found, [&](const Value& left) {
            return std::ranges::any_of(others,
                                       [&](const Value& right) { return holds_between(left, op, right); });
        });
    }
    const auto& literal = std::get<ast::Literal>(scalar);
    if (literal.kind == ast::Literal::Kind::Null) return found.empty();
    return any_holds(found, &literal,
                     [&] { return ValuePredicate::make(condition.left.function, op, literal); });
}

bool holds(const ast::Filter& filter, const Json& record, const TreeContext& context) {
    return TreeWalker(record, context).holds(filter);
}

std::optional<ast::Path> parse_field(std::string_view text) {
    const ParseResult parsed = parse(fmt::format("{} exists", text));
    if (!parsed.filter) return std::nullopt;
    const auto* condition = std::get_if<ast::Condition>(&parsed.filter->node);
    if (condition == nullptr || condition->left.function != Function::None) return std::nullopt;
    return condition->left.path;
}

std::optional<std::string_view> first_value(const Json& record, const Field& field) {
    const std::vector<Value> values = values_of(record, field);
    return values.empty() ? std::nullopt : std::optional(values[0].text);
}

}  // namespace vigia
