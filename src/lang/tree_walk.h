#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lang/ast.h"
#include "lang/check.h"
#include "lang/value_predicate.h"
#include "model/json.h"

namespace vigia {

// What evaluation makes of the conditions and paths of filters, kept by their addresses: those filters must
// stay where they are for as long as this is used. For one thread.
struct EvaluationCache {
    std::unordered_map<const void*, ValuePredicate> predicates;
    std::unordered_map<const void*, Field> fields;
};

// What a filter is evaluated against, when it is walked over a plain tree. Without a cache, every condition
// is made anew each time.
struct TreeContext {
    const FieldCatalogue& catalogue;
    const NamedLists& lists;
    EvaluationCache* cache = nullptr;
};

// The filter's verdict over a record, by walking both trees: the meaning of the language in its plainest
// form, and the slow twin of the compiled rule set. The filter must have passed check() with the same
// catalogue and lists.
bool holds(const ast::Filter& filter, const Json& record, const TreeContext& context);

// What a field of a title or an aggregate stands for: a path or an alias in the filter's own spelling;
// nothing when the text is neither.
std::optional<ast::Path> parse_field(std::string_view text);

// What the field finds in the record.
std::vector<Value> values_of(const Json& record, const Field& field);

// The field's value as text: the first that it finds. Nothing when it finds none.
std::optional<std::string_view> first_value(const Json& record, const Field& field);

}  // namespace vigia
