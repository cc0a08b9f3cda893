#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

// The values of Threat Stack's API as texts.
namespace vigia {

// A moment in any of the precisions that clients send: from "2026" over "2026-11-25" and "2026-11-25T10:30"
// to fractions of a second, with a zone or, being UTC then, without one. Nothing for any other text.
std::optional<Time> parse_v2_time(std::string_view text);
// "2026-11-25T10:30:00.000Z", always to the millisecond.
std::string format_v2_time(Time time);

// What a list is asked for.
struct V2Query {
    std::string list;  // its name
    std::vector<std::pair<std::string, std::string>> parameters;
    std::string cursor;  // where the page before ended; empty for the first

    // The first parameter of the name; nothing for an empty one.
    std::optional<std::string_view> find(std::string_view name) const;
    bool operator==(const V2Query&) const = default;
};

constexpr size_t v2_token_bytes_max = 4000;

// The query as one word that needs no escapes in an address, and back. It is no secret, and says nothing of
// whose list it is. BadInput for a query that is too long, and for what is no token of the list.
Result<std::string> write_v2_token(const V2Query& query);
Result<V2Query> read_v2_token(std::string_view list, std::string_view token);

}  // namespace vigia
