#pragma once

#include <cstddef>
#include <string>

namespace vigia {

// Bytes that must be readable behind what is parsed.
constexpr size_t floor_padding = 64;

// One forward pass over {"Records":[…]} that takes twelve fields of each record by name; how many it found.
size_t twelve_fields(std::string& text, size_t size);

}  // namespace vigia
