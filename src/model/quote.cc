#include "model/quote.h"

#include <fmt/format.h>

namespace vigia {

std::string quote(std::string_view content) {
    std::string text = "\"";
    for (const char c : content) {
        switch (c) {
            case '"':
                text += "\\\"";
                break;
            case '\\':
                text += "\\\\";
                break;
            case '\n':
                text += "\\n";
                break;
            case '\t':
                text += "\\t";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20)
                    text += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
                else
                    text += c;
        }
    }
    return text + "\"";
}

}  // namespace vigia
