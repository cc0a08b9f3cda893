#include "base/utf8.h"

#include <algorithm>
#include <array>

namespace vigia {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

// Which first bytes begin how long a character, and between which bytes the second one lies (RFC 3629).
struct Utf8Form {
    unsigned char first_min, first_max, second_min, second_max;
    size_t bytes;
};
constexpr auto utf8_forms = std::to_array<Utf8Form>({
    {0x00, 0x7F, 0x00, 0x00, 1},
    {0xC2, 0xDF, 0x80, 0xBF, 2},
    {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3},
    {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4},
    {0xF4, 0xF4, 0x80, 0x8F, 4},
});

// The bytes of the character that begins the text; 0 when none does.
size_t character_bytes(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    const auto form = std::ranges::find_if(
        utf8_forms, [&](const Utf8Form& one) { return first >= one.first_min && first <= one.first_max; });
    if (form == utf8_forms.end() || text.size() < form->bytes) return 0;
    if (form->bytes == 1) return 1;
    const auto second = static_cast<unsigned char>(text[1]);
    if (second < form->second_min || second > form->second_max) return 0;
    const bool goes_on = std::ranges::all_of(text.substr(2, form->bytes - 2), continues_character);
    return goes_on ? form->bytes : 0;
}

}  // namespace

size_t utf8_prefix(std::string_view text) {
    size_t at = 0;
    while (at < text.size()) {
        const size_t bytes = character_bytes(text.substr(at));
        if (bytes == 0) break;
        at += bytes;
    }
    return at;
}

bool is_utf8(std::string_view text) { return utf8_prefix(text) == text.size(); }

std::string valid_utf8(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const size_t bytes = character_bytes(text);
        out += bytes == 0 ? replacement : text.substr(0, bytes);
        text.remove_prefix(std::max(bytes, size_t{1}));
    }
    return out;
}

std::string cut(std::string_view text, size_t characters_max) {
    if (characters(text) <= characters_max) return std::string(text);
    size_t end = 0;
    for (size_t i = 1; i < characters_max; i++) end = next_character(text, end);
    return std::string(text.substr(0, end)) + "…";
}

}  // namespace vigia
