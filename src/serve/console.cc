#include "serve/console.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "base/random.h"
#include "base/utf8.h"
#include "serve/compression.h"
#include "serve/http_message.h"

namespace vigia {

namespace {

constexpr size_t nonce_bytes = 18;
constexpr std::string_view nonce_mark = "__NONCE__";
constexpr size_t etag_digits = 32;
// What the build puts between a name and its ending, so that no two contents have one name.
constexpr size_t name_hash_chars = 8;

// The first segments of paths that are never the console's pages.
constexpr auto other_doors = std::to_array<std::string_view>(
    {"api", "v2", "help", "healthz", "readyz", "metrics", "assets", "csp-report"});

struct FileType {
    std::string_view ending;
    std::string_view type;
};
constexpr auto file_types = std::to_array<FileType>({
    {"js", "text/javascript; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"json", "application/json"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"ico", "image/x-icon"},
    {"woff2", "font/woff2"},
    {"woff", "font/woff"},
    {"txt", "text/plain; charset=utf-8"},
    {"wasm", "application/wasm"},
    {"webmanifest", "application/manifest+json"},
});

// Best first.
struct Coding {
    std::string_view name;
    std::string_view suffix;
};
constexpr auto codings = std::to_array<Coding>({{"br", ".br"}, {"gzip", ".gz"}});

constexpr std::string_view no_console =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Vigia</title>"
    "<h1>Vigia runs, without its console</h1>"
    "<p>This build has no console in it. Build it with WITH_WEB=ON, or name the folder of a built one: "
    "<code>vigia serve --web-dir</code>. The API is at <code>/api/v1</code>, and "
    "<a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a> describes it.</p></html>\n";

std::string_view type_of(std::string_view name) {
    const size_t dot = name.rfind('.');
    const std::string_view ending = dot == std::string_view::npos ? "" : name.substr(dot + 1);
    const auto found = std::ranges::find(file_types, ending, &FileType::ending);
    return found == file_types.end() ? std::string_view() : found->type;
}

bool has_name_hash(std::string_view name) {
    const std::string_view stem = name.substr(0, name.rfind('.'));
    if (stem.size() <= name_hash_chars + 1 || stem[stem.size() - name_hash_chars - 1] != '-') return false;
    return std::ranges::all_of(stem.substr(stem.size() - name_hash_chars),
                               [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; });
}

// Whether one of the tags that the client has is this one (RFC 9110, If-None-Match).
bool has_tag(std::string_view known, std::string_view tag) { return known == "*" || known.contains(tag); }

std::string asset_name(const HttpRequest& request) {
    return fmt::format("{}", fmt::join(request.segments, "/"));
}

HttpAnswer not_there() { return problem(HttpRefusal{404, "the console has no such file"}); }

std::string page_policy(std::string_view nonce) {
    return fmt::format(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{}'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'self'; report-uri /csp-report",
        nonce);
}

}  // namespace

std::optional<HttpAnswer> Console::answer(const HttpRequest& request) const {
    if (request.method != Method::Get && request.method != Method::Head) return std::nullopt;
    const std::string_view first = request.segments.empty() ? "" : std::string_view(request.segments[0]);
    if (first == "assets") return asset(request);
    if (std::ranges::find(other_doors, first) != other_doors.end()) return std::nullopt;
    // Programs that look for what is not there are told so; browsers name HTML when a person opens a page.
    if (!request.segments.empty() && !lower_ascii(request.header("Accept")).contains("text/html"))
        return std::nullopt;
    return page();
}

// A segment with a slash in it is no name: joined, it would be another path.
HttpAnswer Console::asset(const HttpRequest& request) const {
    const bool is_path =
        std::ranges::none_of(request.segments, [](const std::string& one) { return one.contains('/'); });
    const std::string name = asset_name(request);
    const std::string_view type = type_of(name);
    if (!is_path || type.empty()) return not_there();
    HttpAnswer made{.content_type = std::string(type)};
    std::optional<std::string> body;
    for (const Coding& coding : codings) {
        if (!accepts_coding(request, coding.name)) continue;
        body = files_(name + std::string(coding.suffix));
        if (!body) continue;
        made.headers.emplace_back("Content-Encoding", coding.name);
        break;
    }
    if (!body) body = files_(name);
    if (!body) {
        const auto packed = files_(name + ".gz");
        auto inflated = packed ? gunzip(*packed, web_file_bytes_max) : std::string();
        if (!packed || !inflated) return not_there();
        body = *std::move(inflated);
    }
    const std::string tag = fmt::format("\"{}\"", hex(sha256(*body)).substr(0, etag_digits));
    made.headers.emplace_back("Vary", "Accept-Encoding");
    made.headers.emplace_back("ETag", tag);
    made.headers.emplace_back("Cache-Control",
                              has_name_hash(name) ? "public, max-age=31536000, immutable" : "no-cache");
    made.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
    if (has_tag(request.header("If-None-Match"), tag)) {
        made.status = 304;
        return made;
    }
    made.body = *std::move(body);
    return made;
}

HttpAnswer Console::page() const {
    HttpAnswer made{.content_type = "text/html; charset=utf-8"};
    auto html = files_("index.html");
    if (!html) {
        made.body = no_console;
        return made;
    }
    const std::string nonce = hex(random_bytes(nonce_bytes));
    for (size_t at = html->find(nonce_mark); at != std::string::npos; at = html->find(nonce_mark, at))
        html->replace(at, nonce_mark.size(), nonce);
    made.headers.emplace_back("Cache-Control", "no-store");
    made.headers.emplace_back("Content-Security-Policy", page_policy(nonce));
    made.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
    made.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
    made.headers.emplace_back(
        "Permissions-Policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()");
    made.body = *std::move(html);
    return made;
}

}  // namespace vigia
