#pragma once

#include <cstdint>

namespace vigia {

// A number that nobody outside can guess: seeds of hashes over what strangers send.
uint64_t random_seed();

}  // namespace vigia
