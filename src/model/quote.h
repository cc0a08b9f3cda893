#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vigia {

// A string literal of the filter language, in double quotes, that reads back as `content`. Valid JSON as
// well.
std::string quote(std::string_view content);

// A JSON array of texts.
std::string quote_list(const std::vector<std::string>& texts);

}  // namespace vigia
