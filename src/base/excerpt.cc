#include "base/excerpt.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/utf8.h"

namespace vigia {

namespace {

struct Hidden {
    char32_t first;
    char32_t last;
};

// Characters that are not seen, part lines, or turn the direction of what follows.
constexpr auto hidden = std::to_array<Hidden>({{0x80, 0x9F},
                                               {0xAD, 0xAD},
                                               {0x200B, 0x200F},
                                               {0x2028, 0x202E},
                                               {0x2060, 0x206F},
                                               {0xFE00, 0xFE0F},
                                               {0xFEFF, 0xFEFF},
                                               {0xFFF9, 0xFFFB},
                                               {0xE0000, 0xE0FFF}});

// Of one character, which is UTF-8.
char32_t code_of(std::string_view character) {
    constexpr auto marks = std::to_array<unsigned>({0, 0x7F, 0x1F, 0x0F, 0x07});
    char32_t code = static_cast<unsigned char>(character[0]) & marks.at(character.size());
    for (const char byte : character.substr(1)) code = code << 6 | (static_cast<unsigned char>(byte) & 0x3FU);
    return code;
}

std::string shown(std::string_view character) {
    if (character == "\n") return "\\n";
    if (character == "\r") return "\\r";
    if (character == "\t") return "\\t";
    std::string text;
    if (!is_utf8(character) || is_control(character[0])) {
        for (const char byte : character) text += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
        return text;
    }
    const char32_t code = code_of(character);
    const bool is_hidden =
        std::ranges::any_of(hidden, [&](const Hidden& one) { return code >= one.first && code <= one.last; });
    return is_hidden ? fmt::format("\\u{:04x}", static_cast<uint32_t>(code)) : std::string(character);
}

}  // namespace

std::string excerpt(std::string_view bytes) {
    std::string text;
    size_t at = 0;
    for (size_t count = 0; at < bytes.size() && count < excerpt_characters_max; count++) {
        // Bytes that go on with nothing are one each.
        size_t end = next_character(bytes, at);
        if (!is_utf8(bytes.substr(at, end - at))) end = at + 1;
        text += shown(bytes.substr(at, end - at));
        at = end;
    }
    return at < bytes.size() ? text + "…" : text;
}

}  // namespace vigia
