#include "network/addresses.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace vigia {

namespace {

bool is_link_local(const in6_addr& address) {
    // An IPv4 address stands in the last four bytes of these; behind a NAT64 the latter reach it as well.
    static constexpr unsigned char nat64[12] = {0x00, 0x64, 0xff, 0x9b};
    if (IN6_IS_ADDR_V4MAPPED(&address) || std::memcmp(&address, nat64, sizeof nat64) == 0)
        return address.s6_addr[12] == 169 && address.s6_addr[13] == 254;
    // The metadata service of EC2 has this one beside 169.254.169.254.
    static constexpr unsigned char ec2_metadata[16] = {0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0,    0,
                                                       0,    0,    0,    0,    0, 0, 0x02, 0x54};
    return IN6_IS_ADDR_LINKLOCAL(&address) || std::memcmp(&address, ec2_metadata, sizeof ec2_metadata) == 0;
}

// The five addresses of AWS, and this machine's own.
bool hands_out_credentials(const in_addr& address) {
    constexpr uint32_t metadata = 0xA9FEA9FE, ecs = 0xA9FEAA02, eks = 0xA9FEAA17;
    const uint32_t number = ntohl(address.s_addr);
    return number >> 24 == 127 || number == metadata || number == ecs || number == eks;
}

bool hands_out_credentials(const in6_addr& address) {
    if (IN6_IS_ADDR_LOOPBACK(&address)) return true;
    constexpr auto allowed = std::to_array({"fd00:ec2::254", "fd00:ec2::23"});
    return std::ranges::any_of(allowed, [&](const char* text) {
        in6_addr one{};
        return inet_pton(AF_INET6, text, &one) == 1 && std::memcmp(&one, &address, sizeof one) == 0;
    });
}

}  // namespace

bool may_call(const sockaddr& address, Reach reach) {
    if (address.sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        if (reach == Reach::Credentials) return hands_out_credentials(v4.sin_addr);
        return ntohl(v4.sin_addr.s_addr) >> 16 != (169U << 8 | 254U);
    }
    if (address.sa_family != AF_INET6) return false;
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    return reach == Reach::Credentials ? hands_out_credentials(v6.sin6_addr) : !is_link_local(v6.sin6_addr);
}

}  // namespace vigia
