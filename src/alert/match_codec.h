#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/alert_match.h"

namespace vigia {

// What decode() takes, and so what a batch may encode to.
constexpr size_t encoded_matches_bytes_max = size_t{1} << 30;

// Bytes that decode() turns back into an equal batch: a version, what is in it, and a checksum.
std::string encode(const BatchMatches& batch);

// Corrupt when the bytes are not those that encode() made, of a version that is known.
Result<BatchMatches> decode(std::string_view bytes);

}  // namespace vigia
