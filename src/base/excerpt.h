#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vigia {

constexpr size_t excerpt_characters_max = 200;
// So many bytes hold what an excerpt shows, and tell whether there is more.
constexpr size_t excerpt_bytes_max = 4 * (excerpt_characters_max + 1);

// The beginning of what came from outside, fit to be shown on one line: what is no text, or would not be seen
// as it is, stands as \n, \x1b or \u202e, and "…" says that there is more.
std::string excerpt(std::string_view bytes);

}  // namespace vigia
