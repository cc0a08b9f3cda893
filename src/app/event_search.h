#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detect/detector.h"
#include "normalise/event_scanner.h"
#include "normalise/normaliser.h"
#include "store/event_store.h"

namespace vigia {

// A filter over stored events, ready to be asked: as SQL, and as a rule set of one for what SQL cannot say.
class SearchFilter {
public:
    // Nothing when a diagnostic is an error. An empty text is the filter that holds of every event.
    struct Made;
    static Made make(std::string_view text, NamedLists lists);

    // What is asked of plain rows, then of the others.
    const std::string& plain() const { return plain_; }
    const std::string& many() const { return many_; }
    bool exact() const { return exact_; }
    const std::vector<std::string>& parameters() const { return parameters_; }
    const std::shared_ptr<const RuleSet>& rules() const { return rules_; }
    // The SQL and what is asked again, for people.
    std::string print() const;

private:
    std::shared_ptr<const RuleSet> rules_;
    std::string plain_ = "many = 0";
    std::string many_ = "many <> 0";
    bool exact_ = true;
    std::vector<std::string> parameters_;
};

struct SearchFilter::Made {
    std::optional<SearchFilter> filter;
    std::vector<RuleDiagnostic> diagnostics;
};

// The program's verdict over records as they are stored. For one thread.
class Rechecker {
public:
    explicit Rechecker(const SearchFilter& filter);
    // By record.
    std::vector<bool> holds(std::span<const std::string_view> records);

private:
    bool walk(std::string_view record);
    Detector detector_;
    EventScanner scanner_;
    Normaliser normaliser_;
    std::string run_;
};

// Where a page ends: the next one begins behind it.
struct EventCursor {
    int64_t time_us = 0;
    std::string id;
};

struct EventSearch {
    std::string organisation;
    std::optional<Time> since;
    std::optional<Time> until;
    const SearchFilter* filter = nullptr;
    std::optional<EventCursor> after;
    size_t limit = 50;
};

struct FoundEvent {
    int64_t time_us = 0;
    std::string id;
    std::string type;
    std::string record;
};

struct EventPage {
    std::vector<FoundEvent> events;   // the latest first
    std::optional<EventCursor> next;  // there when there may be more
};

struct HistogramBar {
    int64_t begin_us = 0;
    uint64_t count = 0;
};

struct FacetValue {
    std::string value;
    uint64_t count = 0;
};

constexpr size_t search_limit_max = 1000;
constexpr size_t histogram_bars_max = 2000;

// Questions over the events of an organisation: SQL finds candidates, and what it cannot say exactly is
// checked again by the program, so that the verdict is that of detection. Safe to use from many threads.
class EventSearcher {
public:
    explicit EventSearcher(EventStore& store) : store_(store) {}

    Result<EventPage> page(const EventSearch& search, const DuckBound& bound = {});
    Result<std::optional<FoundEvent>> find(const std::string& organisation, const std::string& id,
                                           const DuckBound& bound = {});
    Result<uint64_t> count(const EventSearch& search, const DuckBound& bound = {});
    // Bars of `width`, in the order of time; empty ones are left out. BadInput for more than
    // histogram_bars_max.
    Result<std::vector<HistogramBar>> histogram(const EventSearch& search, Duration width,
                                                const DuckBound& bound = {});
    // The commonest values of a column of event_columns(), `type` too. BadInput for what is none.
    Result<std::vector<FacetValue>> facet(const EventSearch& search, const std::string& column,
                                          const DuckBound& bound = {});

private:
    struct Keyed {
        std::string key;  // of a SQL expression
        uint64_t count = 0;
    };
    Result<EventPage> page_once(const EventSearch& search, const DuckBound& bound);
    Result<std::vector<Keyed>> count_once(const EventSearch& search, const std::string& expression,
                                          const DuckBound& bound);
    Result<std::vector<Keyed>> count_by(const EventSearch& search, const std::string& expression,
                                        const DuckBound& bound);
    EventStore& store_;
};

}  // namespace vigia
