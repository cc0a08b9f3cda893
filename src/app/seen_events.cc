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

void SeenEvents::Generation::insert(const Hash128& id) {
    if (2 * (used + 1) > slots.size()) {
        const std::vector<Hash128> before =
            std::exchange(slots, std::vector<Hash128>(slots.empty() ? slots_min : 2 * slots.size()));
        used = 0;
        for (const Hash128& one : before) {
            if (one != Hash128{}) insert(one);
        }
    }
    size_t at = begin(id);
    while (slots[at] != Hash128{}) at = (at + 1) & (slots.size() - 1);
    slots[at] = id;
    used++;
}

bool SeenEvents::insert(const Hash128& given) {
    const Hash128 id = given == Hash128{} ? Hash128{1, 0} : given;
    if (newer_.contains(id) || older_.contains(id)) return false;
    if (newer_.used == generation_max_) {
        older_ = std::move(newer_);
        newer_ = {};
    }
    newer_.insert(id);
    return true;
}

void SeenEvents::prefetch(const Hash128& id) const {
    if (!newer_.slots.empty()) __builtin_prefetch(&newer_.slots[newer_.begin(id)]);
    if (!older_.slots.empty()) __builtin_prefetch(&older_.slots[older_.begin(id)]);
}

}  // namespace vigia
