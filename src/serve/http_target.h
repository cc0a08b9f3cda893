#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace vigia {

constexpr size_t target_bytes_max = 8192;
constexpr size_t target_segments_max = 64;
constexpr size_t target_parameters_max = 256;

// Whom a request speaks to: a Host header, or the authority of a target.
struct HttpHost {
    std::string name;  // in lower case; an IPv6 address in its brackets
    std::optional<uint16_t> port;
};

// The target of a request line, taken apart.
struct HttpTarget {
    // "/" has no segments, and "/a/" has two, of which the last is empty.
    std::vector<std::string> segments;
    // The segments with a slash before each. One that has a slash of its own stands as sent.
    std::string path;
    std::vector<std::pair<std::string, std::string>> query;
    std::optional<HttpHost> host;  // of a target that is a whole address
};

// BadInput for what is no target: characters that must be escaped, bad escapes, what is not UTF-8 or has
// control characters when it is decoded (a query may hold tabs and line breaks), segments that climb ("..").
// "*" is a target with that path and no segments.
Result<HttpTarget> parse_target(std::string_view target);

// "example.org", "example.org:8443", "127.0.0.1", "[::1]:443".
Result<HttpHost> parse_host(std::string_view text);

// %XX decoded. BadInput for a % with something else after it.
enum class PlusSign : uint8_t { Itself, Space };
Result<std::string> percent_decode(std::string_view text, PlusSign plus);

}  // namespace vigia
