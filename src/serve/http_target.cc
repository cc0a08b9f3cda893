#include "serve/http_target.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/number.h"
#include "base/utf8.h"

namespace vigia {

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = lower_ascii(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool is_line_space(char c) { return c == '\t' || c == '\r' || c == '\n'; }

Result<void> take_segment(HttpTarget& parts, std::string_view raw) {
    auto decoded = percent_decode(raw, PlusSign::Itself);
    if (!decoded) return std::unexpected(std::move(decoded.error()));
    if (*decoded == "." || *decoded == "..")
        return error(ErrorKind::BadInput, "the path of the request has a segment of dots alone");
    if (std::ranges::any_of(*decoded, is_control))
        return error(ErrorKind::BadInput, "the path of the request has a control character");
    if (!is_utf8(*decoded)) return error(ErrorKind::BadInput, "the path of the request is not UTF-8");
    if (parts.segments.size() == target_segments_max)
        return error(ErrorKind::BadInput,
                     fmt::format("the path of the request has more than {} segments", target_segments_max));
    parts.path += '/';
    parts.path += decoded->contains('/') ? raw : std::string_view(*decoded);
    parts.segments.push_back(std::move(*decoded));
    return {};
}

Result<std::string> decode_in_query(std::string_view raw) {
    auto decoded = percent_decode(raw, PlusSign::Space);
    if (!decoded) return decoded;
    if (std::ranges::any_of(*decoded, [](char c) { return is_control(c) && !is_line_space(c); }))
        return error(ErrorKind::BadInput, "the query of the request has a control character");
    if (!is_utf8(*decoded)) return error(ErrorKind::BadInput, "the query of the request is not UTF-8");
    return decoded;
}

Result<void> take_query(HttpTarget& parts, std::string_view raw) {
    while (!raw.empty()) {
        const size_t end = std::min(raw.find('&'), raw.size());
        const std::string_view pair = raw.substr(0, end);
        raw.remove_prefix(std::min(end + 1, raw.size()));
        if (pair.empty()) continue;
        if (parts.query.size() == target_parameters_max)
            return error(
                ErrorKind::BadInput,
                fmt::format("the query of the request has more than {} parameters", target_parameters_max));
        const size_t equals = std::min(pair.find('='), pair.size());
        std::string name = TRY(decode_in_query(pair.substr(0, equals)));
        std::string value = TRY(decode_in_query(pair.substr(std::min(equals + 1, pair.size()))));
        parts.query.emplace_back(std::move(name), std::move(value));
    }
    return {};
}

// Takes "https://host:port" from the front of a target that is a whole address.
Result<std::optional<HttpHost>> take_authority(std::string_view& target) {
    const size_t scheme_end = target.find("://");
    const std::string scheme = lower_ascii(target.substr(0, std::min(scheme_end, target.size())));
    if (target.starts_with('/') || (scheme != "http" && scheme != "https")) return std::nullopt;
    if (scheme_end == std::string_view::npos) return std::nullopt;
    target.remove_prefix(scheme_end + 3);
    const size_t end = std::min(target.find_first_of("/?"), target.size());
    HttpHost host = TRY(parse_host(target.substr(0, end)));
    target.remove_prefix(end);
    return host;
}

}  // namespace

Result<std::string> percent_decode(std::string_view text, PlusSign plus) {
    std::string out;
    out.reserve(text.size());
    for (size_t at = 0; at < text.size(); at++) {
        const char c = text[at];
        if (c != '%') {
            out += c == '+' && plus == PlusSign::Space ? ' ' : c;
            continue;
        }
        const int high = at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
        const int low = at + 2 < text.size() ? hex_digit(text[at + 2]) : -1;
        if (high < 0 || low < 0)
            return error(ErrorKind::BadInput, "a % in the target of the request has no two digits after it");
        out += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return out;
}

Result<HttpHost> parse_host(std::string_view text) {
    constexpr size_t host_bytes_max = 255;
    const auto bad = [] { return error(ErrorKind::BadInput, "the host of the request is none"); };
    const bool is_v6 = text.starts_with('[');
    const size_t name_end =
        is_v6 ? text.find(']') : std::min(text.find(':'), text.size());  // npos + 1 is 0 below
    const std::string_view name = text.substr(0, is_v6 ? name_end + 1 : name_end);
    const auto is_part = [&](char c) {
        return is_v6 ? hex_digit(c) >= 0 || c == ':' || c == '.'
                     : is_letter_or_digit(c) || c == '.' || c == '-' || c == '_';
    };
    const std::string_view inside = is_v6 && name.size() > 2 ? name.substr(1, name.size() - 2) : name;
    if (name.empty() || name.size() > host_bytes_max || !std::ranges::all_of(inside, is_part)) return bad();
    HttpHost host{.name = lower_ascii(name), .port = {}};
    const std::string_view rest = text.substr(name.size());
    if (rest.empty()) return host;
    const std::string_view digits = rest.substr(1);
    const auto port = parse_whole<uint16_t>(digits);
    if (!rest.starts_with(':') || !port || *port == 0) return bad();
    host.port = *port;
    return host;
}

Result<HttpTarget> parse_target(std::string_view target) {
    if (target.size() > target_bytes_max)
        return error(ErrorKind::BadInput,
                     fmt::format("the target of the request has more than {} bytes", target_bytes_max));
    if (!std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7F && c != '#'; }))
        return error(ErrorKind::BadInput,
                     "the target of the request has a character that must be written as an escape");
    HttpTarget parts;
    if (target == "*") {
        parts.path = "*";
        return parts;
    }
    parts.host = TRY(take_authority(target));
    const size_t path_end = std::min(target.find('?'), target.size());
    std::string_view path = target.substr(0, path_end);
    if (!path.starts_with('/') && !(path.empty() && parts.host))
        return error(ErrorKind::BadInput, "the target of the request does not begin with a slash");
    while (path.size() > 1) {
        path.remove_prefix(1);
        const size_t end = std::min(path.find('/'), path.size());
        TRY_VOID(take_segment(parts, path.substr(0, end)));
        path.remove_prefix(end);
        // A slash at the end has an empty segment after it.
        if (path == "/") TRY_VOID(take_segment(parts, ""));
    }
    if (parts.path.empty()) parts.path = "/";
    TRY_VOID(take_query(parts, target.substr(std::min(path_end + 1, target.size()))));
    return parts;
}

}  // namespace vigia
