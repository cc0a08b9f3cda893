#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lang/ast.h"
#include "lang/check.h"

namespace vigia {

// A column that holds what a field of the event yields, as a text: null where it yields nothing. Where it
// yields several values, or one that is no plain value, the row's `many` has the column's bit set, and the
// column says nothing.
struct SqlColumn {
    std::string name;
    Field field;
    uint32_t bit = 0;
};

// A filter as a condition of DuckDB's SQL over columns and the record's text. It never loses a row of which
// the filter holds; when it is `exact`, it lets no other through either, as far as rows without any `many`
// go.
struct SqlFilter {
    std::string plain;  // for rows whose `many` is 0
    std::string many;   // for the others
    bool exact = false;
};

// Whether the two find the same in any event.
bool find_the_same(const Field& left, const Field& right);

// The filter must have passed check() with the same catalogue and lists.

// What stands in the filter becomes a parameter, $1, $2 …: the place in `parameters`, to which new ones are
// added.
SqlFilter compile_sql(const ast::Filter& filter, const FieldCatalogue& catalogue, const NamedLists& lists,
                      std::span<const SqlColumn> columns, std::vector<std::string>& parameters);

// Items of a list that become parameters; a longer one is left to the program.
constexpr size_t sql_items_max = 1000;

}  // namespace vigia
