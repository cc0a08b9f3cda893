#pragma once

#include <cstddef>
#include <vector>

#include "base/hash.h"

namespace vigia {

// Ids of a generation; between one and two generations back, an event that comes again is recognised.
constexpr size_t seen_generation_max = 4 * 1024 * 1024;

// Which events were seen, by the hash of account and id. Memory is bounded: the older of two generations is
// forgotten when the newer is full.
class SeenEvents {
public:
    explicit SeenEvents(size_t generation_max = seen_generation_max) : generation_max_(generation_max) {}

    // Whether the id is new; it is known from now on.
    bool insert(const Hash128& id);
    bool contains(const Hash128& id) const { return newer_.contains(id) || older_.contains(id); }
    // Brings what insert() will look at into the cache.
    void prefetch(const Hash128& id) const;

private:
    // Open addressing; a slot of zeroes is empty.
    struct Generation {
        std::vector<Hash128> slots;
        size_t used = 0;
        bool contains(const Hash128& id) const;
        // The id's slot, or the empty one that is for it; there is always one.
        Hash128& find(const Hash128& id);
        void make_room();
        size_t begin(const Hash128& id) const { return id.low & (slots.size() - 1); }
    };

    size_t generation_max_;
    Generation newer_, older_;
};

}  // namespace vigia
