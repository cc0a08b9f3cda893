#pragma once

#include <string>
#include <string_view>

namespace vigia {

// Unicode simple case folding: one character for one character. Bytes that are no UTF-8 stay as they are.
std::string fold_case(std::string_view text);

}  // namespace vigia
