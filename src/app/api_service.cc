#include <boost/json.hpp>

#include "app/api_call.h"
#include "app/api_json.h"
#include "app/openapi_document.h"

namespace vigia {

namespace json = boost::json;

namespace {

Answered health(Call&) { return answer(json::object{{"status", "ok"}}); }

// Whether it can do its work: the database answers, events are taken, and the lake is whole.
Answered readiness(Call& call) {
    TRY(call.platform.catalog().organisations());
    const StoreCounts counts = call.platform.events().counts();
    json::array damaged;
    for (const std::string& one : counts.damaged) damaged.emplace_back(one.substr(one.rfind('/') + 1));
    json::array trouble;
    bool is_ready = true;
    for (const Trouble one : call.platform.intake().trouble()) {
        trouble.emplace_back(std::string(name(one)));
        is_ready = is_ready && !stops_intake(one);
    }
    const char* const status = !is_ready                            ? "not_ready"
                               : damaged.empty() && trouble.empty() ? "ready"
                                                                    : "degraded";
    return answer(
        json::object{
            {"status", status}, {"damaged_parts", std::move(damaged)}, {"trouble", std::move(trouble)}},
        is_ready ? 200 : 503);
}

// Prometheus's text format, version 0.0.4.
Answered metrics(Call& call) {
    HttpAnswer made;
    made.content_type = "text/plain; version=0.0.4";
    made.body = call.platform.metrics().registry.print();
    return made;
}

Answered openapi(Call&) {
    HttpAnswer made;
    made.body = openapi_document();
    return made;
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/healthz", Access::Public, health},
    {Method::Get, "/readyz", Access::Public, readiness},
    {Method::Get, "/metrics", Access::Public, metrics},
    {Method::Get, "/api/v1/openapi.json", Access::Public, openapi},
});

}  // namespace

std::span<const Route> service_routes() { return routes; }

}  // namespace vigia
