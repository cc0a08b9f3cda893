#pragma once

#include <string>
#include <vector>

namespace vigia {

// Whether only this machine reaches the address.
bool is_loopback(const std::string& address);
// Whether it stands for every address of the machine.
bool is_any_address(const std::string& address);

// The machine's own name, when it is a host name.
std::vector<std::string> host_names();
// The addresses that its interfaces have now, but for loopback and those of a link.
std::vector<std::string> interface_addresses();

}  // namespace vigia
