#pragma once

#include <cstdint>
#include <string_view>

namespace vigia {

// What kind of JSON value a Value is. Null is no kind: a null yields no value at all.
enum class ValueKind : uint8_t { Text, Number, True, False, Object };

// One value that a path found. `text` is the string's content, the number's or boolean's own spelling, or the
// object's JSON text; it borrows from the batch that the event belongs to.
struct Value {
    std::string_view text;
    ValueKind kind = ValueKind::Text;

    bool operator==(const Value&) const = default;
};

}  // namespace vigia
