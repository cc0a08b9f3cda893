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

std::string quote_list(const std::vector<std::string>& texts) {
    std::string json = "[";
    for (const std::string& text : texts) json += (json.size() > 1 ? "," : "") + quote(text);
    return json + "]";
}

}  // namespace vigia
