#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace vigia {

// The number that the text spells in full, in decimal digits, with '-' before it where the type has a sign.
// Nothing for any other text, and for numbers that the type does not hold.
template <std::integral Number>
std::optional<Number> parse_whole(std::string_view text) {
    Number number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace vigia
