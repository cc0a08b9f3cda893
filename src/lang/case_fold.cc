#include "lang/case_fold.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <array>

// ICU's macros narrow integers as they please.
#pragma GCC diagnostic ignored "-Wconversion"

namespace vigia {

std::string fold_case(std::string_view text) {
    std::string folded;
    folded.reserve(text.size());
    const auto length = static_cast<int32_t>(text.size());
    for (int32_t at = 0; at < length;) {
        const auto byte = static_cast<unsigned char>(text[static_cast<size_t>(at)]);
        if (byte < 0x80) {
            folded += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : static_cast<char>(byte);
            at++;
            continue;
        }
        const int32_t begin = at;
        UChar32 code = 0;
        U8_NEXT(text.data(), at, length, code);
        if (code < 0) {
            folded.append(text.substr(static_cast<size_t>(begin), static_cast<size_t>(at - begin)));
            continue;
        }
        std::array<char, 4> bytes{};
        int32_t size = 0;
        U8_APPEND_UNSAFE(bytes.data(), size, u_foldCase(code, U_FOLD_CASE_DEFAULT));
        folded.append(bytes.data(), static_cast<size_t>(size));
    }
    return folded;
}

}  // namespace vigia
