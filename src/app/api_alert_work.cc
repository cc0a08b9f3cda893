// What people do with alerts: one, some, or all that a filter holds of.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_alert_query.h"
#include "app/api_call.h"
#include "app/api_json.h"

namespace vigia {

namespace json = boost::json;

namespace {

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
    if (const auto until = TRY(text_member(body, "until"))) {
        query.raised_until = parse_rfc3339(*until);
        if (!query.raised_until)
            return error(ErrorKind::BadInput,
                         "'until' must be a time as 2026-11-25T10:00:00Z, as the preview gave it");
    }
    return query;
}

// Those of them that can be dismissed.
Result<AlertQuery> active_set_of(const Call& call, const json::object& body) {
    AlertQuery query = TRY(set_of(call, body));
    if (query.status == AlertStatus::Dismissed)
        return error(ErrorKind::BadInput, "the filter's 'status' must be active: the others are dismissed");
    query.status = AlertStatus::Active;
    return query;
}

// The set without `until` is another one at each time.
Result<void> check_seen(const Call& call, const AlertQuery& set, std::string_view preview) {
    if (!set.raised_until)
        return error(ErrorKind::BadInput,
                     fmt::format("'until' is missing: POST the filter to {}, which gives the time", preview));
    if (*set.raised_until > call.platform.clock().now())
        return error(ErrorKind::BadInput, "'until' is later than now: what is yet to come was not seen");
    return {};
}

// The ids that a body names; nothing where it has a filter instead.
Result<std::optional<std::vector<std::string>>> chosen_ids(const json::object& body) {
    const json::value* const ids = body.if_contains("ids");
    if ((ids != nullptr) == body.contains("filter"))
        return error(ErrorKind::BadInput, "say which alerts, by 'ids' or by 'filter' and 'until'");
    if (ids == nullptr) return std::optional<std::vector<std::string>>();
    return TRY(ids_of(*ids));
}

Answered count_of(const Call& call, const AlertQuery& set) {
    const AlertCount counted = TRY(call.platform.alerts().count(set));
    return answer(json::object{{"count", counted.count}, {"until", format_rfc3339(counted.raised_until)}});
}

// How many alerts the same body would dismiss, and the time that makes them a set.
Answered preview_dismissal(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    const AlertQuery set = TRY(active_set_of(call, body));
    return count_of(call, set);
}

Answered dismiss(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    const Reason why = TRY(reason_of(body));
    const auto ids = TRY(chosen_ids(body));
    AlertStore& alerts = call.platform.alerts();
    Dismissal done;
    if (ids) {
        done = TRY(alerts.dismiss(call.caller.actor, call.caller.organisation, *ids, why.reason, why.text));
    } else {
        const AlertQuery set = TRY(active_set_of(call, body));
        TRY_VOID(check_seen(call, set, "/api/v1/alerts/dismiss/preview"));
        done = TRY(alerts.dismiss_matching(call.caller.actor, set, why.reason, why.text));
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

constexpr auto assignment_members = std::to_array<std::string_view>({"ids", "filter", "until", "assignee"});
constexpr auto set_members = std::to_array<std::string_view>({"filter", "until"});

Answered preview_assignment(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    TRY_VOID(check_members(body, set_members));
    const AlertQuery set = TRY(set_of(call, body));
    return count_of(call, set);
}

Answered assign_many(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    TRY_VOID(check_members(body, assignment_members));
    const std::string assignee = TRY(needed_text(body, "assignee"));
    const auto ids = TRY(chosen_ids(body));
    AlertStore& alerts = call.platform.alerts();
    uint64_t count = 0;
    if (ids) {
        count = TRY(alerts.assign_all(call.caller.actor, call.caller.organisation, *ids, assignee));
    } else {
        const AlertQuery set = TRY(set_of(call, body));
        TRY_VOID(check_seen(call, set, "/api/v1/alerts/assign/preview"));
        count = TRY(alerts.assign_matching(call.caller.actor, set, assignee));
    }
    call.platform.changes().raise();
    return answer(json::object{{"count", count}});
}

constexpr auto routes = std::to_array<Route>({
    {Method::Post, "/api/v1/alerts/dismiss", Access::User, dismiss},
    {Method::Post, "/api/v1/alerts/dismiss/preview", Access::User, preview_dismissal},
    {Method::Delete, "/api/v1/alerts/dismissals/{id}", Access::User, undo_dismissal},
    {Method::Post, "/api/v1/alerts/assign", Access::User, assign_many},
    {Method::Post, "/api/v1/alerts/assign/preview", Access::User, preview_assignment},
    {Method::Post, "/api/v1/alerts/{id}/notes", Access::User, add_note},
    {Method::Put, "/api/v1/alerts/{id}/assignee", Access::User, assign},
});

}  // namespace

std::span<const Route> alert_work_routes() { return routes; }

}  // namespace vigia
