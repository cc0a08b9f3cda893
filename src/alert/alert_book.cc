#include "alert/alert_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <tuple>

#include "model/quote.h"

namespace vigia {

namespace {

// Aggregates are quoted, so that no value can pose as two.
std::string key_of(const Match& match) {
    std::string key = fmt::to_string(match.rule);
    for (const NamedValue& aggregate : match.aggregates)
        key += " " + aggregate.name + "=" + quote(aggregate.value);
    return key;
}

void count(Alert& alert, const Match& match) {
    alert.count++;
    alert.last_at = std::max(alert.last_at, match.time);
    alert.event_ids.push_back(match.event_id);
    if (!match.record.empty()) alert.latest_records.push_back(match.record);
    if (alert.event_ids.size() > latest_events_max) alert.event_ids.erase(alert.event_ids.begin());
    if (alert.latest_records.size() > latest_events_max)
        alert.latest_records.erase(alert.latest_records.begin());
}

Alert open_alert(const std::string& key, const std::deque<const Match*>& waiting, Duration window) {
    const Match& last = *waiting.back();
    Alert alert{.rule = last.rule, .key = key, .title = last.title, .aggregates = last.aggregates};
    alert.first_at = waiting.front()->time;
    alert.created_at = alert.last_at = last.time;
    alert.expires_at = last.time + window;
    for (const Match* match : waiting) count(alert, *match);
    return alert;
}

void alerts_of_key(const std::string& key, std::vector<const Match*> matches, const AlertPolicy& policy,
                   std::vector<Alert>& alerts) {
    std::ranges::stable_sort(matches, {},
                             [](const Match* match) { return std::tie(match->time, match->event_id); });
    std::deque<const Match*> waiting;
    Alert* open = nullptr;
    for (const Match* match : matches) {
        if (open != nullptr && match->time < open->expires_at) {
            count(*open, *match);
            continue;
        }
        open = nullptr;
        while (!waiting.empty() && match->time - waiting.front()->time >= policy.window) waiting.pop_front();
        waiting.push_back(match);
        if (waiting.size() < policy.threshold) continue;
        alerts.push_back(open_alert(key, waiting, policy.window));
        open = &alerts.back();
        waiting.clear();
    }
}

}  // namespace

void AlertBook::add(Match match) {
    std::string key = key_of(match);
    matches_[std::move(key)].push_back(std::move(match));
}

std::vector<Alert> AlertBook::alerts() const {
    std::vector<Alert> alerts;
    for (const auto& [key, matches] : matches_) {
        std::vector<const Match*> pointers;
        for (const Match& match : matches) pointers.push_back(&match);
        alerts_of_key(key, std::move(pointers), policies_[matches.front().rule], alerts);
    }
    std::ranges::stable_sort(alerts, {},
                             [](const Alert& alert) { return std::tie(alert.created_at, alert.key); });
    return alerts;
}

}  // namespace vigia
