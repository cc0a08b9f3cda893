#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/time.h"

namespace vigia {

enum class LogLevel : uint8_t { Debug, Info, Warning, Error };
enum class LogFormat : uint8_t { Text, Json };

std::string_view name(LogLevel level);
std::optional<LogLevel> log_level_of(std::string_view name);
std::string_view name(LogFormat format);
std::optional<LogFormat> log_format_of(std::string_view name);

// A number or a text that stands beside the message. Never a password, a token, a body or a query string:
// whoever reads logs may be somebody else than whoever may read those.
struct LogField {
    std::string_view name;
    std::variant<int64_t, uint64_t, double, std::string_view> value;

    LogField(std::string_view of, std::string_view text) : name(of), value(text) {}
    LogField(std::string_view of, const std::string& text) : name(of), value(std::string_view(text)) {}
    LogField(std::string_view of, const char* text) : name(of), value(std::string_view(text)) {}
    LogField(std::string_view of, double number) : name(of), value(number) {}
    template <std::integral Number>
    LogField(std::string_view of, Number number) : name(of) {
        if constexpr (std::is_signed_v<Number>)
            value = static_cast<int64_t>(number);
        else
            value = static_cast<uint64_t>(number);
    }
};
using LogFields = std::initializer_list<LogField>;

// What is logged from now on, and how. Lines below the level cost a comparison. Info and text until it is
// called. Safe to call at any time.
void set_log(LogLevel level, LogFormat format);
bool is_logged(LogLevel level);

// One line on standard error: time, level, component, message, fields. Safe to use from many threads.
void log(LogLevel level, std::string_view component, std::string_view message, LogFields fields = {});

// The line that log() writes, without its end.
std::string log_line(LogFormat format, Time time, LogLevel level, std::string_view component,
                     std::string_view message, LogFields fields);

}  // namespace vigia
