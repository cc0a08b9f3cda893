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
// The bytes; nothing for what hex() does not give.
std::optional<std::string> from_hex(std::string_view digits);

// A random UUID of version 4 (RFC 9562).
std::string random_uuid();
// Whether the text has the form of a UUID, in lower case.
bool is_uuid(std::string_view text);

}  // namespace vigia
