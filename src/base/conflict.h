#pragma once

#include <string_view>

#include "base/result.h"

// Conflicts that clients tell from others. They are known by how their messages end, so that an Error stays a
// kind and a message.
namespace vigia {

// Another version is there than the one that was to be changed: "the rule was changed meanwhile; …".
Error changed_meanwhile(std::string_view what);
bool is_changed_meanwhile(const Error& error);

// "there is a rule 'x' already"
Error name_taken(std::string_view what, std::string_view name);
bool is_name_taken(const Error& error);

}  // namespace vigia
