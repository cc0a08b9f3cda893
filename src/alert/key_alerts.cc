#include "alert/key_alerts.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "alert/alert_rows.h"
#include "alert/alert_store.h"
#include "base/hash.h"
#include "base/random.h"

namespace vigia {

namespace {

constexpr size_t digest_bytes = 16;
constexpr size_t key_rule_bytes_max = 64;  // of the rule's id; all of it is in the digest
// Beyond it, PostgreSQL could not have it in an index.
constexpr size_t event_id_bytes_max = 256;

std::string digest(std::string_view text) { return hex(sha256(text).substr(0, digest_bytes)); }

auto in_order(const Waiting& waiting) {
    return std::tuple<Time, std::string_view>(waiting.arrival.time(), waiting.arrival.event_id);
}

}  // namespace

Time before(Time time, Duration duration) {
    return time < Time::min() + duration ? Time::min() : time - duration;
}

Time after(Time time, Duration duration) {
    return time > Time::max() - duration ? Time::max() : time + duration;
}

std::string key_of(const AlertMatch& match) {
    // Aggregates are quoted there, so that no value can pose as two.
    const std::string whole = match.rule_id + "\n" + write_aggregates(match.aggregates);
    return fmt::format("{}-{}", storable(match.rule_id.substr(0, key_rule_bytes_max)), digest(whole));
}

std::string event_id_of(const AlertMatch& match) {
    if (match.event_id.empty())
        return digest(fmt::format("{} {}", match.time.time_since_epoch().count(), match.record));
    if (match.event_id.size() > event_id_bytes_max) return digest(match.event_id);
    return storable(match.event_id);
}

void KeyAlert::count(const Arrival& arrival) {
    alert.count++;
    alert.first_at = std::min(alert.first_at, arrival.time());
    alert.last_at = std::max(alert.last_at, arrival.time());
    events.push_back(arrival);
}

bool KeyAlerts::take(const Arrival& arrival) {
    if (!known.insert(arrival.event_id).second) return false;
    if (KeyAlert* const open = covering(arrival.time()); open != nullptr) {
        open->count(arrival);
        return true;
    }
    const Waiting one{arrival};
    const auto at = waiting.insert(std::ranges::upper_bound(waiting, in_order(one), {}, in_order), one);
    raise_when_due(static_cast<size_t>(at - waiting.begin()), *arrival.match);
    return true;
}

// The one that was open at that time; of those that a late match could still belong to, the oldest.
KeyAlert* KeyAlerts::covering(Time time) {
    KeyAlert* found = nullptr;
    for (KeyAlert& one : alerts) {
        if (one.alert.dismissed || !one.covers(time)) continue;
        if (found == nullptr ||
            std::tie(one.alert.created_at, one.alert.id) < std::tie(found->alert.created_at, found->alert.id))
            found = &one;
    }
    return found;
}

// In order, the new one is the last; a late one may complete what waits behind it.
void KeyAlerts::raise_when_due(size_t from, const AlertMatch& match) {
    const size_t threshold = std::clamp(size_t{match.threshold}, size_t{1}, pending_matches_max);
    const size_t end = std::min(waiting.size(), from + threshold);
    for (size_t last = std::max(from, threshold - 1); last < end; last++) {
        const Time time = waiting[last].arrival.time();
        if (waiting[last + 1 - threshold].arrival.time() > before(time, match.window))
            return raise(time, match);
    }
}

void KeyAlerts::raise(Time created_at, const AlertMatch& match) {
    KeyAlert made{.is_new = true};
    StoredAlert& alert = made.alert;
    alert.created_at = created_at;
    alert.expires_at = after(created_at, match.window);
    const auto is_covered = [&](const Waiting& one) { return made.covers(one.arrival.time()); };
    const auto begin = std::ranges::find_if(waiting, is_covered);
    const auto end = std::find_if_not(begin, waiting.end(), is_covered);
    const AlertMatch& first = *begin->arrival.match;
    alert.id = random_uuid();
    alert.organisation = match.organisation;
    alert.key = key_of(match);
    alert.rule_id = storable(match.rule_id);
    alert.rule_name = storable(match.rule_name);
    alert.ruleset = storable(match.ruleset);
    alert.rule_type = storable(match.rule_type);
    for (const NamedValue& aggregate : match.aggregates)
        alert.aggregates.push_back({storable(aggregate.name), storable(aggregate.value)});
    alert.severity = first.severity;
    alert.title = storable(first.title);
    alert.account = storable(first.account);
    alert.region = storable(first.region);
    alert.host = storable(first.host);
    alert.agent = storable(first.agent);
    alert.first_at = alert.last_at = begin->arrival.time();
    for (auto one = begin; one != end; ++one) made.count(one->arrival);
    waiting.erase(begin, end);
    alerts.push_back(std::move(made));
}

}  // namespace vigia
