#pragma once

#include <cstdio>
#include <cstdlib>

// Stops the process when a thing is false that only our own mistake can make false. On in release builds,
// too.
#define VIGIA_ASSERT(condition)                                                                    \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            std::fprintf(stderr, "%s:%d: assertion failed: %s\n", __FILE__, __LINE__, #condition); \
            std::abort();                                                                          \
        }                                                                                          \
    } while (false)
