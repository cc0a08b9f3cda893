#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/json.h"

namespace vigia {

// The filter of a File rule of Threat Stack, which keeps beside its own filter the paths that it watches, the
// file names that it ignores and what must happen to a file: here, they are conditions like any other.
std::string filter_of_file_rule(std::string_view filter, const Json& rule);

}  // namespace vigia
