#pragma once

#include <algorithm>
#include <string_view>

// Texts that are made of parts.
namespace vigia {

// Without the spaces and tabs around it.
inline std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

// Takes what stands before the next separator off the text, and the separator, and answers with it, trimmed.
inline std::string_view take_part(std::string_view& rest, char separator) {
    const size_t end = std::min(rest.find(separator), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return trimmed(part);
}

}  // namespace vigia
