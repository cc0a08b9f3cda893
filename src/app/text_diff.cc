#include "app/text_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace vigia {

namespace {

constexpr size_t context_lines = 3;
// Of the table that finds the longest common subsequence.
constexpr size_t cells_max = 4'000'000;

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

// One line of the whole: kept, taken away or added.
struct Edit {
    char mark;
    std::string_view line;
};

// The lines between what both begin and end with, as edits.
void edit_middle(const Lines& before, const Lines& after, std::vector<Edit>& edits) {
    const size_t rows = before.size(), columns = after.size();
    const bool small = rows == 0 || columns <= cells_max / rows;
    std::vector<uint32_t> common(small ? (rows + 1) * (columns + 1) : 0);
    const auto at = [&](size_t row, size_t column) -> uint32_t& {
        return common[row * (columns + 1) + column];
    };
    for (size_t row = small ? rows : 0; row-- > 0;)
        for (size_t column = columns; column-- > 0;)
            at(row, column) = before[row] == after[column]
                                  ? at(row + 1, column + 1) + 1
                                  : std::max(at(row + 1, column), at(row, column + 1));
    size_t row = 0, column = 0;
    while (small && row < rows && column < columns) {
        if (before[row] == after[column]) {
            edits.push_back({' ', before[row]});
            row++, column++;
        } else if (at(row + 1, column) >= at(row, column + 1)) {
            edits.push_back({'-', before[row++]});
        } else {
            edits.push_back({'+', after[column++]});
        }
    }
    while (row < rows) edits.push_back({'-', before[row++]});
    while (column < columns) edits.push_back({'+', after[column++]});
}

std::vector<Edit> edits_of(Lines before, Lines after) {
    const size_t shorter = std::min(before.size(), after.size());
    size_t head = 0, tail = 0;
    while (head < shorter && before[head] == after[head]) head++;
    while (tail < shorter - head && before[before.size() - 1 - tail] == after[after.size() - 1 - tail])
        tail++;
    std::vector<Edit> edits;
    for (size_t i = 0; i < head; i++) edits.push_back({' ', before[i]});
    const auto middle = [&](const Lines& lines) {
        return Lines(lines.begin() + static_cast<ptrdiff_t>(head),
                     lines.end() - static_cast<ptrdiff_t>(tail));
    };
    edit_middle(middle(before), middle(after), edits);
    for (size_t i = before.size() - tail; i < before.size(); i++) edits.push_back({' ', before[i]});
    return edits;
}

// "12,3"; of no lines, the line before them.
std::string range(size_t first, size_t count) {
    return count == 1 ? fmt::format("{}", first)
                      : fmt::format("{},{}", count == 0 ? first - 1 : first, count);
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, std::string_view before_name,
                         std::string_view after_name) {
    if (before == after) return "";
    const std::vector<Edit> edits = edits_of(lines_of(before), lines_of(after));
    std::string text = fmt::format("--- {}\n+++ {}\n", before_name, after_name);
    size_t before_line = 1, after_line = 1, shown = 0;
    const auto pass = [&](size_t end) {
        for (; shown < end; shown++) {
            if (edits[shown].mark != '+') before_line++;
            if (edits[shown].mark != '-') after_line++;
        }
    };
    const auto is_change = [](const Edit& edit) { return edit.mark != ' '; };
    const auto next_change = [&](size_t from) {
        return static_cast<size_t>(
            std::ranges::find_if(edits.begin() + static_cast<ptrdiff_t>(from), edits.end(), is_change) -
            edits.begin());
    };
    for (size_t change = next_change(0); change < edits.size();) {
        pass(std::max(shown, change - std::min(change, context_lines)));
        // The hunk goes on as long as the next change is near.
        size_t last = change;
        for (size_t next = next_change(last + 1); next < edits.size() && next - last <= 2 * context_lines;
             next = next_change(last + 1))
            last = next;
        const size_t end = std::min(edits.size(), last + 1 + context_lines);
        const size_t first_before = before_line, first_after = after_line, begin = shown;
        pass(end);
        text += fmt::format("@@ -{} +{} @@\n", range(first_before, before_line - first_before),
                            range(first_after, after_line - first_after));
        for (size_t i = begin; i < end; i++) text += fmt::format("{}{}\n", edits[i].mark, edits[i].line);
        change = next_change(last + 1);
    }
    return text;
}

}  // namespace vigia
