#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/hash.h"
#include "lang/address.h"

namespace vigia {

// The right side of `in`: texts in a hash set, CIDR blocks in a radix tree.
class ValueList {
public:
    explicit ValueList(std::vector<std::string> items);

    // The text is one of the items, or an address in one of the blocks.
    bool contains(std::string_view text) const;
    const std::vector<std::string>& items() const { return items_; }

private:
    std::vector<std::string> items_;
    std::unordered_set<std::string, TextHash, std::equal_to<>> texts_;
    CidrSet blocks_;
};

// The named lists that a filter may call with $name. They outlive every program that was compiled with them.
using NamedLists = std::map<std::string, std::unique_ptr<const ValueList>, std::less<>>;

}  // namespace vigia
