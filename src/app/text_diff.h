#pragma once

#include <string>
#include <string_view>

namespace vigia {

// What turns one text into the other, as `diff -u` shows it: hunks with three lines around each change. Empty
// for equal texts. Of texts that differ in very many lines, the differing part is shown as replaced.
std::string unified_diff(std::string_view before, std::string_view after, std::string_view before_name,
                         std::string_view after_name);

}  // namespace vigia
