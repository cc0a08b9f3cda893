#pragma once

#include <string>
#include <string_view>

namespace vigia {

// A string literal of the filter language, in double quotes, that reads back as `content`. Valid JSON as
// well.
std::string quote(std::string_view content);

}  // namespace vigia
