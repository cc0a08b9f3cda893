#include "app/v2_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/random.h"
#include "base/utf8.h"
#include "serve/http_target.h"

namespace vigia {

namespace {

// What stands for the parts that a moment leaves out, and where it may end.
constexpr std::string_view whole_moment = "0000-01-01T00:00:00";
constexpr auto moment_ends = std::to_array<size_t>({4, 7, 10, 13, 16, whole_moment.size()});

constexpr std::string_view cursor_name = "cursor";

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (is_letter_or_digit(c))
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

Error no_token() { return {ErrorKind::BadInput, "'token' must be the one that the page before gave"}; }

}  // namespace

std::optional<Time> parse_v2_time(std::string_view text) {
    std::string_view zone = "Z";
    // A '-' before the hours belongs to the date.
    if (const size_t at = text.size() < 11 ? std::string_view::npos : text.find_first_of("Zz+-", 11);
        at != std::string_view::npos) {
        zone = text.substr(at);
        text = text.substr(0, at);
    }
    const size_t point = std::min(text.find('.'), text.size());
    const std::string_view moment = text.substr(0, point), fraction = text.substr(point);
    if (std::ranges::find(moment_ends, moment.size()) == moment_ends.end()) return std::nullopt;
    if (!fraction.empty() && moment.size() != whole_moment.size()) return std::nullopt;
    return parse_rfc3339(fmt::format("{}{}{}{}", moment, whole_moment.substr(moment.size()), fraction, zone));
}

std::string format_v2_time(Time time) {
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(time);
    const auto second = std::chrono::floor<std::chrono::seconds>(ms);
    std::string text = format_rfc3339(second);
    text.pop_back();
    return fmt::format("{}.{:03}Z", text, (ms - second).count());
}

std::optional<std::string_view> V2Query::find(std::string_view name) const {
    const auto at = std::ranges::find(parameters, name, [](const auto& one) { return one.first; });
    if (at == parameters.end() || at->second.empty()) return std::nullopt;
    return at->second;
}

Result<std::string> write_v2_token(const V2Query& query) {
    std::string text = fmt::format("{}?{}={}", escaped(query.list), cursor_name, escaped(query.cursor));
    for (const auto& [name, value] : query.parameters)
        text += fmt::format("&{}={}", escaped(name), escaped(value));
    std::string token = hex(text);
    if (token.size() > v2_token_bytes_max)
        return error(ErrorKind::BadInput, "the parameters are too long for a list of more than one page");
    return token;
}

Result<V2Query> read_v2_token(std::string_view list, std::string_view token) {
    const auto text = token.size() > v2_token_bytes_max ? std::nullopt : from_hex(token);
    if (!text) return std::unexpected(no_token());
    auto target = parse_target("/" + *text);
    if (!target || target->segments != std::vector{std::string(list)} || target->query.empty() ||
        target->query[0].first != cursor_name)
        return std::unexpected(no_token());
    V2Query query{.list = std::string(list), .parameters = {}, .cursor = target->query[0].second};
    query.parameters.assign(target->query.begin() + 1, target->query.end());
    return query;
}

}  // namespace vigia
