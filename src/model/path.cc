#include "model/path.h"

#include <fmt/format.h>

#include "model/quote.h"

namespace vigia {

namespace {

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '@'; }
bool is_part(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == ':' || c == '-'; }

}  // namespace

bool is_identifier(std::string_view key) {
    if (key.empty() || !is_letter(key[0])) return false;
    for (const char c : key) {
        if (!is_part(c)) return false;
    }
    return true;
}

std::string print(const FieldPath& path) {
    std::string text;
    for (const Segment& segment : path) {
        switch (segment.kind) {
            case Segment::Kind::Key:
                if (!text.empty()) text += '.';
                // A path begins with an identifier; only later keys may be quoted.
                text += is_identifier(segment.key) ? segment.key : quote(segment.key);
                break;
            case Segment::Kind::Index:
                text += fmt::format("[{}]", segment.index);
                break;
            case Segment::Kind::Each:
                text += "[*]";
                break;
        }
    }
    return text;
}

}  // namespace vigia
