#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace vigia {

struct Hash128 {
    uint64_t low = 0;
    uint64_t high = 0;
    bool operator==(const Hash128&) const = default;
};

// SHA-256, its 32 bytes.
std::string sha256(std::string_view text);

// HMAC with SHA-256 (RFC 2104), its 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view text);

// Base64 with its padding (RFC 4648).
std::string base64(std::string_view bytes);

// For containers of strings that are asked with views.
struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

// XXH3, 128 bits. With a secret seed, two texts of one hash cannot be made on purpose, and by chance they do
// not come about.
Hash128 hash128(std::string_view text, uint64_t seed);

}  // namespace vigia
