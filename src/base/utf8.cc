#include "base/utf8.h"

#include <cstdint>

namespace vigia {

namespace {

// How many bytes a character has that begins with this one, and the least code point that needs so many.
struct Lead {
    size_t bytes;
    uint32_t first;
    uint32_t bits;
};

Lead lead_of(unsigned char byte) {
    if (byte < 0x80) return {1, 0, byte};
    if (byte >= 0xC2 && byte < 0xE0) return {2, 0x80, byte & 0x1FU};
    if (byte >= 0xE0 && byte < 0xF0) return {3, 0x800, byte & 0x0FU};
    if (byte >= 0xF0 && byte < 0xF5) return {4, 0x10000, byte & 0x07U};
    return {0, 0, 0};
}

}  // namespace

bool is_utf8(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
        const Lead lead = lead_of(static_cast<unsigned char>(text[at]));
        if (lead.bytes == 0 || lead.bytes > text.size() - at) return false;
        uint32_t point = lead.bits;
        for (size_t i = 1; i < lead.bytes; i++) {
            if (!continues_character(text[at + i])) return false;
            point = point << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
        }
        if (point < lead.first || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return false;
        at += lead.bytes;
    }
    return true;
}

}  // namespace vigia
