#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

// What the one pass knows of JSON's tokens by their first bytes.
namespace vigia {

inline constexpr size_t digits_max = 18;  // of numbers that are taken without a second look

// What a byte that begins a token does to the depth.
inline constexpr std::array<int, 256> depth_steps = [] {
    std::array<int, 256> steps{};
    steps['{'] = steps['['] = 1;
    steps['}'] = steps[']'] = -1;
    return steps;
}();

// What a token is, by its first byte, and which tokens may not follow which: a bit for each. Whether a comma
// or a colon is right in its place depends on what stands around it, and is not looked at.
enum TokenClass : uint8_t { OpenObject, OpenArray, CloseObject, CloseArray, Colon, Comma, String, Scalar };

inline constexpr std::array<uint8_t, 256> token_classes = [] {
    std::array<uint8_t, 256> classes{};
    classes.fill(Scalar);
    classes['{'] = OpenObject;
    classes['['] = OpenArray;
    classes['}'] = CloseObject;
    classes[']'] = CloseArray;
    classes[':'] = Colon;
    classes[','] = Comma;
    classes['"'] = String;
    return classes;
}();

inline constexpr std::array<uint8_t, 8> forbidden_after = [] {
    constexpr unsigned value = 1U << OpenObject | 1U << OpenArray | 1U << String | 1U << Scalar;
    constexpr unsigned end = 1U << Comma | 1U << CloseObject | 1U << CloseArray;
    std::array<unsigned, 8> allowed{};
    allowed[OpenObject] = 1U << String | 1U << CloseObject;
    allowed[OpenArray] = value | 1U << CloseArray;
    allowed[CloseObject] = allowed[CloseArray] = allowed[Scalar] = end;
    allowed[Colon] = allowed[Comma] = value;
    allowed[String] = end | 1U << Colon;
    std::array<uint8_t, 8> forbidden{};
    for (size_t i = 0; i < forbidden.size(); i++) forbidden[i] = static_cast<uint8_t>(~allowed[i]);
    return forbidden;
}();

inline bool may_follow(unsigned before, unsigned now) {
    return (static_cast<unsigned>(forbidden_after[before]) >> now & 1U) == 0;
}

inline bool begins_value(char c) { return may_follow(Colon, token_classes[static_cast<unsigned char>(c)]); }

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A number in its everyday spelling: few digits, no exponent.
inline bool is_plain_number(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    if (text.size() > digits_max || text.empty() || !is_digit(text[0])) return false;
    if (text[0] == '0' && text.size() > 1 && text[1] != '.') return false;
    size_t at = 0;
    while (at < text.size() && is_digit(text[at])) at++;
    if (at == text.size()) return true;
    if (text[at] != '.' || at + 1 == text.size()) return false;
    for (at++; at < text.size(); at++) {
        if (!is_digit(text[at])) return false;
    }
    return true;
}

// Whether a literal or a number begins here; how a number goes on is not looked at. Five bytes are readable.
inline bool begins_scalar(const char* text) {
    constexpr auto word = [](const char* letters) {
        return static_cast<uint32_t>(letters[0]) | static_cast<uint32_t>(letters[1]) << 8 |
               static_cast<uint32_t>(letters[2]) << 16 | static_cast<uint32_t>(letters[3]) << 24;
    };
    if (is_digit(*text) || (*text == '-' && is_digit(text[1]))) return true;
    uint32_t begin = 0;
    std::memcpy(&begin, text, sizeof begin);
    return begin == word("null") || begin == word("true") || (begin == word("fals") && text[4] == 'e');
}

}  // namespace vigia
