#pragma once

#include <memory>

#include "serve/http_message.h"

namespace vigia {

// Reads one request from bytes as they come, and refuses what is not plainly one.
class RequestReader {
public:
    explicit RequestReader(const HttpLimits& limits);
    ~RequestReader();

    // Takes the head from the front of the input when it is all there. Afterwards has_head().
    std::expected<void, HttpRefusal> take_head(std::string& input);
    bool has_head() const;
    // Takes what it can of the body from the front of the input.
    std::expected<void, HttpRefusal> take_body(std::string& input);
    bool is_done() const;

    // Of the head: what is said of the body, or nothing for a chunked one.
    std::optional<uint64_t> declared_bytes() const;
    bool expects_continue() const;
    bool is_head_request() const;
    bool is_http_1_0() const;
    bool keeps_open() const;
    // Of the body so far.
    uint64_t body_bytes() const;

    // The request when it is done, without what the connection knows.
    HttpRequest take();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace vigia
