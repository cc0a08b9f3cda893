#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_call.h"
#include "app/api_json.h"

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
    const StoreCounts counts = call.platform.events().counts();
    struct Gauge {
        std::string_view name;
        std::string_view help;
        uint64_t value;
    };
    const auto gauges = std::to_array<Gauge>({
        {"vigia_tail_events", "Events in memory that are not sealed yet.", counts.tail_rows},
        {"vigia_sealed_events", "Events in sealed parts.", counts.sealed_rows},
        {"vigia_parts", "Sealed parts of the lake.", counts.parts},
        {"vigia_part_bytes", "Bytes of the sealed parts.", counts.part_bytes},
        {"vigia_damaged_parts", "Parts that could not be read and were set aside.", counts.damaged.size()},
        {"vigia_intake_bodies_bytes", "Bytes of the batches in work.", call.platform.intake().bodies_bytes()},
        {"vigia_intake_waiting_batches", "Batches that wait to be durable.",
         call.platform.intake().waiting()},
        {"vigia_rules_problems", "Rules that could not be put in force.",
         call.platform.rules_in_force()->problems.size()},
    });
    HttpAnswer made;
    made.content_type = "text/plain; version=0.0.4";
    for (const Gauge& one : gauges)
        made.body +=
            fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n{0} {2}\n", one.name, one.help, one.value);
    return made;
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/healthz", Access::Public, health},
    {Method::Get, "/readyz", Access::Public, readiness},
    {Method::Get, "/metrics", Access::Public, metrics},
});

}  // namespace

std::span<const Route> service_routes() { return routes; }

}  // namespace vigia
