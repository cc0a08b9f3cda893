#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alert/alert_store.h"
#include "investigate/dimensions.h"
#include "investigate/event_title.h"
#include "store/event_store.h"

namespace vigia {

enum class TimelineOrder : uint8_t { NewestFirst, OldestFirst };

// Where a page ended: the next begins behind this event.
struct TimelineCursor {
    int64_t time_us = 0;
    std::string id;
};

struct TimelineQuestion {
    std::string organisation;
    std::vector<DimensionValue> values;  // an event has all of them
    std::optional<Time> since;           // both ends belong to it
    std::optional<Time> until;
    TimelineOrder order = TimelineOrder::NewestFirst;
    std::optional<TimelineCursor> after;
    size_t limit = 100;
};

// Events of one type and title that follow each other, or one alert.
struct TimelineEntry {
    std::optional<StoredAlert> alert;
    std::string type;  // of the events
    EventTitle title;  // of an alert, its text alone
    Time first;
    Time last;
    uint64_t count = 1;
    std::string first_id;  // of the events, by time
    std::string last_id;
};

struct TimelinePage {
    std::vector<TimelineEntry> entries;
    std::optional<TimelineCursor> next;  // there when there may be more
    bool alerts_complete = true;         // false when more were raised meanwhile than are looked at
};

constexpr size_t timeline_entries_max = 500;
constexpr size_t timeline_values_max = 16;
// Events that a page is made of at most: a run that is longer goes on on the next page.
constexpr size_t timeline_rows_max = 20'000;
// Alerts of the organisation, in the time of one page.
constexpr size_t timeline_alerts_max = 10'000;

// The events that have the values, and the alerts that these events raised, each beside its event.
Result<TimelinePage> timeline(EventStore& store, AlertStore& alerts, const TimelineQuestion& question,
                              const DuckBound& bound = {});

}  // namespace vigia
