#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "model/value.h"

namespace vigia {

struct JsonMember;

// A JSON value as a plain tree: the slow twin of extraction walks it, and so does whatever may take its time.
// It borrows from the JsonDocument that made it. `text` is as in Value for scalars; for objects and arrays it
// is their JSON text.
struct Json {
    enum class Kind : uint8_t { Null, Text, Number, True, False, Object, Array };
    Kind kind = Kind::Null;
    std::string_view text;
    std::string_view raw;             // the JSON text of any kind, as it stands in the record
    std::vector<JsonMember> members;  // of an object, in order, doubled keys and all
    std::vector<Json> elements;       // of an array
};

struct JsonMember {
    std::string_view key;
    Json value;
};

// The first member of the key, or null.
inline const Json* member(const Json& object, std::string_view key) {
    const auto at = std::ranges::find(object.members, key, &JsonMember::key);
    return at == object.members.end() ? nullptr : &at->value;
}

constexpr size_t json_depth_max = 64;

// Bytes behind a run of records that can be read, whatever they are: who scans many bytes at once need not
// stop short of the end.
constexpr size_t run_slack_bytes = 64;

}  // namespace vigia
