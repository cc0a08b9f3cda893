#pragma once

#include <cstdint>
#include <string_view>

namespace vigia {

struct Hash128 {
    uint64_t low = 0;
    uint64_t high = 0;
    bool operator==(const Hash128&) const = default;
};

// XXH3, 128 bits. With a secret seed, two texts of one hash cannot be made on purpose, and by chance they do
// not come about.
Hash128 hash128(std::string_view text, uint64_t seed);

}  // namespace vigia
