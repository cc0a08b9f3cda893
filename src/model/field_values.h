#pragma once

#include <cstdint>
#include <vector>

#include "model/value.h"

namespace vigia {

// The values that one pass over a record found, by slot, in the order of the record. Kept from event to
// event, so that filling it anew allocates nothing.
class FieldValues {
public:
    static constexpr uint32_t none = UINT32_MAX;

    // Forgets all values. Slots are below `slots`.
    void clear(size_t slots) {
        values_.clear();
        if (chains_.size() < slots) chains_.resize(slots);
        if (++epoch_ == 0) {
            for (Chain& chain : chains_) chain = {};
            epoch_ = 1;
        }
    }

    void add(uint32_t slot, Value value) {
        const auto at = static_cast<uint32_t>(values_.size());
        values_.push_back({value, none});
        Chain& chain = chains_[slot];
        if (chain.epoch != epoch_)
            chain = {epoch_, at, at};
        else
            values_[chain.last].next = at, chain.last = at;
    }

    // The first value of a slot, or `none`; from there next() leads to the others.
    uint32_t first(uint32_t slot) const { return chains_[slot].epoch == epoch_ ? chains_[slot].first : none; }
    uint32_t next(uint32_t at) const { return values_[at].next; }
    const Value& value(uint32_t at) const { return values_[at].value; }

private:
    struct Linked {
        Value value;
        uint32_t next;
    };
    struct Chain {
        uint32_t epoch = 0;
        uint32_t first = none;
        uint32_t last = none;
    };

    std::vector<Linked> values_;
    std::vector<Chain> chains_;
    uint32_t epoch_ = 0;
};

}  // namespace vigia
