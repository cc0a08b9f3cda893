#pragma once

#include <memory>
#include <string>

#include "app/platform.h"
#include "serve/console.h"
#include "serve/http_server.h"

namespace vigia {

// Vigia's HTTP API over a platform: /api/v1, /healthz, /readyz and /metrics, and the console beside it. Safe
// to use from many threads.
class Api {
public:
    Api(Platform& platform, Console console);
    ~Api();

    HttpAnswer handle(HttpRequest request);

private:
    struct State;
    std::unique_ptr<State> state_;
};

// A line for each call: its method, its path, and the access that it asks for.
std::string print_routes();

}  // namespace vigia
