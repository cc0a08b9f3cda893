#include "notify/deliverer.h"

#include <algorithm>

#include "base/assert.h"
#include "notify/backoff.h"

namespace vigia {

Time Allowance::free_at() const {
    const Duration minute = std::chrono::minutes{1};
    return std::max(held_until_, all_free_at_ - (minute - minute / per_minute_));
}

void Allowance::take(Time now) {
    all_free_at_ = std::max(all_free_at_, now) + Duration{std::chrono::minutes{1}} / per_minute_;
}

Deliverer::Deliverer(Outbox& outbox, Channels& channels, const Clock& clock, DelivererOptions options)
    : outbox_(outbox), channels_(channels), clock_(clock), options_(std::move(options)) {
    VIGIA_ASSERT(options_.per_minute > 0 && options_.threads > 0);
    VIGIA_ASSERT(Duration{options_.bounds.total_timeout_ms} < lease);
    for (size_t i = 0; i < options_.threads; i++)
        threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
}

// All at once, before the first one is waited for.
Deliverer::~Deliverer() {
    for (std::jthread& thread : threads_) thread.request_stop();
}

void Deliverer::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const uint64_t seen = outbox_.announcements();
        const auto taken = take();
        if (!taken) options_.complain(taken.error().message);
        if (!taken || !*taken) {
            outbox_.wait(seen, options_.poll_ms, stop);
            continue;
        }
        if (const auto done = deliver(**taken, stop); !done) options_.complain(done.error().message);
    }
}

// What is due at a channel that may be sent to, claimed; none when there is none.
Result<std::optional<Outgoing>> Deliverer::take() {
    const std::lock_guard lock(mutex_);
    const Time now = clock_.now();
    std::erase_if(traffic_,
                  [&](const auto& one) { return !one.second.is_busy && one.second.allowance.is_idle(now); });
    std::vector<std::string> held;
    for (const auto& [channel, traffic] : traffic_) {
        if (traffic.is_busy || traffic.allowance.free_at() > now) held.push_back(channel);
    }
    const auto due = TRY(outbox_.due(now, 1, held));
    if (due.empty()) return std::nullopt;
    const bool claimed = TRY(outbox_.claim(due[0]));
    if (!claimed) {
        outbox_.announce();  // another process was faster; look again
        return std::nullopt;
    }
    Traffic& traffic = traffic_.try_emplace(due[0].channel, options_.per_minute).first->second;
    traffic.is_busy = true;
    traffic.allowance.take(now);
    return due[0];
}

Result<void> Deliverer::deliver(const Outgoing& outgoing, const std::stop_token& stop) {
    const Delivery delivery = send(outgoing, stop);
    Result<void> marked;
    if (delivery.outcome == Delivery::Outcome::Sent)
        marked = outbox_.sent(outgoing);
    else if (stop.stop_requested())
        marked = outbox_.release(outgoing);
    else
        marked = outbox_.failed(outgoing, delivery);
    finish(outgoing, delivery.retry_after);
    return marked;
}

Delivery Deliverer::send(const Outgoing& outgoing, const std::stop_token& stop) {
    const auto failed = [](const Error& problem) {
        return Delivery{Delivery::Outcome::Failed, problem.message, std::nullopt};
    };
    const auto notification = read_notification(outgoing.body);
    if (!notification) return failed(notification.error());
    const auto address = channels_.address(outgoing.organisation, outgoing.channel);
    if (!address) return failed(address.error());
    return address->kind->send(address->settings, address->secret, *notification,
                               {clock_, options_.bounds, stop});
}

void Deliverer::finish(const Outgoing& outgoing, const std::optional<Duration>& retry_after) {
    {
        const std::lock_guard lock(mutex_);
        Traffic& traffic = traffic_.at(outgoing.channel);
        traffic.is_busy = false;
        if (retry_after) traffic.allowance.hold_until(clock_.now() + std::min(*retry_after, retry_after_max));
    }
    // What else waits for the channel may go now.
    outbox_.announce();
}

}  // namespace vigia
