#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vigia {

struct TitleParameter {
    std::string_view name;  // outlives the parameter: of a table
    std::string value;      // empty when the event does not say
};

// A sentence with places for parameters: "{user|somebody} called {name}[ from {ip}]".
//   {name}        the parameter's value
//   {name|other}  and what stands there when it has none
//   [… {name} …]  left out when the parameter in it has none; there is one in each, and no bracket in a
//   bracket
// Templates are of the program's tables; a malformed one is a mistake of the program, which
// title_template_test finds.

// The names of the parameters, in their order, each once.
std::vector<std::string_view> title_parameter_names(std::string_view text);

std::string render_title(std::string_view text, std::span<const TitleParameter> parameters);

}  // namespace vigia
