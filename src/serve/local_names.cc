#include "serve/local_names.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstring>
#include <optional>

#include "serve/http_target.h"

namespace vigia {

namespace ip = boost::asio::ip;

namespace {

std::optional<ip::address> address_of(const sockaddr& socket) {
    if (socket.sa_family == AF_INET) {
        ip::address_v4::bytes_type bytes;
        std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in&>(socket).sin_addr, bytes.size());
        return ip::address_v4(bytes);
    }
    if (socket.sa_family != AF_INET6) return std::nullopt;
    ip::address_v6::bytes_type bytes;
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(socket).sin6_addr, bytes.size());
    return ip::address_v6(bytes);
}

bool is_of_link(const ip::address& address) { return address.is_v6() && address.to_v6().is_link_local(); }

}  // namespace

bool is_loopback(const std::string& address) {
    boost::system::error_code failure;
    const auto parsed = ip::make_address(address, failure);
    return !failure && parsed.is_loopback();
}

bool is_any_address(const std::string& address) {
    boost::system::error_code failure;
    const auto parsed = ip::make_address(address, failure);
    return !failure && parsed.is_unspecified();
}

std::vector<std::string> host_names() {
    std::array<char, 256> name{};
    if (gethostname(name.data(), name.size() - 1) != 0) return {};
    const auto parsed = parse_host(name.data());
    if (!parsed || parsed->port) return {};
    return {name.data()};
}

std::vector<std::string> interface_addresses() {
    ifaddrs* all = nullptr;
    if (getifaddrs(&all) != 0) return {};
    std::vector<std::string> found;
    for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next) {
        if (one->ifa_addr == nullptr) continue;
        const auto address = address_of(*one->ifa_addr);
        if (address && !address->is_loopback() && !is_of_link(*address))
            found.push_back(address->to_string());
    }
    freeifaddrs(all);
    return found;
}

}  // namespace vigia
