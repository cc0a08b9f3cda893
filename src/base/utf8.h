#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace vigia {

// Whether the byte goes on with a UTF-8 character, and so begins none.
constexpr bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

constexpr char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr bool is_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (lower_ascii(c) >= 'a' && lower_ascii(c) <= 'z');
}

constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

inline std::string lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = lower_ascii(c);
    return out;
}

// The number of characters; of what is no UTF-8, the number of bytes that could begin one.
inline size_t characters(std::string_view text) {
    return text.size() - static_cast<size_t>(std::ranges::count_if(text, continues_character));
}

// The text with U+FFFD for every byte that is no part of a UTF-8 character.
std::string valid_utf8(std::string_view text);

// The byte after the character at `at`, which must be inside the text.
constexpr size_t next_character(std::string_view text, size_t at) {
    do at++;
    while (at < text.size() && continues_character(text[at]));
    return at;
}

// At most `characters_max` characters, which are one or more: all of the text, or its beginning and an
// ellipsis.
std::string cut(std::string_view text, size_t characters_max);

// The byte at which the text stops being UTF-8 as RFC 3629 has it; its size when all of it is.
size_t utf8_prefix(std::string_view text);

// Whether the text is UTF-8 as RFC 3629 has it: no overlong forms, no surrogates.
bool is_utf8(std::string_view text);

}  // namespace vigia
