#include "model/fields.h"

#include <utility>

namespace vigia {

std::string_view name(FieldType type) {
    switch (type) {
        case FieldType::Text: return "text";
        case FieldType::Number: return "number";
        case FieldType::Boolean: return "true or false";
        case FieldType::Time: return "time";
        case FieldType::Address: return "address";
        case FieldType::Object: return "object";
    }
    std::unreachable();
}

}  // namespace vigia
