#include "base/time.h"

#include <fmt/format.h>

#include <array>

#include "base/number.h"

namespace vigia {

namespace {

constexpr int64_t nanos_per_second = 1'000'000'000;

// Reads a fixed number of digits; -1 when one is none.
int digits(std::string_view text, size_t at, size_t count) {
    if (at + count > text.size()) return -1;
    int value = 0;
    for (size_t i = at; i < at + count; i++) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

struct Fraction {
    int64_t nanos;
    size_t end;
};

// The fraction that may stand at `at`, digits beyond the ninth dropped.
std::optional<Fraction> fraction(std::string_view text, size_t at) {
    if (at >= text.size() || text[at] != '.') return Fraction{0, at};
    int64_t nanos = 0;
    int64_t scale = nanos_per_second;
    size_t end = at + 1;
    for (; end < text.size() && text[end] >= '0' && text[end] <= '9'; end++) {
        if (scale == 1) continue;
        scale /= 10;
        nanos += (text[end] - '0') * scale;
    }
    if (end == at + 1) return std::nullopt;
    return Fraction{nanos, end};
}

// The offset from UTC, in seconds: Z, +hh:mm or +hhmm, to the end of the text.
std::optional<int64_t> offset_s(std::string_view zone) {
    if (zone == "Z" || zone == "z") return 0;
    if (zone.size() != 5 && zone.size() != 6) return std::nullopt;
    if (zone[0] != '+' && zone[0] != '-') return std::nullopt;
    if (zone.size() == 6 && zone[3] != ':') return std::nullopt;
    const int hours = digits(zone, 1, 2);
    const int minutes = digits(zone, zone.size() - 2, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    const int64_t seconds = int64_t{hours} * 3600 + minutes * 60;
    return zone[0] == '-' ? -seconds : seconds;
}

struct Unit {
    char letter;
    int64_t seconds;
};
constexpr auto units = std::to_array<Unit>({{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}});
constexpr int64_t duration_max_s = 366 * 86400;

}  // namespace

std::optional<Time> parse_rfc3339(std::string_view text) {
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':')
        return std::nullopt;
    if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
    const int year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
    const int hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
    if (year < 1678 || year > 2261 || month < 1 || day < 1 || hour < 0 || minute < 0 || second < 0)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    const auto part = fraction(text, 19);
    if (!part) return std::nullopt;
    const auto offset = offset_s(text.substr(part->end));
    if (!offset) return std::nullopt;
    const int64_t of_day = int64_t{hour} * 3600 + minute * 60 + second - *offset;
    return Time{std::chrono::sys_days{date}} + std::chrono::seconds{of_day} + Duration{part->nanos};
}

std::optional<Time> parse_epoch_ms(std::string_view text) {
    constexpr int64_t ms_max = INT64_MAX / 1'000'000;
    const auto ms = parse_whole<int64_t>(text);
    if (!ms || *ms > ms_max || text.starts_with('-')) return std::nullopt;
    return Time{std::chrono::milliseconds{*ms}};
}

std::string format_rfc3339(Time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const int64_t nanos = (time - day).count();
    const int64_t seconds = nanos / nanos_per_second;
    std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                   seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (const int64_t part = nanos % nanos_per_second; part != 0) {
        std::string digits_text = fmt::format("{:09}", part);
        digits_text.erase(digits_text.find_last_not_of('0') + 1);
        text += "." + digits_text;
    }
    return text + "Z";
}

std::optional<Duration> parse_duration(std::string_view text) {
    if (text.size() < 2 || text.size() > 9) return std::nullopt;
    const int count = digits(text, 0, text.size() - 1);
    if (count <= 0) return std::nullopt;
    for (const Unit& unit : units) {
        if (unit.letter != text.back()) continue;
        const int64_t seconds = count * unit.seconds;
        if (seconds > duration_max_s) return std::nullopt;
        return std::chrono::seconds{seconds};
    }
    return std::nullopt;
}

std::string format_duration(Duration duration) {
    const int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    for (const Unit& unit : units) {
        // A day or two read best as hours, as rules are written: 24h.
        if (unit.letter == 'd' && seconds < 3 * 86400) continue;
        if (seconds % unit.seconds == 0) return fmt::format("{}{}", seconds / unit.seconds, unit.letter);
    }
    return fmt::format("{}s", seconds);
}

SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

Time SystemClock::now() const {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

}  // namespace vigia
