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

// What a body of a dismissal says of the reason.
struct Reason {
    DismissReason reason = DismissReason::None;
    std::string text;
};

Result<Reason> reason_of(const json::object& body) {
    const std::string given = TRY(needed_text(body, "reason"));
    const auto known = dismiss_reason_of(given);
    if (!known)
        return error(ErrorKind::BadInput,
                     "'reason' must be BUSINESS_OP, COMPANY_POLICY, MAINTENANCE, OTHER or NONE");
    Reason reason{.reason = *known};
    reason.text = TRY(text_member(body, "text")).value_or("");
    return reason;
}

Result<std::vector<std::string>> ids_of(const json::value& ids) {
    if (!ids.is_array()) return error(ErrorKind::BadInput, "'ids' must be a list of the alerts' ids");
    std::vector<std::string> wanted;
    for (const json::value& one : ids.as_array()) {
        if (!one.is_string()) return error(ErrorKind::BadInput, "'ids' must be a list of texts");
        wanted.emplace_back(one.as_string().c_str());
    }
    return wanted;
}

// The set that a body names: what its filter holds of, of the alerts that were raised until its `until`.
Result<AlertQuery> set_of(const Call& call, const json::object& body) {
    const json::value* const filter = body.if_contains("filter");
    if (filter == nullptr || !filter->is_object())
        return error(ErrorKind::BadInput, "'filter' must be an object, {} for all active alerts");
    AlertQuery query = TRY(alert_filter_of(call, filter->as_object()));
    if (query.status == AlertStatus::Dismissed)
        return error(ErrorKind::BadInput, "the filter's 'status' must be active: the others are dismissed");
    query.status = AlertStatus::Active;
    if (const auto until = TRY(text_member(body, "until"))) {
        query.raised_until = parse_rfc3339(*until);
        if (!query.raised_until)
            return error(ErrorKind::BadInput,
                         "'until' must be a time as 2026-11-25T10:00:00Z, as the preview gave it");
    }
    return query;
}

// How many alerts the same body would dismiss, and the time that makes them a set.
Answered preview_dismissal(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    const AlertQuery query = TRY(set_of(call, body));
    const AlertCount counted = TRY(call.platform.alerts().count(query));
    return answer(json::object{{"count", counted.count}, {"until", format_rfc3339(counted.raised_until)}});
}

Answered dismiss(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    const Reason why = TRY(reason_of(body));
    const json::value* const ids = body.if_contains("ids");
    if ((ids != nullptr) == body.contains("filter"))
        return error(ErrorKind::BadInput, "say which alerts, by 'ids' or by 'filter' and 'until'");
    AlertStore& alerts = call.platform.alerts();
    Dismissal done;
    if (ids != nullptr) {
        const auto wanted = TRY(ids_of(*ids));
        done = TRY(alerts.dismiss(call.caller.actor, call.caller.organisation, wanted, why.reason, why.text));
    } else {
        const AlertQuery query = TRY(set_of(call, body));
        if (!query.raised_until)
            return error(ErrorKind::BadInput,
                         "'until' is missing: POST the filter to "
                         "/api/v1/alerts/dismiss/preview, which gives the time");
        if (*query.raised_until > call.platform.clock().now())
            return error(ErrorKind::BadInput, "'until' is later than now: what is yet to come was not seen");
        done = TRY(alerts.dismiss_matching(call.caller.actor, query, why.reason, why.text));
    }
    call.platform.changes().raise();
    return answer(json::object{{"dismissal", done.id}, {"count", done.count}});
}

Answered undo_dismissal(Call& call) {
    const uint64_t count =
        TRY(call.platform.alerts().undo(call.caller.actor, call.caller.organisation, call.arguments[0]));
    call.platform.changes().raise();
    return answer(json::object{{"count", count}});
}

Answered add_note(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    const std::string text = TRY(needed_text(body, "text"));
    TRY_VOID(call.platform.alerts().add_note(call.caller.actor, call.caller.organisation, call.arguments[0],
                                             text));
    call.platform.changes().raise();
    return no_content();
}

Answered assign(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    const std::string assignee = TRY(needed_text(body, "assignee"));
    const StoredAlert changed = TRY(call.platform.alerts().assign(call.caller.actor, call.caller.organisation,
                                                                  call.arguments[0], assignee));
    call.platform.changes().raise();
    return answer(json_of(changed));
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
    {Method::Post, "/api/v1/alerts/dismiss", Access::User, dismiss},
    {Method::Post, "/api/v1/alerts/dismiss/preview", Access::User, preview_dismissal},
    {Method::Delete, "/api/v1/alerts/dismissals/{id}", Access::User, undo_dismissal},
    {Method::Get, "/api/v1/alerts/{id}", Access::Reader, alert},
    {Method::Get, "/api/v1/alerts/{id}/events", Access::Reader, alert_events},
    {Method::Get, "/api/v1/alerts/{id}/events/{event}", Access::Reader, alert_event},
    {Method::Get, "/api/v1/alerts/{id}/history", Access::Reader, alert_history},
    {Method::Post, "/api/v1/alerts/{id}/notes", Access::User, add_note},
    {Method::Put, "/api/v1/alerts/{id}/assignee", Access::User, assign},
});

}  // namespace

std::span<const Route> alert_routes() { return routes; }

}  // namespace vigia
