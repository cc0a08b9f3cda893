#pragma once

#include <string>
#include <vector>

#include "app/event_facets.h"

namespace vigia {

// Records that are looked at, the latest, for what columns do not say.
constexpr size_t field_values_sample = 2000;

struct FieldValuesQuestion {
    std::string organisation;
    std::string prefix;  // of the value, in any case
    size_t limit = 20;
    Time until;
};

// The commonest values of a field in the latest events, for somebody who types one: soon rather than exact.
struct ValuesOfField {
    std::vector<FacetValue> values;
    bool has_more = false;
    bool is_sampled = false;  // counted in the latest records only
    Duration span{0};         // how far back was looked
};

// Of the reader's one field. Where a week takes too long to look through, a day is looked at, and then an
// hour.
Result<ValuesOfField> field_values(EventStore& store, const FieldValuesQuestion& question,
                                   FieldReader& field);

}  // namespace vigia
