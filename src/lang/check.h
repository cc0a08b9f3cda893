#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "lang/parser.h"
#include "lang/value_list.h"
#include "model/fields.h"

namespace vigia {

// A field as the evaluator reads it: the values of the first source that has any, or of all together.
struct Field {
    struct Source {
        FieldPath path;  // without [*], which says nothing that arrays do not do unasked
        Reading reading = Reading::Whole;
    };
    std::vector<Source> sources;
    std::string_view constant;  // when not empty, the one value, whatever the record
    Yield yield = Yield::First;
};

// Whether both yield the same of any record.
bool same(const Field& left, const Field& right);

// The path without its [*], which say nothing that arrays do not do unasked.
FieldPath without_each(const FieldPath& path);

// What a path of a filter stands for in this source: an alias, event_type, or the path itself. A path below
// an alias is a path.
Field resolve(const ast::Path& path, const FieldCatalogue& catalogue);

// Looks for what can be known without an event: fields that the source has not, lists that are not there,
// patterns that are none, comparisons that can never hold. Unknown fields are errors in closed sources, else
// warnings with the nearest name. A filter that is asked of events of several sources may speak of whatever
// one of them has.
using Sources = std::span<const FieldCatalogue* const>;
std::vector<Diagnostic> check(const ast::Filter& filter, Sources sources, const NamedLists& lists);

// parse and check in one: the filter is there when neither found an error.
ParseResult parse_checked(std::string_view text, Sources sources, const NamedLists& lists);
ParseResult parse_checked(std::string_view text, const FieldCatalogue& catalogue, const NamedLists& lists);

}  // namespace vigia
