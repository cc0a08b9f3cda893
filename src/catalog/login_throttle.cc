#include "catalog/login_throttle.h"

#include <fmt/format.h>

#include <algorithm>

namespace vigia {

namespace {

constexpr uint32_t doublings_max = 20;  // beyond which the wait is login_wait_max for long

Duration wait_after(uint32_t failures, uint32_t free) {
    if (failures < free) return Duration::zero();
    const uint32_t doublings = std::min(failures - free, doublings_max);
    return std::min<Duration>(std::chrono::seconds{int64_t{1} << doublings}, login_wait_max);
}

}  // namespace

Result<void> LoginThrottle::begin(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const Time now = clock_.now();
    drop_old(now);
    auto at = entries_.find(name);
    if (at == entries_.end()) {
        if (entries_.size() >= login_names_max) drop(std::string(by_age_.front()));
        at = entries_.emplace(name, Entry{0, now, by_age_.insert(by_age_.end(), name)}).first;
    }
    Entry& entry = at->second;
    const Duration left = entry.last + wait_after(entry.failures, free_) - now;
    if (left > Duration::zero())
        return error(ErrorKind::Busy, fmt::format("too many failed logins: try again in {} s",
                                                  std::chrono::ceil<std::chrono::seconds>(left).count()));
    entry.failures++;
    entry.last = now;
    by_age_.splice(by_age_.end(), by_age_, entry.place);
    return {};
}

void LoginThrottle::take_back(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto at = entries_.find(name);
    if (at == entries_.end()) return;
    if (--at->second.failures == 0) drop(std::string(name));
}

void LoginThrottle::forget(const std::string& name) {
    const std::lock_guard lock(mutex_);
    drop(name);
}

void LoginThrottle::drop_old(Time now) {
    while (!by_age_.empty() && now - entries_.at(by_age_.front()).last > login_memory)
        drop(std::string(by_age_.front()));
}

void LoginThrottle::drop(const std::string& name) {
    const auto at = entries_.find(name);
    if (at == entries_.end()) return;
    by_age_.erase(at->second.place);
    entries_.erase(at);
}

}  // namespace vigia
