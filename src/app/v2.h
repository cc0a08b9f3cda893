#pragma once

#include <memory>
#include <span>
#include <vector>

#include "app/api_call.h"
#include "app/platform.h"
#include "serve/http_server.h"

namespace vigia {

// The API of Threat Stack's clients over a platform: /v2, and /help/hawk/self-test. Clients sign with Hawk,
// all calls of an organisation share one rate, and errors are {"errors":["…"]}. Safe to use from many
// threads.
class V2Api {
public:
    explicit V2Api(Platform& platform);
    V2Api(V2Api&&) noexcept;
    ~V2Api();

    // Whether the path is one of it.
    static bool takes(const HttpRequest& request);
    // Its calls, table by table.
    static std::vector<std::span<const Route>> routes();
    HttpAnswer handle(const HttpRequest& request);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace vigia
