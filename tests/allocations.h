#pragma once

#include <atomic>
#include <cstdint>

// How often memory was asked for since the program began: every operator new counts.
extern std::atomic<uint64_t> allocations;
