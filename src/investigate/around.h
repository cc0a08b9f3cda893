#pragma once

#include <optional>
#include <string>
#include <vector>

#include "investigate/dimensions.h"
#include "investigate/event_title.h"
#include "store/event_store.h"

namespace vigia {

// An event as an answer shows it.
struct ShownEvent {
    Time time;
    std::string id;
    std::string type;
    EventTitle title;
    std::string record;  // JSON
};

struct AroundQuestion {
    std::string organisation;
    std::string id;                 // of the event
    const Dimension* by = nullptr;  // nothing: only the dimensions
    Duration before = std::chrono::minutes{10};
    Duration after = std::chrono::minutes{10};
    size_t limit = 100;  // half of them before the event, half after it
};

struct AroundAnswer {
    struct Counted {
        DimensionValue value;
        uint64_t events = 0;  // in the time asked for, the event itself too
    };
    ShownEvent event;
    std::vector<Counted> dimensions;
    std::vector<ShownEvent> events;  // the nearest, oldest first, without the event itself
    bool more_before = false;
    bool more_after = false;
};

constexpr Duration around_max = std::chrono::hours{24 * 7};  // on either side
constexpr size_t around_events_max = 1000;

// What happened around an event that has something in common with it. NotFound when the organisation has no
// such event.
Result<AroundAnswer> events_around(EventStore& store, const AroundQuestion& question,
                                   const DuckBound& bound = {});

}  // namespace vigia
