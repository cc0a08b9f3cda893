#pragma once

#include <string>

namespace vigia {

// Who changes something, and from where: "command line", an address.
struct Actor {
    std::string who;
    std::string origin;
};

}  // namespace vigia
