#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vigia {

enum class FieldType : uint8_t { Text, Number, Boolean, Time, Address, Object };

// One known field of an event source: a row of that source's table, read by check, completion and the reference.
struct FieldSpec {
    std::string_view path;
    FieldType type;
    std::string_view meaning;
};

// A short name over all event types. It stands for the values of the first of its paths that has any.
struct AliasSpec {
    std::string_view name;
    std::string_view meaning;
    std::vector<std::string_view> paths;  // each as the language writes it; none: the source has no such field
};

// What a source's events may hold. A path below an open one is not an error, whatever it is.
struct FieldCatalogue {
    std::string_view event_type;  // what `event_type` is equal to in every event of this source
    bool open;                    // unknown paths are a warning, not an error
    std::string_view source_path;  // the two fields that tell the kind of an event
    std::string_view name_path;
    std::span<const FieldSpec> fields;
    std::span<const AliasSpec> aliases;
};

std::string_view name(FieldType type);

}  // namespace vigia
