#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "lang/ast.h"

namespace vigia {

// What a filter from outside may cost.
constexpr size_t filter_bytes_max = 64 * 1024;
constexpr size_t filter_depth_max = 64;
constexpr size_t filter_conditions_max = 4096;
constexpr size_t list_items_max = 100'000;

struct ParseResult {
    std::optional<ast::Filter> filter;  // there when no diagnostic is an error
    std::vector<Diagnostic> diagnostics;
};

// filter     := or
// or         := and ( OR and )*                                    OR:  or  ||  ou
// and        := unary ( AND unary )*                               AND: and &&  e
// unary      := NOT unary | primary                                NOT: not !   não nao
// primary    := '(' filter ')' | condition | quantified
// condition  := operand compare value
//             | operand [NOT] ( LIKE | STARTS_WITH | ENDS_WITH | CONTAINS | GLOB | MATCHES ) ( string | list
//             ) | operand [NOT] IN list | operand IS [NOT] NULL | operand EXISTS
// operand    := path | ( LOWER | LENGTH | COUNT ) '(' path ')' | TEXT '(' [path] ')'
// quantified := ( ANY | ALL | NONE ) '(' path ',' filter ')'
// compare    := '=' | '==' | '!=' | '<' | '<=' | '>' | '>='
// value      := string | number | TRUE | FALSE | NULL | path
// list       := '(' value ( ',' value )* ')' | '$' name
// path       := ident ( '.' ( ident | string ) | '[' integer ']' | '[*]' )*
//
// Keywords in any case; e, ou and não are keywords only where an operator can stand. All errors are reported,
// not the first.
ParseResult parse(std::string_view text);

// Whether any of them is an error.
bool has_error(const std::vector<Diagnostic>& diagnostics);

// The line of the text that the diagnostic is about, the place marked below it, and the message. `text` is
// what was parsed.
std::string print(const Diagnostic& diagnostic, std::string_view text);

// Both counted from 1, columns in characters.
struct Place {
    size_t line = 1;
    size_t column = 1;
};
Place place_of(std::string_view text, uint32_t at);

// "line 2, column 7".
std::string print_place(std::string_view text, uint32_t at);

}  // namespace vigia
