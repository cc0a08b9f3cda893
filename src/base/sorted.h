#pragma once

#include <algorithm>
#include <vector>

namespace vigia {

// Sorts, and keeps one of each.
template <typename T>
void sort_unique(std::vector<T>& items) {
    std::ranges::sort(items);
    const auto doubled = std::ranges::unique(items);
    items.erase(doubled.begin(), doubled.end());
}

}  // namespace vigia
