#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/event.h"
#include "model/fields.h"

namespace vigia {

// The fields of a source's events: the one table that checking, completion and the reference read.
const FieldCatalogue& catalogue(EventType type);

// The type of a runtime event, by what its record says: "audit", "host" … Nothing for other texts, and for
// what AWS sends, which says no such thing.
std::optional<EventType> runtime_event_type(std::string_view text);

// Those texts, with commas between them.
std::string runtime_event_types();

// From this one on, event types are those of runtime events.
constexpr auto first_runtime_type = static_cast<size_t>(EventType::Audit);

}  // namespace vigia
