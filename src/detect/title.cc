#include "detect/title.h"

#include "base/utf8.h"
#include "lang/tree_walk.h"

namespace vigia {

namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

std::string one_line(std::string value) {
    if (value.size() > title_value_bytes_max) {
        size_t end = title_value_bytes_max;
        while (end > 0 && continues_character(value[end])) end--;
        value.resize(end);
        value += "…";
    }
    for (char& c : value) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    return value;
}

}  // namespace

std::string render_title(std::string_view title, const Json& record, const FieldCatalogue& catalogue) {
    std::string text;
    while (true) {
        const size_t open = title.find("{{");
        const size_t close = open == std::string_view::npos ? open : title.find("}}", open);
        if (close == std::string_view::npos) return text.append(title);
        text.append(title.substr(0, open));
        text += one_line(first_value(record, trimmed(title.substr(open + 2, close - open - 2)), catalogue)
                             .value_or("unknown"));
        title.remove_prefix(close + 2);
    }
}

}  // namespace vigia
