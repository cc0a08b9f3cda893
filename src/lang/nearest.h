#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace vigia {

// The candidate that a mistyped word most likely means: fewest insertions, deletions, changes and swaps of
// letters, at most a third of the word's length; case counts half. Nothing when none is that near.
std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace vigia
