#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lang/ast.h"
#include "lang/sql_filter.h"
#include "model/event.h"

namespace vigia {

// A filter as SQL over stored events of these types. It holds of events of no other type.
struct TypedSql {
    std::string plain = "false";  // of rows whose `many` is 0
    std::string many = "false";   // of the others
    bool exact = true;            // as SqlFilter has it
};

TypedSql typed_sql(const ast::Filter& filter, std::span<const EventType> types, const NamedLists& lists,
                   std::vector<std::string>& parameters);

// The column that says of every event of these types what the path finds in it, where there is one.
std::optional<std::string> column_of(const ast::Path& path, std::span<const EventType> types);

}  // namespace vigia
