#include "serve/http_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <limits>

#include "base/utf8.h"
#include "serve/http_target.h"

namespace vigia {

namespace http = boost::beast::http;

namespace {

struct MethodName {
    std::string_view text;
    Method method;
};
constexpr auto method_names = std::to_array<MethodName>({
    {"GET", Method::Get},
    {"HEAD", Method::Head},
    {"POST", Method::Post},
    {"PUT", Method::Put},
    {"PATCH", Method::Patch},
    {"DELETE", Method::Delete},
    {"OPTIONS", Method::Options},
});

Method method_of(std::string_view text) {
    const auto found = std::ranges::find(method_names, text, &MethodName::text);
    return found == method_names.end() ? Method::Other : found->method;
}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

// Whether the request line ends with a version of HTTP that is not ours.
bool names_other_version(std::string_view head) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const std::string_view version = line.substr(std::min(line.rfind(' ') + 1, line.size()));
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) && version[6] == '.' &&
           is_digit(version[7]) && version != "HTTP/1.1" && version != "HTTP/1.0";
}

std::unexpected<HttpRefusal> refused(unsigned status, std::string detail) {
    return std::unexpected(HttpRefusal{status, std::move(detail)});
}

}  // namespace

struct RequestReader::Parts {
    HttpLimits limits;
    HeadScanner scanner;
    http::request_parser<http::string_body> parser;
    HttpRequest request;

    explicit Parts(const HttpLimits& given) : limits(given), scanner(given.header_bytes_max) {
        // The scanner and take_head() have bounds that say more.
        parser.header_limit(std::numeric_limits<uint32_t>::max());
        parser.body_limit(std::numeric_limits<uint64_t>::max());
    }

    std::expected<void, HttpRefusal> take_line_and_headers();
    std::expected<void, HttpRefusal> take_target();
};

RequestReader::RequestReader(const HttpLimits& limits) : parts_(std::make_unique<Parts>(limits)) {}
RequestReader::~RequestReader() = default;

std::expected<void, HttpRefusal> RequestReader::take_head(std::string& input) {
    // An empty line before a request is skipped, as RFC 9112 wants it.
    while (input.starts_with("\r\n")) {
        input.erase(0, 2);
        parts_->scanner = HeadScanner(parts_->limits.header_bytes_max);
    }
    const auto length = parts_->scanner.scan(input);
    if (!length) return std::unexpected(length.error());
    if (*length == 0) return {};
    // Before the parser, so that it makes no room for a body that is refused.
    boost::system::error_code failure;
    parts_->parser.eager(false);
    parts_->parser.body_limit(parts_->limits.body_bytes_max);
    parts_->parser.put(boost::asio::buffer(input.data(), *length), failure);
    if (failure == http::error::body_limit)
        return refused(413, fmt::format("the body of the request has more than {} bytes",
                                        parts_->limits.body_bytes_max));
    if (failure == http::error::bad_version &&
        names_other_version(std::string_view(input).substr(0, *length)))
        return refused(505, "the version of the request is not HTTP/1.1 or HTTP/1.0");
    if (failure || !parts_->parser.is_header_done())
        return refused(400, fmt::format("the head of the request is malformed: {}", failure.message()));
    input.erase(0, *length);
    if (auto taken = parts_->take_line_and_headers(); !taken) return taken;
    parts_->parser.eager(true);
    return {};
}

std::expected<void, HttpRefusal> RequestReader::Parts::take_line_and_headers() {
    const auto& message = parser.get();
    request.method_text = view(message.method_string());
    if (!std::ranges::all_of(request.method_text, [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; }))
        return refused(400, "the method of the request is not in capital letters");
    request.method = method_of(request.method_text);
    request.target = view(message.target());
    for (const auto& field : message)
        request.headers.emplace_back(view(field.name_string()), view(field.value()));
    if (auto checked = check_headers(request, message.version() == 10); !checked) return checked;
    return take_target();
}

std::expected<void, HttpRefusal> RequestReader::Parts::take_target() {
    if (request.target.size() > target_bytes_max)
        return refused(414,
                       fmt::format("the target of the request has more than {} bytes", target_bytes_max));
    auto target = parse_target(request.target);
    if (!target) return refused(400, target.error().message);
    if (target->path == "*" && request.method != Method::Options)
        return refused(400, "the target * is for OPTIONS alone");
    request.path = std::move(target->path);
    request.segments = std::move(target->segments);
    request.query = std::move(target->query);
    const std::string_view named = request.header("Host");
    if (!named.empty()) {
        const auto host = parse_host(named);
        if (!host) return refused(400, host.error().message);
        request.host = host->name;
        request.port = host->port.value_or(0);
    }
    // RFC 9112: the authority of an absolute target counts, not the header.
    if (target->host) {
        request.host = target->host->name;
        request.port = target->host->port.value_or(0);
    }
    return {};
}

bool RequestReader::has_head() const { return parts_->parser.is_header_done(); }

std::expected<void, HttpRefusal> RequestReader::take_body(std::string& input) {
    // Of a chunked body as much as its shortest end, "0" and two line breaks, is always to come. The parser
    // asserts that it is given so much.
    constexpr size_t chunked_bytes_min = 5;
    const size_t bytes_min = parts_->parser.chunked() ? chunked_bytes_min : 1;
    while (!is_done() && input.size() >= bytes_min) {
        boost::system::error_code failure;
        const size_t taken = parts_->parser.put(boost::asio::buffer(input), failure);
        input.erase(0, taken);
        if (failure == http::error::body_limit)
            return refused(413, fmt::format("the body of the request has more than {} bytes",
                                            parts_->limits.body_bytes_max));
        if (failure && failure != http::error::need_more)
            return refused(400, fmt::format("the body of the request is malformed: {}", failure.message()));
        if (taken == 0) break;
    }
    // What is left is the beginning of a chunk's head, or of the headers after the last.
    if (!is_done() && input.size() > parts_->limits.header_bytes_max)
        return refused(400, "a chunk of the request has a head that is too long");
    return {};
}

bool RequestReader::is_done() const { return parts_->parser.is_done(); }

std::optional<uint64_t> RequestReader::declared_bytes() const {
    if (parts_->parser.chunked()) return std::nullopt;
    return parts_->parser.content_length().value_or(0);
}

bool RequestReader::expects_continue() const {
    return !is_http_1_0() && !parts_->request.header("Expect").empty();
}

bool RequestReader::is_head_request() const { return parts_->request.method == Method::Head; }
bool RequestReader::is_http_1_0() const { return parts_->parser.get().version() == 10; }
bool RequestReader::keeps_open() const { return parts_->parser.keep_alive(); }
uint64_t RequestReader::body_bytes() const { return parts_->parser.get().body().size(); }

HttpRequest RequestReader::take() {
    parts_->request.body = std::move(parts_->parser.get().body());
    return std::move(parts_->request);
}

}  // namespace vigia
