#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "alert/alert_store.h"
#include "app/event_search.h"
#include "app/intake.h"
#include "app/retention_clock.h"
#include "app/rules_in_force.h"
#include "app/shipped_rules.h"
#include "catalog/catalog.h"
#include "catalog/invitations.h"
#include "catalog/rule_store.h"
#include "catalog/sessions.h"
#include "store/event_store.h"
#include "store/inbox.h"

namespace vigia {

struct PlatformSettings {
    std::string data = "vigia-data";
    std::string database;  // empty: SQLite in the data folder
    IntakeOptions intake;
};

// Tells whoever waits that alerts may have changed.
class ChangeSignal {
public:
    void raise();
    uint64_t raises();
    // Waits until raised after `seen`, or the time is over; the number of raises so far.
    uint64_t wait(uint64_t seen, std::chrono::milliseconds time_max);

private:
    std::mutex mutex_;
    std::condition_variable raised_;
    uint64_t raises_ = 0;
};

// Everything that `vigia serve` works with, over one data folder. Safe to use from many threads.
class Platform {
public:
    static Result<std::unique_ptr<Platform>> open(const PlatformSettings& settings, const Clock& clock);
    ~Platform();

    Catalog& catalog() { return *catalog_; }
    Sessions& sessions() { return *sessions_; }
    Invitations& invitations() { return *invitations_; }
    RuleStore& rules() { return *rules_; }
    AlertStore& alerts() { return *alerts_; }
    EventStore& events() { return *events_; }
    EventSearcher& searcher() { return *searcher_; }
    Intake& intake() { return *intake_; }
    ChangeSignal& changes() { return changes_; }
    std::shared_ptr<const RulesInForce> rules_in_force() const { return holder_->get(); }
    const Clock& clock() const { return clock_; }
    const ShippedRules& shipped() const { return shipped_; }

    // Takes the rules as they stand now, when they are others; by itself it does so within a second. When it
    // returns, the next batch is asked by them.
    Result<void> take_rules();

private:
    explicit Platform(const Clock& clock) : clock_(clock) {}
    Result<void> open_parts(const PlatformSettings& settings);
    void watch(const std::stop_token& stop);
    Result<void> forget_old(Time now);

    const Clock& clock_;
    const ShippedRules shipped_ = ShippedRules::load();
    std::unique_ptr<Catalog> catalog_;
    std::unique_ptr<Sessions> sessions_;
    std::unique_ptr<Invitations> invitations_;
    std::unique_ptr<RuleStore> rules_;
    std::unique_ptr<AlertStore> alerts_;
    std::unique_ptr<Inbox> inbox_;
    std::unique_ptr<EventStore> events_;
    std::unique_ptr<EventSearcher> searcher_;
    std::unique_ptr<LiveRules> holder_;
    std::mutex take_mutex_;
    std::optional<Time> rules_change_at_;
    ChangeSignal changes_;
    std::unique_ptr<Intake> intake_;
    std::unique_ptr<RetentionClock> retention_;
    std::jthread watcher_;
};

}  // namespace vigia
