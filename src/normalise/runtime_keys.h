#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "base/time.h"

// Where the record of a runtime event says what every event has: the keys of its root, the first that has it
// first. The tree and the one pass both read this.
namespace vigia {

inline constexpr auto runtime_type_keys = std::to_array<std::string_view>({"event_type", "_type"});
inline constexpr auto runtime_id_keys = std::to_array<std::string_view>({"_id", "event_id", "id"});
inline constexpr auto runtime_time_keys = std::to_array<std::string_view>({"event_time", "timestamp"});
inline constexpr std::string_view runtime_provider_key = "provider_metadata";  // an object that has the next
inline constexpr std::string_view runtime_account_key = "account_id";

// Milliseconds since 1970, or an RFC 3339 text.
inline std::optional<Time> parse_runtime_time(std::string_view text) {
    const auto time = parse_epoch_ms(text);
    return time ? time : parse_rfc3339(text);
}

}  // namespace vigia
