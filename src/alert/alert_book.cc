#include "alert/alert_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ranges>
#include <tuple>

#include "model/quote.h"

namespace vigia {

// Found by KeyWindows, too.
auto in_order(const Match& match) { return std::pair(match.time, match.event_id()); }

namespace {

// Aggregates are quoted, so that no value can pose as two.
std::string key_of(const Match& match, const AlertPolicy& policy) {
    std::string key = fmt::to_string(match.rule);
    for (size_t i = 0; i < match.aggregate_count(); i++)
        key += " " + policy.aggregate_fields[i] + "=" + quote(match.aggregate(i));
    return key;
}

void count(Alert& alert, const Match& match) {
    alert.count++;
    alert.first_at = std::min(alert.first_at, match.time);
    // A late one is not among the latest.
    if (alert.count > 1 && match.time < alert.last_at) return;
    alert.last_at = match.time;
    alert.event_ids.emplace_back(match.event_id());
    if (!match.record.empty()) alert.latest_records.push_back(match.record);
    if (alert.event_ids.size() > latest_events_max) alert.event_ids.erase(alert.event_ids.begin());
    if (alert.latest_records.size() > latest_events_max)
        alert.latest_records.erase(alert.latest_records.begin());
}

Alert open_alert(const std::string& key, std::span<const Match> matches, const AlertPolicy& policy) {
    const Match& last = matches.back();
    Alert alert{.rule = last.rule, .key = key, .title = std::string(last.title())};
    for (size_t i = 0; i < last.aggregate_count(); i++)
        alert.aggregates.push_back({policy.aggregate_fields[i], std::string(last.aggregate(i))});
    alert.first_at = alert.last_at = matches.front().time;
    alert.created_at = last.time;
    alert.expires_at = last.time + policy.window;
    for (const Match& match : matches) count(alert, match);
    return alert;
}

}  // namespace

void AlertBook::add(Match match) {
    std::string key = key_of(match, policies_[match.rule]);
    keys_[std::move(key)].held.push_back(std::move(match));
    if (++held_ > held_max_) settle_earlier_half();
}

void AlertBook::settle_earlier_half() {
    std::vector<Time> times;
    times.reserve(held_);
    for (const auto& [name, key] : keys_) {
        for (const Match& match : key.held) times.push_back(match.time);
    }
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::ranges::nth_element(times, middle);
    // All of one instant are settled together, however many they are.
    for (auto& [name, key] : keys_) settle(name, key, *middle + Duration{1});
}

void AlertBook::settle(const std::string& name, Key& key, Time before) {
    std::ranges::stable_sort(key.held, {}, in_order);
    const auto end = std::ranges::find_if(key.held, [&](const Match& match) { return match.time >= before; });
    for (auto match = key.held.begin(); match != end; ++match) take(name, key, std::move(*match));
    held_ -= static_cast<size_t>(end - key.held.begin());
    key.held.erase(key.held.begin(), end);
}

void AlertBook::take(const std::string& name, Key& key, Match match) {
    const AlertPolicy& policy = policies_[match.rule];
    key.windows.take(
        {policy.window, policy.threshold}, std::move(match),
        [&](std::span<const Match> matches) { return open_alert(name, matches, policy); },
        [](Alert& alert, const Match& one) { count(alert, one); });
}

std::vector<Alert> AlertBook::alerts() {
    std::vector<Alert> alerts;
    for (auto& [name, key] : keys_) {
        settle(name, key, Time::max());
        alerts.insert(alerts.end(), key.windows.alerts().begin(), key.windows.alerts().end());
    }
    std::ranges::stable_sort(alerts, {},
                             [](const Alert& alert) { return std::tie(alert.created_at, alert.key); });
    return alerts;
}

}  // namespace vigia
