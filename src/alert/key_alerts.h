#pragma once

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

#include "alert/stored_alert.h"
#include "model/alert_match.h"

namespace vigia {

// The time less or plus a duration, which ends at the ends of time.
Time before(Time time, Duration duration);
Time after(Time time, Duration duration);

// The name of the key of the match within its organisation: "<rule>-<32 digits>".
std::string key_of(const AlertMatch& match);
// The event's id as it is kept: valid, and short enough for an index; made of the event when it has none.
std::string event_id_of(const AlertMatch& match);

// A match on its way: what it is, and under which id.
struct Arrival {
    std::string event_id;
    const AlertMatch* match = nullptr;

    // Inside the ends of time, so that there is a before and an after.
    Time time() const {
        return std::clamp(match->time, Time::min() + Duration{1}, Time::max() - Duration{1});
    }
};

// An alert of the key as the batch leaves it.
struct KeyAlert {
    StoredAlert alert;
    uint64_t kept = 0;
    bool is_new = false;
    std::vector<Arrival> events;  // that were counted now

    Time covers_from() const { return before(alert.created_at, alert.expires_at - alert.created_at); }
    bool covers(Time time) const { return time >= covers_from() && time < alert.expires_at; }
    void count(const Arrival& arrival);
};

struct Waiting {
    Arrival arrival;
    bool is_new = true;  // not in the database
};

// The alerts and waiting matches of one key, as far as one batch of matches concerns them. The life cycle
// itself, without a database: AlertStore says what it is. The match of an Arrival must outlive it.
class KeyAlerts {
public:
    // What the database has, before the first take().
    std::vector<KeyAlert> alerts;
    std::vector<Waiting> waiting;           // by time, then id
    std::unordered_set<std::string> known;  // ids of events that alerts or `waiting` have

    // False when it was known.
    bool take(const Arrival& arrival);

private:
    KeyAlert* covering(Time time);
    void raise_when_due(size_t from, const AlertMatch& match);
    void raise(Time created_at, const AlertMatch& match);
};

}  // namespace vigia
