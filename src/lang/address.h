#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace vigia {

// An IP address in 16 bytes; an IPv4 address is held as ::ffff:a.b.c.d, so that the mapped form is the same
// address.
struct Address {
    std::array<uint8_t, 16> bytes{};
    bool operator==(const Address&) const = default;
};

std::optional<Address> parse_address(std::string_view text);

// The addresses that agree with `base` in the first `bits` bits.
struct Cidr {
    Address base;
    uint8_t bits = 0;  // of the 16 bytes: 96 more than an IPv4 block's own
    bool contains(const Address& address) const;
};

// A block, "10.0.0.0/8" or "2001:db8::/32". Bits of the base beyond the prefix are ignored, as routers do. An
// address alone is no block.
std::optional<Cidr> parse_cidr(std::string_view text);

// Many blocks, asked in at most 128 steps whatever their number: a binary radix tree.
class CidrSet {
public:
    void insert(const Cidr& block);
    bool contains(const Address& address) const;
    bool empty() const { return nodes_.size() == 1 && !nodes_[0].whole; }

private:
    struct Node {
        std::array<uint32_t, 2> child{};
        bool whole = false;  // the block that ends here is in the set
    };
    std::vector<Node> nodes_{1};
};

}  // namespace vigia
