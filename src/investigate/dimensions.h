#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "investigate/event_texts.h"
#include "store/event_store.h"

namespace vigia {

// Something that events of any type can have in common: an identity, a host …
struct Dimension {
    std::string_view name;                      // in the API
    std::span<const std::string_view> columns;  // any of them says it; an event's own is the first that does
    // Where the record has what no column says; empty where columns say all.
    std::span<const std::string_view> record_paths;
    std::string_view meaning;
};

// The table of them.
std::span<const Dimension> dimensions();
const Dimension* find_dimension(std::string_view name);
// "identity, session, …", for messages.
std::string dimension_names();

struct DimensionValue {
    const Dimension* dimension = nullptr;
    std::string value;
    std::string host;  // of what means something on one host only, such as a pid; else empty
};

// What the event has of each dimension, in the order of the table; those of which it has nothing are left
// out. A dimension may have several values, such as two ends of a connection.
std::vector<DimensionValue> values_of(const EventTexts& texts, std::string_view record);

// What is asked of events so that they have the value, in SQL: `plain` of rows whose `many` is 0, `many` of
// the others. Where an event has several values, or no column is for them, the value must stand in its record
// as a whole text.
struct DimensionSql {
    std::string plain;
    std::string many;
};
DimensionSql sql_of(const DimensionValue& value, std::vector<DuckValue>& parameters);

// In the order of time and id, what stands before ('<') or behind ('>') this place: " and (…)".
std::string sql_beyond(char sign, Time time, const std::string& id, std::vector<DuckValue>& parameters);

}  // namespace vigia
