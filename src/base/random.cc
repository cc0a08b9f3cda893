#include "base/random.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/assert.h"

namespace vigia {

std::string random_bytes(size_t count) {
    std::string bytes(count, '\0');
    for (size_t at = 0; at < count;) {
        const ssize_t got = getrandom(bytes.data() + at, count - at, 0);
        if (got < 0 && errno == EINTR) continue;
        VIGIA_ASSERT(got > 0);
        at += static_cast<size_t>(got);
    }
    return bytes;
}

uint64_t random_seed() {
    uint64_t seed = 0;
    std::memcpy(&seed, random_bytes(sizeof seed).data(), sizeof seed);
    return seed;
}

std::string hex(std::string_view bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string random_uuid() {
    std::string bytes = random_bytes(16);
    bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
    const std::string digits = hex(bytes);
    return digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-" + digits.substr(12, 4) + "-" +
           digits.substr(16, 4) + "-" + digits.substr(20);
}

std::optional<std::string> from_hex(std::string_view digits) {
    constexpr std::string_view alphabet = "0123456789abcdef";
    if (digits.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    for (size_t at = 0; at < digits.size(); at += 2) {
        const size_t high = alphabet.find(digits[at]), low = alphabet.find(digits[at + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

bool is_uuid(std::string_view text) {
    constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    const auto digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return std::ranges::equal(text, form,
                              [&](char c, char expected) { return expected == '-' ? c == '-' : digit(c); });
}

}  // namespace vigia
