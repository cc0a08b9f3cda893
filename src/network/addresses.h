#pragma once

#include <sys/socket.h>

#include <cstdint>

namespace vigia {

// Where a call may lead.
enum class Reach : uint8_t {
    // Anywhere but to addresses of the local link, where clouds keep the credentials of the machine.
    Outside,
    // To this machine, and to the addresses at which AWS hands out credentials, and nowhere else: the
    // metadata
    // service of EC2 (169.254.169.254, fd00:ec2::254), and the agents of ECS and EKS (169.254.170.2,
    // 169.254.170.23, fd00:ec2::23).
    Credentials,
};

// Whether the address may be called; what is no address of IP may not. Asked of each address that a name
// leads to, when it is connected to.
bool may_call(const sockaddr& address, Reach reach = Reach::Outside);

}  // namespace vigia
