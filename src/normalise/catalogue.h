#pragma once

#include <optional>
#include <string_view>

#include "model/event.h"
#include "model/fields.h"

namespace vigia {

// The fields of a source's events: the one table that checking, completion and the reference read.
const FieldCatalogue& catalogue(EventType type);

// The rule type that speaks of these events ("CloudTrail"), as rule files and the product's JSON spell it.
std::string_view rule_type(EventType type);
std::optional<EventType> event_type_of(std::string_view rule_type);

}  // namespace vigia
