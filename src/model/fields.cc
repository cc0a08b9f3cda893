#include "model/fields.h"

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
    }
    std::unreachable();
}

}  // namespace vigia
