#pragma once

#include <string>
#include <string_view>

#include "base/utf8.h"

namespace vigia {

// The text as part of a path: lower case letters, digits and single dashes.
inline std::string slug(std::string_view text) {
    std::string out;
    for (const char c : lower_ascii(text)) {
        if (is_letter_or_digit(c))
            out += c;
        else if (!out.empty() && out.back() != '-')
            out += '-';
    }
    while (out.ends_with('-')) out.pop_back();
    return out;
}

}  // namespace vigia
