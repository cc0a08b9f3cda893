#include "lang/nearest.h"

#include <algorithm>
#include <vector>

namespace vigia {

namespace {

constexpr size_t step = 2;  // what a change of a letter costs; a change of its case costs half
constexpr size_t word_bytes_max = 64;

char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

size_t change(char a, char b) {
    if (a == b) return 0;
    return fold(a) == fold(b) ? step / 2 : step;
}

// Optimal string alignment distance, three rows at a time.
size_t distance(std::string_view a, std::string_view b) {
    std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (size_t j = 0; j <= b.size(); j++) last[j] = j * step;
    for (size_t i = 1; i <= a.size(); i++) {
        row[0] = i * step;
        for (size_t j = 1; j <= b.size(); j++) {
            row[j] = std::min({last[j] + step, row[j - 1] + step, last[j - 1] + change(a[i - 1], b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + step);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates) {
    if (word.size() > word_bytes_max) return std::nullopt;
    std::optional<std::string_view> best;
    size_t best_distance = std::max<size_t>(step, word.size() * step / 3) + 1;
    for (const std::string_view candidate : candidates) {
        if (candidate.size() > word_bytes_max) continue;
        const size_t far = distance(word, candidate);
        if (far == 0 || far >= best_distance) continue;
        best = candidate;
        best_distance = far;
    }
    return best;
}

}  // namespace vigia
