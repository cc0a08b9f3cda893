#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "network/network.h"
#include "notify/notification.h"
#include "sql/database.h"

namespace vigia {

enum class OutgoingState : uint8_t { Waiting, Sent, Dead };

std::string_view name(OutgoingState state);
std::optional<OutgoingState> outgoing_state_of(std::string_view name);

// One notification on its way to one channel.
struct Outgoing {
    std::string id;
    std::string organisation;
    std::string channel;
    std::string alert;
    std::string body;  // of write_notification()
    int64_t attempts = 0;
    Time next_at;
    std::string last_error;
    OutgoingState state = OutgoingState::Waiting;
    Time created_at;
    std::optional<Time> sent_at;
};

// Which notifications; what is left out holds of all.
struct OutgoingQuery {
    std::string organisation;
    std::string channel;
    std::string alert;
    std::optional<OutgoingState> state;
    std::string cursor;  // where the page before it ended
    size_t limit = 50;
};

struct OutgoingPage {
    std::vector<Outgoing> rows;  // the latest first
    std::string next;            // the cursor of the next page; empty when there is none
};

constexpr size_t outgoing_page_max = 1000;

// What a channel has not got.
struct Backlog {
    uint64_t waiting = 0;
    uint64_t dead = 0;
};

// What is claimed and not marked is due again after this long: who claimed it is taken for dead. Longer than
// any delivery takes.
constexpr Duration lease = std::chrono::minutes{2};
constexpr size_t last_error_bytes_max = 500;

// What waits to be sent, on disk: what was put is sent at least once, whatever falls over in between. Safe to
// use from many threads, and many processes over one database.
class Outbox {
public:
    // Channels::open() makes its tables. `chance` spreads the times of further attempts.
    Outbox(Database& database, const Clock& clock, std::function<uint64_t()> chance = random_seed)
        : database_(database), clock_(clock), chance_(std::move(chance)) {}

    // Puts it into the transaction of the caller, who calls announce() once that is committed. False when the
    // channel has the alert already: repeating is harmless. NotFound for a channel that the notification's
    // organisation does not have.
    Result<bool> put(SqlSession& session, const std::string& channel, const Notification& notification);
    // The same in a transaction of its own, and announced.
    Result<bool> put(const std::string& channel, const Notification& notification);

    // What waits and is due, the longest due first, but for disabled channels and those that are `held`.
    Result<std::vector<Outgoing>> due(Time now, size_t rows_max, std::span<const std::string> held = {});
    // Takes what due() showed, for as long as the lease. False when another one was faster.
    Result<bool> claim(const Outgoing& outgoing);
    // Gives back what was claimed and not tried.
    Result<void> release(const Outgoing& outgoing);

    Result<void> sent(const Outgoing& outgoing);
    // One more attempt, later; dead when it was refused or was the last one.
    Result<void> failed(const Outgoing& outgoing, const Delivery& delivery);

    // BadInput for a cursor that was not given out, or more than is asked for at once.
    Result<OutgoingPage> list(const OutgoingQuery& query);
    // By channel; those that have none are left out.
    Result<std::map<std::string, Backlog>> backlogs(const std::string& organisation);
    // From dead to waiting, due at once, its attempts counted anew. NotFound when it is not dead.
    Result<void> retry(const std::string& organisation, const std::string& id);
    // The same with all dead letters of a channel. How many.
    Result<uint64_t> retry_all(const std::string& organisation, const std::string& channel);
    // Where an alert went, and how that ended.
    Result<std::vector<Outgoing>> of_alert(const std::string& organisation, const std::string& alert);
    // Forgets what was sent, and what died, of notifications that were put before that. An alert that is put
    // again after that is sent again.
    Result<uint64_t> forget(OutgoingState state, Time before);

    // Wakes those who wait: something is due that was not.
    void announce();
    uint64_t announcements() const;
    // Until more than `seen` was announced, the time is over, or it is to stop.
    void wait(uint64_t seen, std::chrono::milliseconds timeout_ms, const std::stop_token& stop);

private:
    int64_t now() const { return nanoseconds(clock_.now()); }
    Result<uint64_t> execute(std::string_view sql, std::initializer_list<SqlValue> parameters);

    Database& database_;
    const Clock& clock_;
    std::function<uint64_t()> chance_;

    mutable std::mutex mutex_;
    std::condition_variable_any announced_;
    uint64_t announcements_ = 0;
};

}  // namespace vigia
