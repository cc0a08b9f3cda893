#include "serve/http_message.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/utf8.h"
#include "model/quote.h"

namespace vigia {

namespace {

struct Reason {
    unsigned status;
    std::string_view text;
};
// The word for programs of what the server itself refuses; handlers have their own of the same meaning.
struct Code {
    unsigned status;
    std::string_view text;
};
constexpr auto codes = std::to_array<Code>({
    {400, "bad_input"},
    {404, "not_found"},
    {408, "too_slow"},
    {413, "too_large"},
    {414, "too_large"},
    {417, "bad_input"},
    {429, "busy"},
    {431, "too_large"},
    {500, "io"},
    {503, "busy"},
    {505, "bad_input"},
});

constexpr auto reasons = std::to_array<Reason>({
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
});

// Headers that only the server sets.
constexpr auto own_headers = std::to_array<std::string_view>(
    {"connection", "content-length", "transfer-encoding", "date", "x-request-id"});

// Headers that each answer has unless the handler set its own.
struct DefaultHeader {
    std::string_view name;
    std::string_view value;
    bool of_tls;
};
constexpr auto default_headers = std::to_array<DefaultHeader>({
    {"X-Content-Type-Options", "nosniff", false},
    {"Referrer-Policy", "no-referrer", false},
    {"Cache-Control", "no-store", false},
    {"X-Frame-Options", "DENY", false},
    {"Content-Security-Policy", "default-src 'none'", false},
    {"Strict-Transport-Security", "max-age=31536000", true},
});

bool same_name(std::string_view one, std::string_view other) {
    return std::ranges::equal(one, other, [](char a, char b) { return lower_ascii(a) == lower_ascii(b); });
}

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_letter_or_digit(c) || std::string_view("!#$%&'*+-.^_`|~").contains(c);
    });
}

// In a header's value, where a tab may stand.
bool breaks_header(char c) { return is_control(c) && c != '\t'; }

size_t count_of(const HttpRequest& request, std::string_view name) {
    return static_cast<size_t>(std::ranges::count_if(
        request.headers, [&](const auto& header) { return same_name(header.first, name); }));
}

std::unexpected<HttpRefusal> refused(unsigned status, std::string detail) {
    return std::unexpected(HttpRefusal{status, std::move(detail)});
}

}  // namespace

std::string_view reason(unsigned status) {
    const auto found = std::ranges::lower_bound(reasons, status, {}, &Reason::status);
    return found != reasons.end() && found->status == status ? found->text : "Unknown";
}

std::string_view HttpRequest::header(std::string_view name) const {
    const auto found =
        std::ranges::find_if(headers, [&](const auto& header) { return same_name(header.first, name); });
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::string_view> HttpRequest::parameter(std::string_view name) const {
    const auto found = std::ranges::find(query, name, [](const auto& pair) { return pair.first; });
    if (found == query.end()) return std::nullopt;
    return found->second;
}

HttpAnswer problem(const HttpRefusal& refusal) {
    HttpAnswer answer{.status = refusal.status, .content_type = "application/problem+json"};
    const auto found = std::ranges::find(codes, refusal.status, &Code::status);
    const std::string_view code = found == codes.end() ? "refused" : found->text;
    answer.body =
        fmt::format(R"({{"type":"urn:vigia:problem:{}","title":{},"status":{},"code":"{}","detail":{}}})",
                    code, quote(reason(refusal.status)), refusal.status, code, quote(refusal.detail));
    // What is full or over its share now may have room very soon.
    if (refusal.status == 429 || refusal.status == 503) answer.headers.emplace_back("Retry-After", "1");
    return answer;
}

std::string http_date(Time time) {
    const std::chrono::sys_seconds seconds = std::chrono::floor<std::chrono::seconds>(time);
    return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(seconds.time_since_epoch().count()));
}

bool is_sendable(const HttpAnswer& answer) {
    if (answer.status < 200 || answer.status > 599) return false;
    if (std::ranges::any_of(answer.content_type, breaks_header)) return false;
    return std::ranges::all_of(answer.headers, [](const auto& header) {
        return is_token(header.first) && std::ranges::none_of(header.second, breaks_header);
    });
}

std::string answer_head(const HttpAnswer& answer, const HeadFacts& facts) {
    std::string out = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\nX-Request-Id: {}\r\n", answer.status,
                                  reason(answer.status), http_date(facts.now), facts.id);
    const auto add = [&](std::string_view name, std::string_view value) {
        fmt::format_to(std::back_inserter(out), "{}: {}\r\n", name, value);
    };
    if (!answer.content_type.empty() && facts.form != BodyForm::None)
        add("Content-Type", answer.content_type);
    for (const auto& [name, value] : answer.headers) {
        const bool is_own = std::ranges::any_of(own_headers, [&](auto own) { return same_name(own, name); });
        if (!is_own) add(name, value);
    }
    for (const DefaultHeader& header : default_headers) {
        const bool is_set = std::ranges::any_of(
            answer.headers, [&](const auto& given) { return same_name(given.first, header.name); });
        if (!is_set && (facts.is_tls || !header.of_tls)) add(header.name, header.value);
    }
    switch (facts.form) {
        case BodyForm::None:
        case BodyForm::UntilClose:
            break;
        case BodyForm::Whole:
            add("Content-Length", std::to_string(answer.body.size()));
            break;
        case BodyForm::Chunked:
            add("Transfer-Encoding", "chunked");
            break;
    }
    add("Connection", facts.keeps_open ? "keep-alive" : "close");
    return out + "\r\n";
}

std::expected<size_t, HttpRefusal> HeadScanner::scan(std::string_view input) {
    const std::string_view head = input.substr(0, bytes_max_);
    for (; seen_ < head.size(); seen_++) {
        const char c = head[seen_];
        const char before = seen_ > 0 ? head[seen_ - 1] : '\0';
        if (before == '\r' && c != '\n')
            return refused(400, "a line of the request ends with half a line break");
        if (before == '\n' && (c == ' ' || c == '\t'))
            return refused(400, "a header of the request goes on in a second line");
        if (c == '\n') {
            if (before != '\r') return refused(400, "a line of the request ends with half a line break");
            if (head.substr(0, seen_ + 1).ends_with("\r\n\r\n")) return seen_ + 1;
        } else if (c != '\r' && breaks_header(c)) {
            return refused(400, "the head of the request has a control character");
        }
    }
    if (input.size() >= bytes_max_)
        return refused(431, fmt::format("the head of the request has more than {} bytes", bytes_max_));
    return 0;
}

std::expected<void, HttpRefusal> check_headers(const HttpRequest& request, bool is_http_1_0) {
    const size_t lengths = count_of(request, "Content-Length");
    const size_t encodings = count_of(request, "Transfer-Encoding");
    if (lengths > 1) return refused(400, "the request has more than one Content-Length");
    if (lengths == 1 && encodings > 0)
        return refused(400, "the request has both a Content-Length and a Transfer-Encoding");
    if (lengths == 1) {
        const std::string_view digits = request.header("Content-Length");
        const bool is_number = std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
        if (digits.empty() || !is_number)
            return refused(400, "the Content-Length of the request is no number");
    }
    if (encodings > 1 ||
        (encodings == 1 &&
         (is_http_1_0 || lower_ascii(request.header("Transfer-Encoding")) != std::string_view("chunked"))))
        return refused(400, "the only Transfer-Encoding of a request is chunked, of HTTP/1.1, and once");
    const size_t hosts = count_of(request, "Host");
    if (hosts > 1 || (hosts == 0 && !is_http_1_0)) return refused(400, "a request has one Host header");
    const std::string_view expect = request.header("Expect");
    if (!expect.empty() && lower_ascii(expect) != "100-continue")
        return refused(417, "the only expectation that is met is 100-continue");
    return {};
}

}  // namespace vigia
