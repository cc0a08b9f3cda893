#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lang/ast.h"
#include "lang/check.h"
#include "model/json.h"

namespace vigia {

// What a filter is evaluated against, when it is walked over a plain tree.
struct TreeContext {
    const FieldCatalogue& catalogue;
    const NamedLists& lists;
};

// The filter's verdict over a record, by walking both trees: the meaning of the language in its plainest
// form, and the slow twin of the compiled rule set. The filter must have passed check() with the same
// catalogue and lists.
bool holds(const ast::Filter& filter, const Json& record, const TreeContext& context);

// The verdict over one element of a quantifier: paths begin at the element, and names are no aliases.
bool holds_of_element(const ast::Filter& filter, const Json& element, const TreeContext& context);

// The values that a path finds: arrays are walked, null yields nothing, a literal dotted key wins.
std::vector<const Json*> find_values(const Json& from, const FieldPath& path);

// The value of a field or alias as text, for titles and aggregate keys: the first that the path finds.
// Nothing when it finds none.
std::optional<std::string> first_value(const Json& record, std::string_view field,
                                       const FieldCatalogue& catalogue);

// The tree of the filter, one line a condition: its verdict, and what was found: "no  eventName =
// \"PutImage\"   (found "GetObject")".
std::string explain(const ast::Filter& filter, const Json& record, const TreeContext& context);

}  // namespace vigia
