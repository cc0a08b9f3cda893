#pragma once

#include <span>
#include <string_view>

namespace vigia {

// A field of events that has a column of its own in the store, so that asking for it needs no look at the
// record.
struct EventColumn {
    std::string_view name;
    std::string_view field;  // in the filter language
    std::string_view meaning;
};

// In the order of the store's files. Beside them, every event has `id`, `type` (its event_type), `time`,
// `received`, `many` and `record`.
std::span<const EventColumn> event_columns();

// The place of a column that there is.
size_t column_index(std::string_view name);

}  // namespace vigia
