#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "serve/http_server.h"

// The parts of the HTTP server that know messages but no network.
namespace vigia {

// Why a request is not handed to the handler.
struct HttpRefusal {
    unsigned status = 400;
    std::string detail;
};

// An answer of the server itself, as RFC 9457 has it.
HttpAnswer problem(const HttpRefusal& refusal);

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string http_date(Time time);

enum class BodyForm : uint8_t { None, Whole, Chunked, UntilClose };
struct HeadFacts {
    std::string_view id;
    Time now;
    BodyForm form = BodyForm::Whole;
    bool is_tls = false;
    bool is_head = false;
    bool keeps_open = true;
};
// What of the answer can be sent at all: a status of 200 to 599, headers of proper names and with no control
// characters in them.
bool is_sendable(const HttpAnswer& answer);
// Status line and headers with the empty line after them, of an answer that is sendable.
std::string answer_head(const HttpAnswer& answer, const HeadFacts& facts);

// Where the head of a request ends, looked for as more of it comes.
class HeadScanner {
public:
    explicit HeadScanner(size_t bytes_max) : bytes_max_(bytes_max) {}
    // `input` begins with what was given before. The length of the head with its empty line; 0 when it is not
    // all there. Refuses what is too long (431), bare line feeds, control characters, and folded headers.
    std::expected<size_t, HttpRefusal> scan(std::string_view input);

private:
    size_t bytes_max_;
    size_t seen_ = 0;
};

// Refuses headers that two readers could understand in two ways: where the body ends, and whom the request
// speaks to.
std::expected<void, HttpRefusal> check_headers(const HttpRequest& request, bool is_http_1_0);

}  // namespace vigia
