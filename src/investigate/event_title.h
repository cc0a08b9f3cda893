#pragma once

#include <span>
#include <string>
#include <string_view>

#include "investigate/event_texts.h"

namespace vigia {

// One line that says what happened, made by the event's type ("cloudtrail", "audit" …): "alice called
// s3:GetObject from 203.0.113.7 (AccessDenied)". Of the same calls it is the same.
std::string event_title(std::string_view type, const EventTexts& texts);

// What titles of the type show that no column has; none for most types.
std::span<const std::string_view> title_paths(std::string_view type);
// The types whose titles need the record, as SQL: "'host', 'winsec'".
std::string types_with_title_paths();

constexpr size_t event_title_bytes_max = 300;

}  // namespace vigia
