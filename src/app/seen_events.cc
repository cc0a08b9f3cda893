#include "app/seen_events.h"

#include <utility>

namespace vigia {

namespace {

constexpr size_t slots_min = 4096;  // a power of two

}  // namespace

bool SeenEvents::Generation::contains(const Hash128& id) const {
    if (slots.empty()) return false;
    for (size_t at = begin(id);; at = (at + 1) & (slots.size() - 1)) {
        if (slots[at] == id) return true;
        if (slots[at] == Hash128{}) return false;
    }
}

Hash128& SeenEvents::Generation::find(const Hash128& id) {
    size_t at = begin(id);
    while (slots[at] != id && slots[at] != Hash128{}) at = (at + 1) & (slots.size() - 1);
    return slots[at];
}

void SeenEvents::Generation::make_room() {
    if (2 * (used + 1) <= slots.size()) return;
    const std::vector<Hash128> before =
        std::exchange(slots, std::vector<Hash128>(slots.empty() ? slots_min : 2 * slots.size()));
    for (const Hash128& one : before) {
        if (one != Hash128{}) find(one) = one;
    }
}

bool SeenEvents::insert(const Hash128& given) {
    const Hash128 id = given == Hash128{} ? Hash128{1, 0} : given;
    newer_.make_room();
    Hash128* slot = &newer_.find(id);
    if (*slot == id || older_.contains(id)) return false;
    if (newer_.used == generation_max_) {
        older_ = std::exchange(newer_, {});
        newer_.make_room();
        slot = &newer_.find(id);
    }
    *slot = id;
    newer_.used++;
    return true;
}

void SeenEvents::prefetch(const Hash128& id) const {
    if (!newer_.slots.empty()) __builtin_prefetch(&newer_.slots[newer_.begin(id)]);
    if (!older_.slots.empty()) __builtin_prefetch(&older_.slots[older_.begin(id)]);
}

}  // namespace vigia
