#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
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

// What a token is, by its first byte.
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

// Where a walk over tokens is: behind one of a class, behind a key, or at what JSON does not allow there.
enum TokenState : uint8_t { BehindKey = Scalar + 1, Wrong };

// The state behind a token, by what it stands in (0: an array, 1: an object), the state before it, and its
// class.
using TokenSteps = std::array<std::array<std::array<uint8_t, Scalar + 1>, Wrong + 1>, 2>;
inline constexpr TokenSteps token_steps = [] {
    constexpr std::array values{OpenObject, OpenArray, String, Scalar};
    constexpr std::array ends{CloseObject, CloseArray, String, Scalar};
    TokenSteps steps{};
    for (auto& states : steps)
        for (auto& classes : states) classes.fill(Wrong);
    for (const TokenClass value : values) {
        steps[0][OpenArray][value] = steps[0][Comma][value] = steps[1][Colon][value] = value;
    }
    for (const TokenClass end : ends) {
        steps[0][end][Comma] = steps[1][end][Comma] = Comma;
        steps[0][end][CloseArray] = CloseArray;
        steps[1][end][CloseObject] = CloseObject;
    }
    steps[0][OpenArray][CloseArray] = CloseArray;
    steps[1][OpenObject][CloseObject] = CloseObject;
    steps[1][OpenObject][String] = steps[1][Comma][String] = BehindKey;
    steps[1][BehindKey][Colon] = Colon;
    return steps;
}();

inline bool begins_value(char c) {
    return token_steps[1][Colon][token_classes[static_cast<unsigned char>(c)]] != Wrong;
}

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

// A literal, or a number of few digits, which every reader of JSON takes.
inline bool is_safe_scalar(std::string_view text) {
    if (text == "null" || text == "true" || text == "false") return true;
    const size_t exponent = text.find_first_of("eE");
    if (exponent == std::string_view::npos) return is_plain_number(text);
    std::string_view power = text.substr(exponent + 1);
    if (power.starts_with('-') || power.starts_with('+')) power.remove_prefix(1);
    return is_plain_number(text.substr(0, exponent)) && !power.empty() && power.size() <= 2 &&
           is_digit(power[0]) && is_digit(power.back());
}

// The four digits as a number; null when they are not hexadecimal.
inline std::optional<unsigned> four_hex(const char* text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text, text + 4, value, 16);
    if (error != std::errc{} || end != text + 4) return std::nullopt;
    return value;
}

// Whether each backslash of the bytes, which are of strings in valid UTF-8, begins an escape of RFC 8259,
// with no half of a surrogate pair alone.
inline bool are_escapes(const char* from, const char* to) {
    while (from < to) {
        const void* const found = std::memchr(from, '\\', static_cast<size_t>(to - from));
        if (found == nullptr) return true;
        from = static_cast<const char*>(found) + 1;
        if (from == to) return false;
        if (*from != 'u') {
            if (std::string_view("\"\\/bfnrt").find(*from++) == std::string_view::npos) return false;
            continue;
        }
        if (to - from < 5) return false;
        const auto unit = four_hex(from + 1);
        if (!unit || (*unit >= 0xDC00 && *unit < 0xE000)) return false;
        from += 5;
        if (*unit < 0xD800 || *unit >= 0xE000) continue;
        if (to - from < 6 || from[0] != '\\' || from[1] != 'u') return false;
        const auto low = four_hex(from + 2);
        if (!low || *low < 0xDC00 || *low >= 0xE000) return false;
        from += 6;
    }
    return true;
}

}  // namespace vigia
