#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "alert/alert_store.h"
#include "app/aws_access.h"
#include "app/aws_sources.h"
#include "app/aws_trail.h"
#include "app/backtest_slots.h"
#include "app/event_feed.h"
#include "app/event_search.h"
#include "app/folder_source.h"
#include "app/intake.h"
#include "app/notifier.h"
#include "app/rate_limit.h"
#include "app/retention_clock.h"
#include "app/rules_in_force.h"
#include "app/service_metrics.h"
#include "app/shipped_rules.h"
#include "app/trail_watch.h"
#include "catalog/aws_backfills.h"
#include "catalog/aws_connections.h"
#include "catalog/aws_dead_letters.h"
#include "catalog/catalog.h"
#include "catalog/history.h"
#include "catalog/invitations.h"
#include "catalog/list_store.h"
#include "catalog/rule_store.h"
#include "catalog/ruleset_store.h"
#include "catalog/sessions.h"
#include "catalog/settings.h"
#include "catalog/workspace.h"
#include "notify/deliverer.h"
#include "store/event_store.h"
#include "store/inbox.h"

namespace vigia {

struct PlatformSettings {
    std::string data = "vigia-data";
    std::string database;    // empty: SQLite in the data folder
    std::string public_url;  // where links to the console lead; empty: said later, by set_public_url()
    IntakeOptions intake;
    StoreSettings store;             // its folder is that of the data
    std::vector<std::string> watch;  // "ORGANISATION=FOLDER", the organisation by its name
    AwsSettings aws;
    std::vector<std::string> aws_queues;  // "ORGANISATION=QUEUE_URL", and more as parse_aws_queue() tells
    std::string trail_keys;               // a file with CloudTrail's public keys; empty: there are none
    TrailWatchOptions trail;
};

// Tells whoever waits that alerts have changed.
class ChangeSignal {
public:
    void raise();
    uint64_t raises();
    // Waits until raised after `seen`, the time is over, or `given_up` and woken.
    void wait(uint64_t seen, SteadyTime until, const std::atomic<bool>& given_up);
    // Has everybody look whether they gave up.
    void wake();

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
    RulesetStore& rulesets() { return *rulesets_; }
    ListStore& lists() { return *lists_; }
    History& history() { return *history_; }
    Settings& settings() { return *settings_; }
    Workspace& workspace() { return *workspace_; }
    AlertStore& alerts() { return *alerts_; }
    DigestLedger& digests() { return *digests_; }
    EventStore& events() { return *events_; }
    EventSearcher& searcher() { return *searcher_; }
    Intake& intake() { return *intake_; }
    EventFeed& feed() { return feed_; }
    // Where exports stand while they are sent.
    const std::string& exports_folder() const { return exports_folder_; }
    ChangeSignal& changes() { return changes_; }
    AwsConnections& aws_connections() { return *aws_connections_; }
    AwsDeadLetters& aws_dead_letters() { return *aws_dead_letters_; }
    AwsBackfills& aws_backfills() { return *aws_backfills_; }
    AwsAccess& aws_access() { return *aws_access_; }
    AwsSources& aws_sources() { return *aws_sources_; }
    Channels& channels() { return *channels_; }
    Outbox& outbox() { return *outbox_; }
    Notifier& notifier() { return *notifier_; }
    BacktestSlots& backtests() { return backtests_; }
    // Of calls that anybody may make, by what they are.
    RateLimit& public_rate() { return public_rate_; }
    std::shared_ptr<const RulesInForce> rules_in_force() const { return holder_->get(); }
    const Clock& clock() const { return clock_; }
    ServiceMetrics& metrics() { return metrics_; }
    const ShippedRules& shipped() const { return shipped_; }

    // Takes the rules as they stand now, when they are others; by itself it does so within a second. When it
    // returns, the next batch is asked by them.
    Result<void> take_rules();

private:
    explicit Platform(const Clock& clock) : clock_(clock), public_rate_(clock) {}
    Result<void> open_parts(const PlatformSettings& settings);
    Result<void> open_notifications(const PlatformSettings& settings);
    Result<void> open_intake(const PlatformSettings& settings);
    void open_catalog_parts(Database& database);
    void watch(const std::stop_token& stop);
    Result<void> notice_changes();
    Result<void> forget_old(Time now);
    Result<void> watch_folder(const std::string& text);
    Result<void> open_aws(const PlatformSettings& settings);
    Result<void> open_trails(const PlatformSettings& settings);
    Result<void> open_sources(const PlatformSettings& settings);

    const Clock& clock_;
    RateLimit public_rate_;
    ServiceMetrics metrics_;
    const ShippedRules shipped_ = ShippedRules::load();
    std::unique_ptr<Catalog> catalog_;
    std::unique_ptr<Sessions> sessions_;
    std::unique_ptr<Invitations> invitations_;
    std::unique_ptr<RuleStore> rules_;
    std::unique_ptr<RulesetStore> rulesets_;
    std::unique_ptr<ListStore> lists_;
    std::unique_ptr<History> history_;
    std::unique_ptr<Settings> settings_;
    std::unique_ptr<Workspace> workspace_;
    std::unique_ptr<AlertStore> alerts_;
    std::unique_ptr<Inbox> inbox_;
    std::unique_ptr<EventStore> events_;
    std::unique_ptr<EventSearcher> searcher_;
    std::unique_ptr<LiveRules> holder_;
    std::mutex take_mutex_;
    std::optional<Time> rules_change_at_;
    ChangeSignal changes_;
    EventFeed feed_;
    std::string exports_folder_;
    std::unique_ptr<Channels> channels_;
    std::unique_ptr<Outbox> outbox_;
    std::unique_ptr<Notifier> notifier_;
    BacktestSlots backtests_;
    std::unique_ptr<Intake> intake_;
    std::unique_ptr<RetentionClock> retention_;
    std::unique_ptr<AwsConnections> aws_connections_;
    std::unique_ptr<AwsDeadLetters> aws_dead_letters_;
    std::unique_ptr<AwsBackfills> aws_backfills_;
    std::unique_ptr<AwsAccess> aws_access_;
    std::unique_ptr<DigestLedger> digests_;
    std::unique_ptr<AwsTrails> aws_trails_;
    std::unique_ptr<TrailWatch> trail_watch_;
    std::vector<std::unique_ptr<FolderSource>> folders_;
    std::unique_ptr<AwsSources> aws_sources_;
    std::unique_ptr<Deliverer> deliverer_;
    int64_t noticed_change_ = 0;  // of the watcher
    std::jthread watcher_;
};

}  // namespace vigia
