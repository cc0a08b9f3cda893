#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace vigia {

enum class FieldType : uint8_t { Text, Number, Boolean, Timestamp, Address, Object };

// One known field of an event source: a row of that source's table, read by check, completion and the
// reference.
struct FieldSpec {
    std::string_view path;
    FieldType type;
    std::string_view meaning;
    bool few_values = false;  // most events have one of a handful, so that asking for one rules little out
};

// How an alias reads the values of a path.
enum class Reading : uint8_t {
    Whole,        // as they are
    SessionName,  // what follows the ':' of a principal id (AROA…:alice); nothing of ids without one
    RootName,     // "root" for the identity type Root; nothing for the others
    ZoneRegion,   // the region of an availability zone: us-west-2 of us-west-2c; nothing of what is none
};

struct AliasReading {
    std::string_view path;  // keys joined by dots
    Reading reading = Reading::Whole;
};

// Which of its readings an alias stands for.
enum class Yield : uint8_t {
    First,  // what the first yields that yields anything
    Every,  // what all of them yield together
};

// A short name over all event types. With no readings, the source has no such field and the name stands for
// nothing.
struct AliasSpec {
    std::string_view name;
    std::string_view meaning;
    std::span<const AliasReading> readings;
    Yield yield = Yield::First;
};

// What a source's events may hold. A path below an open one is not an error, whatever it is.
struct FieldCatalogue {
    std::string_view event_type;   // what `event_type` is equal to in every event of this source
    bool open;                     // unknown paths are a warning, not an error
    std::string_view source_path;  // the two fields of the root that tell the kind of an event; empty: none
    std::string_view name_path;
    std::span<const FieldSpec> fields;
    std::span<const AliasSpec> aliases;
};

std::string_view name(FieldType type);

// What a reading makes of one text; nothing when it yields none.
std::optional<std::string_view> read(Reading reading, std::string_view text);

}  // namespace vigia
