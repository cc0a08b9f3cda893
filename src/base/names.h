#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

namespace vigia {

// Tables of a closed set's words: pairs of name and value, each value in it.
template <typename Table>
std::string_view name_in(const Table& table, auto value) {
    return std::ranges::find(table, value, &Table::value_type::second)->first;
}
template <typename Table>
auto value_in(const Table& table, std::string_view name) {
    const auto at = std::ranges::find(table, name, &Table::value_type::first);
    return at == table.end() ? std::nullopt : std::optional(at->second);
}

}  // namespace vigia
