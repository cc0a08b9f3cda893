#include "base/log.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <memory>

#include "base/match.h"
#include "base/names.h"
#include "base/utf8.h"

namespace vigia {

namespace {

constexpr std::array<std::pair<std::string_view, LogLevel>, 4> levels{{
    {"debug", LogLevel::Debug},
    {"info", LogLevel::Info},
    {"warning", LogLevel::Warning},
    {"error", LogLevel::Error},
}};
constexpr std::array<std::pair<std::string_view, LogFormat>, 2> formats{{
    {"text", LogFormat::Text},
    {"json", LogFormat::Json},
}};

spdlog::level::level_enum level_of(LogLevel level) {
    switch (level) {
        case LogLevel::Debug:
            return spdlog::level::debug;
        case LogLevel::Info:
            return spdlog::level::info;
        case LogLevel::Warning:
            return spdlog::level::warn;
        case LogLevel::Error:
            return spdlog::level::err;
    }
    std::unreachable();
}

std::atomic<LogFormat>& format_now() {
    static std::atomic<LogFormat> format = LogFormat::Text;
    return format;
}

// Never destroyed: threads may log until the very end.
spdlog::logger& logger() {
    static spdlog::logger* const made = [] {
        auto* const one = new spdlog::logger("vigia", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        one->set_pattern("%v");
        one->set_level(spdlog::level::info);
        return one;
    }();
    return *made;
}

// As JSON writes a text. What is no UTF-8 is replaced, so that a line can always be read.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : valid_utf8(text)) {
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (c == '\n')
            out += "\\n";
        else if (is_control(c))
            out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        else
            out += c;
    }
    return out + '"';
}

// A word as it is, anything else in quotes: a text can neither end a line nor pretend to be another field.
std::string word(std::string_view text) {
    const bool plain = !text.empty() && is_utf8(text) && std::ranges::none_of(text, [](char c) {
        return is_control(c) || c == ' ' || c == '"' || c == '=' || c == '\\';
    });
    return plain ? std::string(text) : quoted(text);
}

std::string text_of(const LogField& field, LogFormat format) {
    return std::visit(
        match{
            [](int64_t number) { return fmt::to_string(number); },
            [](uint64_t number) { return fmt::to_string(number); },
            [](double number) { return fmt::format("{:.3f}", number); },
            [&](std::string_view text) { return format == LogFormat::Json ? quoted(text) : word(text); },
        },
        field.value);
}

// A message of several lines, such as a library's, stays one line.
std::string one_line(std::string_view text) {
    std::string out;
    for (const char c : valid_utf8(text)) out += is_control(c) ? ' ' : c;
    return out;
}

}  // namespace

std::string_view name(LogLevel level) { return name_in(levels, level); }
std::optional<LogLevel> log_level_of(std::string_view name) { return value_in(levels, name); }
std::string_view name(LogFormat format) { return name_in(formats, format); }
std::optional<LogFormat> log_format_of(std::string_view name) { return value_in(formats, name); }

void set_log(LogLevel level, LogFormat format) {
    format_now() = format;
    logger().set_level(level_of(level));
}

bool is_logged(LogLevel level) { return logger().should_log(level_of(level)); }

void log(LogLevel level, std::string_view component, std::string_view message, LogFields fields) {
    if (!is_logged(level)) return;
    logger().log(level_of(level),
                 log_line(format_now(), SystemClock().now(), level, component, message, fields));
}

std::string log_line(LogFormat format, Time time, LogLevel level, std::string_view component,
                     std::string_view message, LogFields fields) {
    const std::string moment = format_rfc3339(std::chrono::floor<std::chrono::milliseconds>(time));
    if (format == LogFormat::Text) {
        std::string line = fmt::format("{} {:<7} {}: {}", moment, name(level), component, one_line(message));
        for (const LogField& one : fields) line += fmt::format(" {}={}", one.name, text_of(one, format));
        return line;
    }
    std::string line = fmt::format(R"({{"time":"{}","level":"{}","component":{},"message":{})", moment,
                                   name(level), quoted(component), quoted(message));
    for (const LogField& one : fields) line += fmt::format(",{}:{}", quoted(one.name), text_of(one, format));
    return line + "}";
}

}  // namespace vigia
