#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/field_reader.h"
#include "app/search_filter.h"
#include "store/event_store.h"

namespace vigia {

// Where a page ends: the next one begins behind it. In one organisation no two events have all three.
struct EventCursor {
    int64_t time_us = 0;
    std::string id;
    std::string account;
};

struct EventSearch {
    std::string organisation;
    std::optional<Time> since;
    std::optional<Time> until;
    const SearchFilter* filter = nullptr;
    std::optional<EventCursor> after;
    size_t limit = 50;
    EventOrder order = EventOrder::NewestFirst;
    FieldReader* fields = nullptr;  // instead of records
};

struct FoundEvent {
    int64_t time_us = 0;
    std::string id;
    std::string type;
    std::string account;
    std::string record;
    FieldReader::Values fields;
};

struct EventPage {
    std::vector<FoundEvent> events;   // in the order that was asked for
    std::optional<EventCursor> next;  // there when there may be more
};

struct HistogramBar {
    int64_t begin_us = 0;
    uint64_t count = 0;
};

constexpr size_t search_limit_max = 1000;
constexpr size_t histogram_bars_max = 2000;
// A page ends early with so many bytes of records.
constexpr size_t page_bytes_max = 8 * 1024 * 1024;

// The question of a search to the store.
EventQuery query_of(const EventSearch& search, std::string select);

// Questions over the events of an organisation: SQL finds candidates, and what it cannot say exactly is
// checked again by the program, so that the verdict is that of detection. Safe to use from many threads.
class EventSearcher {
public:
    explicit EventSearcher(EventStore& store) : store_(store) {}

    Result<EventPage> page(const EventSearch& search, const DuckBound& bound = {});
    // The latest event of the id.
    Result<std::optional<FoundEvent>> find(const std::string& organisation, const std::string& id,
                                           const DuckBound& bound = {});
    Result<uint64_t> count(const EventSearch& search, const DuckBound& bound = {});
    // Bars of `width`, in the order of time; empty ones are left out. BadInput for more than
    // histogram_bars_max.
    Result<std::vector<HistogramBar>> histogram(const EventSearch& search, Duration width,
                                                const DuckBound& bound = {});

private:
    struct Pager;
    Result<std::optional<FoundEvent>> find_once(const std::string& organisation, const std::string& id,
                                                const DuckBound& bound);
    using Counts = std::map<int64_t, uint64_t>;
    // The events by the value of an integer expression over columns.
    Result<void> count_by(EventStore::View view, const EventSearch& search, const std::string& expression,
                          const DuckBound& bound, Counts& counts);
    EventStore& store_;
};

}  // namespace vigia
