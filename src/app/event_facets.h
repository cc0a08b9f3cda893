#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/event_search.h"

namespace vigia {

// Events whose records are looked at, at most, where columns do not say what a field yields.
constexpr size_t facet_sample_max = 50'000;
// Values of a field that are counted at most; the commonest are kept.
constexpr size_t facet_groups_max = 100'000;
constexpr size_t facet_values_max = 1000;

struct FacetValue {
    std::string value;
    uint64_t count = 0;  // of the events that have it, be it once or more often
};

// The commonest values of a field.
struct Facet {
    std::string field;
    std::vector<FacetValue> values;
    bool has_more = false;  // there are others
    // When it is no count of all events, but of the latest: of how many, and of how many there are, where
    // that is known.
    struct Sample {
        uint64_t events = 0;
        std::optional<uint64_t> of;
    };
    std::optional<Sample> sample;
};

// The values of all fields of the reader in the events of the search, `values_max` of each. What columns say
// is counted by SQL, exactly; other fields, and filters that SQL cannot say, by reading records again, the
// latest facet_sample_max of them. Objects are no values.
Result<std::vector<Facet>> event_facets(EventStore& store, const EventSearch& search, FieldReader& fields,
                                        size_t values_max, const DuckBound& bound = {});

}  // namespace vigia
