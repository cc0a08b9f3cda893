#include "detect/title.h"

#include "base/utf8.h"
#include "lang/tree_walk.h"

namespace vigia {

namespace {

// Appends the value as part of one line.
void add_line(std::string& text, std::string_view value) {
    size_t end = value.size();
    if (end > title_value_bytes_max) {
        end = title_value_bytes_max;
        while (end > 0 && continues_character(value[end])) end--;
    }
    for (const char c : value.substr(0, end))
        text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    if (end < value.size()) text += "…";
}

}  // namespace

TitleTemplate::TitleTemplate(std::string_view title) {
    while (true) {
        const size_t open = title.find("{{");
        const size_t close = open == std::string_view::npos ? open : title.find("}}", open);
        if (close == std::string_view::npos) break;
        texts_.emplace_back(title.substr(0, open));
        fields_.push_back(parse_field(title.substr(open + 2, close - open - 2)));
        title.remove_prefix(close + 2);
    }
    texts_.emplace_back(title);
}

void TitleTemplate::render(std::span<const std::optional<std::string_view>> values, std::string& text) const {
    for (size_t i = 0; i < values.size(); i++) {
        text += texts_[i];
        add_line(text, values[i].value_or("unknown"));
    }
    text += texts_.back();
}

}  // namespace vigia
