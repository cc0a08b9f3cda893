#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vigia {

// Bytes from the system that nobody can guess: keys, tokens, salts.
std::string random_bytes(size_t count);

// A number that nobody outside can guess: seeds of hashes over what strangers send.
uint64_t random_seed();

// Lower-case hexadecimal, two digits a byte.
std::string hex(std::string_view bytes);
// The bytes that hex() spells so. Nothing for any other text.
std::optional<std::string> from_hex(std::string_view text);

// A random UUID of version 4 (RFC 9562).
std::string random_uuid();

}  // namespace vigia
