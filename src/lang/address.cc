#include "lang/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include "base/number.h"

namespace vigia {

namespace {

constexpr size_t address_bytes_max = 45;  // INET6_ADDRSTRLEN without its zero
constexpr unsigned v4_prefix_bits = 96;

bool bit(const Address& address, unsigned at) { return (address.bytes[at / 8] >> (7 - at % 8) & 1) != 0; }

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
    if (text.empty() || text.size() > address_bytes_max) return std::nullopt;
    std::array<char, address_bytes_max + 1> terminated{};
    std::ranges::copy(text, terminated.begin());
    Address address;
    if (text.find(':') != std::string_view::npos) {
        if (inet_pton(AF_INET6, terminated.data(), address.bytes.data()) != 1) return std::nullopt;
        return address;
    }
    address.bytes[10] = address.bytes[11] = 0xff;
    if (inet_pton(AF_INET, terminated.data(), address.bytes.data() + 12) != 1) return std::nullopt;
    return address;
}

bool Cidr::contains(const Address& address) const {
    const size_t whole = bits / 8;
    if (std::memcmp(base.bytes.data(), address.bytes.data(), whole) != 0) return false;
    if (bits % 8 == 0) return true;
    const auto mask = static_cast<uint8_t>(0xff << (8 - bits % 8));
    return (base.bytes[whole] & mask) == (address.bytes[whole] & mask);
}

std::optional<Cidr> parse_cidr(std::string_view text) {
    const size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto base = parse_address(text.substr(0, slash));
    if (!base) return std::nullopt;
    const auto bits = parse_whole<unsigned>(text.substr(slash + 1));
    if (!bits) return std::nullopt;
    const bool v4 = text.find(':') == std::string_view::npos;
    if (*bits > (v4 ? 32U : 128U)) return std::nullopt;
    return Cidr{*base, static_cast<uint8_t>(v4 ? *bits + v4_prefix_bits : *bits)};
}

void CidrSet::insert(const Cidr& block) {
    uint32_t at = 0;
    for (unsigned i = 0; i < block.bits; i++) {
        const bool side = bit(block.base, i);
        if (nodes_[at].child[side] == 0) {
            nodes_[at].child[side] = static_cast<uint32_t>(nodes_.size());
            nodes_.emplace_back();
        }
        at = nodes_[at].child[side];
    }
    nodes_[at].whole = true;
}

bool CidrSet::contains(const Address& address) const {
    uint32_t at = 0;
    for (unsigned i = 0; i < 128; i++) {
        if (nodes_[at].whole) return true;
        at = nodes_[at].child[bit(address, i)];
        if (at == 0) return false;
    }
    return nodes_[at].whole;
}

}  // namespace vigia
