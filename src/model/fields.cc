#include "model/fields.h"

#include <algorithm>
#include <utility>

namespace vigia {

std::string_view name(FieldType type) {
    switch (type) {
        case FieldType::Text:
            return "text";
        case FieldType::Number:
            return "number";
        case FieldType::Boolean:
            return "true or false";
        case FieldType::Timestamp:
            return "time";
        case FieldType::Address:
            return "address";
        case FieldType::Object:
            return "object";
    }
    std::unreachable();
}

std::optional<std::string_view> read(Reading reading, std::string_view text) {
    switch (reading) {
        case Reading::Whole:
            return text;
        case Reading::SessionName: {
            const size_t colon = text.find(':');
            if (colon == std::string_view::npos || colon + 1 == text.size()) return std::nullopt;
            return text.substr(colon + 1);
        }
        case Reading::RootName:
            return text == "Root" ? std::optional<std::string_view>("root") : std::nullopt;
        case Reading::ZoneRegion: {
            // Of local zones, too: us-west-2-lax-1a is in us-west-2.
            const size_t digit = text.find_first_of("0123456789");
            if (digit == std::string_view::npos || digit < 2 || text[digit - 1] != '-') return std::nullopt;
            return text.substr(0, std::min(text.find_first_not_of("0123456789", digit), text.size()));
        }
    }
    std::unreachable();
}

}  // namespace vigia
