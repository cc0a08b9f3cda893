#pragma once

#include <optional>
#include <string>

#include "serve/http_server.h"
#include "serve/web_files.h"

namespace vigia {

// Serves the web console: /assets/… are its files, compressed as the client takes them, and every other path
// that a person opens is its page, which finds by itself what the path means. Safe to use from many threads.
class Console {
public:
    explicit Console(WebFiles files) : files_(std::move(files)) {}

    // Nothing for what is not the console's: other methods, paths of the API, and what no person asks for.
    std::optional<HttpAnswer> answer(const HttpRequest& request) const;

private:
    HttpAnswer asset(const HttpRequest& request) const;
    HttpAnswer page() const;

    WebFiles files_;
};

}  // namespace vigia
