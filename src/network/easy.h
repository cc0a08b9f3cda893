#pragma once

#include <string>
#include <string_view>

#include "network/addresses.h"
#include "network/network.h"

// What all uses of libcurl have in common. Its headers stand in .cc files only, so a handle is a pointer
// here.
namespace vigia {

void start_curl();

// Certificates are verified, redirects are not followed, only addresses within reach are connected to, and
// the times of the bounds hold. `easy` is a CURL.
void secure(void* easy, const NetworkBounds& bounds, Reach reach);

// Its first bytes, in printable ASCII.
std::string printable(std::string_view text, size_t bytes_max);

}  // namespace vigia
