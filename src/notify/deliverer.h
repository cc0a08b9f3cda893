#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/time.h"
#include "notify/channels.h"
#include "notify/outbox.h"

namespace vigia {

struct DelivererOptions {
    size_t threads = 4;
    int64_t per_minute = 60;  // to one channel, which may come at once
    // How often the outbox is asked without being announced: for what is due again, and for what other
    // processes put.
    std::chrono::milliseconds poll_ms{1000};
    NetworkBounds bounds;
    // Told when the database fails, which holds everything up; deliveries that fail are told in the outbox.
    // Called from many threads.
    std::function<void(const std::string& problem)> complain = [](const std::string&) {};
};

// How many calls to one channel are left: `per_minute` at once, and one more each time that a share of the
// minute has passed.
class Allowance {
public:
    explicit Allowance(int64_t per_minute) : per_minute_(per_minute) {}
    // The time from which one more may go; not later than now when one may.
    Time free_at() const;
    void take(Time now);
    // Nothing before that.
    void hold_until(Time until) { held_until_ = std::max(held_until_, until); }
    // Whether it knows nothing that a new one does not.
    bool is_idle(Time now) const { return held_until_ <= now && all_free_at_ <= now; }

private:
    int64_t per_minute_;
    Time all_free_at_{};  // when all of the minute's calls are there again
    Time held_until_{};
};

// Sends what the outbox has, from threads of its own, one delivery at a time to a channel: a slow receiver
// holds up nobody but itself, until as many are slow as there are threads. Stops at its end: what is under
// way is broken off and goes back into the outbox. Everything that it is given must outlive it.
class Deliverer {
public:
    Deliverer(Outbox& outbox, Channels& channels, const Clock& clock, DelivererOptions options = {});
    ~Deliverer();
    Deliverer(const Deliverer&) = delete;
    Deliverer& operator=(const Deliverer&) = delete;

private:
    struct Traffic {
        explicit Traffic(int64_t per_minute) : allowance(per_minute) {}
        bool is_busy = false;
        Allowance allowance;
    };

    void run(const std::stop_token& stop);
    Result<std::optional<Outgoing>> take();
    Result<void> deliver(const Outgoing& outgoing, const std::stop_token& stop);
    Delivery send(const Outgoing& outgoing, const std::stop_token& stop);
    void finish(const Outgoing& outgoing, const std::optional<Duration>& retry_after);

    Outbox& outbox_;
    Channels& channels_;
    const Clock& clock_;
    const DelivererOptions options_;

    std::mutex mutex_;
    std::map<std::string, Traffic> traffic_;  // by channel
    std::vector<std::jthread> threads_;       // the last: it ends first
};

}  // namespace vigia
