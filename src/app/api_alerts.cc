#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_alert_query.h"
#include "app/api_call.h"
#include "app/api_completeness.h"
#include "app/api_json.h"
#include "base/number.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr std::chrono::milliseconds stream_period{15'000};  // a comment at least so often

Answered alerts(Call& call) {
    const AlertQuery query = TRY(alert_query(call));
    const AlertPage page = TRY(call.platform.alerts().list(query));
    json::array all;
    for (const StoredAlert& one : page.alerts) all.push_back(json_of(one));
    return answer(json::object{{"alerts", std::move(all)},
                               {"next", page.next.empty() ? json::value() : json::value(page.next)}});
}

Answered alert(Call& call) {
    const StoredAlert found = TRY(call.platform.alerts().find(call.caller.organisation, call.arguments[0]));
    json::object shown = json_of(found);
    shown["completeness"] = TRY(completeness_of(call, found));
    return answer(shown);
}

Answered alert_event(Call& call) {
    const AlertEvent found =
        TRY(call.platform.alerts().event(call.caller.organisation, call.arguments[0], call.arguments[1]));
    HttpAnswer made;
    made.body = json_text({.time_us = microseconds(found.time),
                           .id = found.event_id,
                           .type = found.event_type,
                           .record = found.record}) +
                "\n";
    return made;
}

Answered alert_events(Call& call) {
    const size_t limit = TRY(limit_parameter(call.request, 50, alerts_page_max));
    const AlertEventPage page =
        TRY(call.platform.alerts().events(call.caller.organisation, call.arguments[0],
                                          std::string(call.request.parameter("cursor").value_or("")), limit));
    std::vector<FoundEvent> events;
    for (const AlertEvent& one : page.events)
        events.push_back({.time_us = microseconds(one.time),
                          .id = one.event_id,
                          .type = one.event_type,
                          .record = one.record});
    return event_page(events, page.next);
}

json::array history_json(const std::vector<AlertHistoryEntry>& entries) {
    json::array all;
    for (const AlertHistoryEntry& one : entries)
        all.push_back(json::object{{"time", format_rfc3339(one.time)},
                                   {"who", one.actor.who},
                                   {"action", std::string(name(one.action))},
                                   {"detail", one.detail}});
    return all;
}

Answered alert_history(Call& call) {
    const auto entries = TRY(call.platform.alerts().history(call.caller.organisation, call.arguments[0]));
    return answer(json::object{{"history", history_json(entries)}});
}

// Alerts as they change: "event: alert", with the number of the change as id, by which a client goes on. The
// database is asked when something changed, and once a period in any case.
class AlertStream final : public BodyStream {
public:
    AlertStream(Platform& platform, std::string organisation, int64_t after)
        : platform_(platform), organisation_(std::move(organisation)), after_(after) {}

    bool next(std::string& piece) override {
        piece.clear();
        if (!begun_) {
            begun_ = true;
            piece = "retry: 2000\n\n";
            return true;
        }
        const SteadyTime until = steady_now() + stream_period;
        while (!cancelled_) {
            const uint64_t seen = platform_.changes().raises();
            const auto changed = platform_.alerts().changes_after(organisation_, after_);
            if (!changed) return false;
            for (const StoredAlert& one : *changed) {
                after_ = one.change;
                piece += fmt::format("id: {}\nevent: alert\ndata: {}\n\n", one.change,
                                     json::serialize(json_of(one)));
            }
            if (!piece.empty()) return true;
            if (steady_now() >= until) {
                piece = ": still here\n\n";
                return true;
            }
            platform_.changes().wait(seen, until, cancelled_);
        }
        return false;
    }

    void cancel() override {
        cancelled_ = true;
        platform_.changes().wake();
    }

private:
    Platform& platform_;
    std::string organisation_;
    int64_t after_;
    bool begun_ = false;
    std::atomic<bool> cancelled_ = false;
};

Answered alert_stream(Call& call) {
    int64_t after = TRY(call.platform.alerts().last_change(call.caller.organisation));
    if (const std::string_view last = call.request.header("Last-Event-ID"); !last.empty()) {
        const auto number = parse_whole<int64_t>(last);
        if (!number) return error(ErrorKind::BadInput, "Last-Event-ID is none that the stream gave");
        after = *number;
    }
    HttpAnswer made;
    made.content_type = "text/event-stream";
    made.stream = std::make_unique<AlertStream>(call.platform, call.caller.organisation, after);
    return made;
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/alerts", Access::Reader, alerts},
    {Method::Get, "/api/v1/alerts/stream", Access::Reader, alert_stream},
    {Method::Get, "/api/v1/alerts/{id}", Access::Reader, alert},
    {Method::Get, "/api/v1/alerts/{id}/events", Access::Reader, alert_events},
    {Method::Get, "/api/v1/alerts/{id}/events/{event}", Access::Reader, alert_event},
    {Method::Get, "/api/v1/alerts/{id}/history", Access::Reader, alert_history},
});

}  // namespace

std::span<const Route> alert_routes() { return routes; }

}  // namespace vigia
