#include "investigate/title_template.h"

#include <algorithm>

namespace vigia {

namespace {

struct Place {
    std::string_view name;
    std::string_view otherwise;
    size_t end = 0;  // behind the brace
};

// Of a place that begins at the text's byte `at`, where a brace opens.
Place place_at(std::string_view text, size_t at) {
    const size_t closed = std::min(text.find('}', at), text.size());
    const std::string_view inside = text.substr(at + 1, closed - at - 1);
    const size_t bar = inside.find('|');
    return {.name = inside.substr(0, bar),
            .otherwise = bar == std::string_view::npos ? std::string_view() : inside.substr(bar + 1),
            .end = std::min(closed + 1, text.size())};
}

std::string_view value_of(std::span<const TitleParameter> parameters, std::string_view name) {
    const auto found = std::ranges::find(parameters, name, &TitleParameter::name);
    return found == parameters.end() ? std::string_view() : found->value;
}

}  // namespace

std::vector<std::string_view> title_parameter_names(std::string_view text) {
    std::vector<std::string_view> names;
    for (size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at)) {
        const Place place = place_at(text, at);
        if (std::ranges::find(names, place.name) == names.end()) names.push_back(place.name);
        at = place.end;
    }
    return names;
}

std::string render_title(std::string_view text, std::span<const TitleParameter> parameters) {
    std::string said;
    for (size_t at = 0; at < text.size();) {
        if (text[at] == '[') {
            const size_t closed = std::min(text.find(']', at), text.size());
            const std::string_view inside = text.substr(at + 1, closed - at - 1);
            if (!value_of(parameters, place_at(inside, inside.find('{')).name).empty())
                said += render_title(inside, parameters);
            at = std::min(closed + 1, text.size());
        } else if (text[at] == '{') {
            const Place place = place_at(text, at);
            const std::string_view value = value_of(parameters, place.name);
            said += value.empty() ? place.otherwise : value;
            at = place.end;
        } else {
            said += text[at++];
        }
    }
    return said;
}

}  // namespace vigia
