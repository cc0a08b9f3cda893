#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace vigia {

// One step of a path: into a key, to one element of an array, or (written `[*]`) to each, which arrays do
// unasked.
struct Segment {
    enum class Kind : uint8_t { Key, Index, Each };
    Kind kind = Kind::Key;
    std::string key;
    uint32_t index = 0;

    auto operator<=>(const Segment&) const = default;
};

// Where values stand in a record. The empty path is the record itself.
using FieldPath = std::vector<Segment>;

constexpr size_t path_segments_max = 32;

// As the filter language writes it: keys that are no identifiers stand in quotes.
std::string print(const FieldPath& path);

// Whether a key can stand in a path without quotes.
bool is_identifier(std::string_view key);

}  // namespace vigia
