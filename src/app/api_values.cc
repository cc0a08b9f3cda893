#include "app/api_values.h"

#include <fmt/format.h>

#include "base/number.h"

namespace vigia {

namespace json = boost::json;

std::string text_parameter(const HttpRequest& request, std::string_view name) {
    return std::string(request.parameter(name).value_or(""));
}

Result<size_t> count_parameter(const HttpRequest& request, std::string_view name, size_t otherwise,
                               size_t most) {
    const auto text = request.parameter(name);
    if (!text || text->empty()) return otherwise;
    const auto count = parse_whole<size_t>(*text);
    if (!count || *count == 0 || *count > most)
        return error(ErrorKind::BadInput, fmt::format("'{}' must be a number from 1 to {}", name, most));
    return *count;
}

json::value time_or_null(const std::optional<Time>& time) {
    return time ? json::value(format_rfc3339(*time)) : json::value(nullptr);
}

json::value text_or_null(std::string_view text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

std::string cursor_text(int64_t time_us, const std::string& id) { return fmt::format("{}.{}", time_us, id); }

Result<std::optional<EventCursor>> cursor_parameter(const HttpRequest& request) {
    const auto text = request.parameter("cursor");
    if (!text || text->empty()) return std::optional<EventCursor>();
    const size_t point = text->find('.');
    const auto time_us = parse_whole<int64_t>(text->substr(0, point));
    if (!time_us || point == std::string_view::npos)
        return error(ErrorKind::BadInput, "'cursor' is none that an answer gave as 'next'");
    return EventCursor{*time_us, std::string(text->substr(point + 1))};
}

}  // namespace vigia
