#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "alert/alert_store.h"
#include "app/event_search.h"

namespace vigia {

constexpr std::chrono::days context_span{30};
// What all questions of a context to the store of events may take together.
constexpr std::chrono::seconds context_time_max{10};

// How usual a value of an alert is, by the other alerts that name it.
struct UsualValue {
    std::string field;  // an aggregate of the alert, or accountId, region, hostname
    std::string value;
    uint64_t rule_alerts = 0;  // of the same rule, in the span before
    uint64_t rule_days = 0;    // on so many of its days
    uint64_t alerts = 0;       // of any rule
    uint64_t days = 0;
    std::optional<Time> first_at;  // the first event of the first alert, as far back as alerts are looked at
};

// How usual the event is that was counted last, by the events in the span before the alert.
struct UsualEvents {
    std::string event_type;
    std::string source;  // with `name`: what was called; empty where the type has no such fields
    std::string name;
    std::string user;  // empty: not known, and what follows of it is not there
    std::string host;
    // Each is missing when there is nothing to ask, or the time was over before.
    std::optional<uint64_t> by_user;
    std::optional<uint64_t> user_days;
    std::optional<std::array<uint64_t, 24>> user_hours;  // by hour of the day, UTC
    std::optional<uint64_t> of_name;
    std::optional<uint64_t> of_name_by_user;
    std::optional<uint64_t> by_user_on_host;
    std::optional<Time> user_first_at;  // over all events that are kept
    std::optional<Time> name_by_user_first_at;
    bool complete = true;  // whether the time was enough
};

struct AlertContext {
    Time since;
    Time until;                   // the first event of the alert, which is not part of it
    bool alerts_complete = true;  // whether all alerts of a year before were looked at, not only traces_max
    std::vector<UsualValue> values;
    std::optional<UsualEvents> events;  // nothing when the alert's last event cannot be read
};

class AlertContexts {
public:
    AlertContexts(AlertStore& alerts, EventSearcher& searcher) : alerts_(alerts), searcher_(searcher) {}

    // NotFound when the organisation has no such alert.
    Result<AlertContext> of(const std::string& organisation, const std::string& id);

private:
    Result<void> look_at_alerts(const StoredAlert& alert, AlertContext& context);

    AlertStore& alerts_;
    EventSearcher& searcher_;
};

}  // namespace vigia
