#include "app/platform.h"

#include <fmt/format.h>

#include "app/data_folder.h"
#include "app/rule_compiler.h"
#include "base/file.h"
#include "base/random.h"
#include "catalog/settings.h"

namespace vigia {

namespace {

constexpr std::chrono::milliseconds rules_watch_period{500};
constexpr std::chrono::hours forget_period{1};
constexpr std::string_view retention_moment = "retention";
constexpr size_t node_name_bytes_max = 100;
constexpr size_t database_connections = 4;

void say(const std::string& text) { fmt::print(stderr, "vigia: {}\n", text); }

// The name under which the alert store knows this data folder; made once.
Result<std::string> node_name(const std::string& file) {
    if (!is_file(file)) TRY_VOID(write_private_file(file, random_uuid()));
    return read_file(file, node_name_bytes_max);
}

}  // namespace

void ChangeSignal::raise() {
    const std::lock_guard lock(mutex_);
    raises_++;
    raised_.notify_all();
}

uint64_t ChangeSignal::raises() {
    const std::lock_guard lock(mutex_);
    return raises_;
}

uint64_t ChangeSignal::wait(uint64_t seen, std::chrono::milliseconds time_max) {
    std::unique_lock lock(mutex_);
    raised_.wait_for(lock, time_max, [&] { return raises_ != seen; });
    return raises_;
}

Platform::~Platform() = default;

Result<std::unique_ptr<Platform>> Platform::open(const PlatformSettings& settings, const Clock& clock) {
    std::unique_ptr<Platform> platform(new Platform(clock));
    TRY_VOID(platform->open_parts(settings));
    return platform;
}

Result<void> Platform::open_parts(const PlatformSettings& settings) {
    TRY_VOID(make_private_folder(settings.data));
    TRY_VOID(check_writable(settings.data));
    // First, for it tells whether another process has the folder.
    inbox_ = std::make_unique<Inbox>(TRY(Inbox::open(settings.data + "/inbox.db")));
    catalog_ = std::make_unique<Catalog>(
        TRY(open_catalog(settings.data, settings.database, database_connections, clock_)));
    Database& database = catalog_->database();
    sessions_ = std::make_unique<Sessions>(database, clock_);
    invitations_ = std::make_unique<Invitations>(database, clock_);
    rules_ = std::make_unique<RuleStore>(
        database, clock_,
        Shipped{[this](const std::string& id) { return shipped_.find(id) != nullptr; },
                [this](const std::string& name) { return shipped_.has_ruleset(name); }});
    alerts_ = std::make_unique<AlertStore>(TRY(AlertStore::open(database, clock_)));
    events_ = TRY(EventStore::open({.folder = settings.data + "/lake"}, *inbox_));
    // Here for its sync: after a power cut, a journal whose removal did not reach the disk would take back
    // what SQLite wrote since.
    TRY_VOID(check_writable(settings.data));
    searcher_ = std::make_unique<EventSearcher>(*events_);
    const RuleBook book = TRY(rule_book(database, clock_.now()));
    holder_ = std::make_unique<LiveRules>(compile_rules(book, shipped_));
    rules_change_at_ = book.changes_at;
    for (const std::string& problem : holder_->get()->problems) say(problem);
    IntakeOptions options = settings.intake;
    options.folder = settings.data;
    const std::string node = TRY(node_name(settings.data + "/node"));
    const Intake::Parts parts{.inbox = *inbox_,
                              .store = *events_,
                              .alerts = *alerts_,
                              .rules = *holder_,
                              .clock = clock_,
                              .node = node,
                              .raised = [](SqlSession&, const StoredAlert&) -> Result<void> { return {}; },
                              .changed = [this] { changes_.raise(); },
                              .complain = say};
    intake_ = TRY(Intake::open(parts, options));
    retention_ = std::make_unique<RetentionClock>(TRY(inbox_->moment(retention_moment)));
    watcher_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
    return {};
}

Result<void> Platform::take_rules() {
    const std::lock_guard lock(take_mutex_);
    const int64_t generation = TRY(rules_generation(catalog_->database()));
    const bool expired = rules_change_at_ && *rules_change_at_ <= clock_.now();
    // An organisation that is new has the shipped rules at once.
    const bool joined = TRY(catalog_->organisations()).size() != holder_->get()->organisations.size();
    if (generation == holder_->get()->generation && !expired && !joined) return {};
    const RuleBook book = TRY(rule_book(catalog_->database(), clock_.now()));
    holder_->swap(compile_rules(book, shipped_));
    rules_change_at_ = book.changes_at;
    return {};
}

// Changes that another process made, suppressions that expire, and what is older than it is kept.
void Platform::watch(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    SteadyTime forget_at = steady_now();
    while (!wake.wait_for(lock, stop, rules_watch_period, [] { return false; }) && !stop.stop_requested()) {
        if (const auto done = take_rules(); !done) say(done.error().message);
        const Time now = retention_->at(clock_.now(), steady_now());
        if (steady_now() < forget_at) continue;
        forget_at = steady_now() + forget_period;
        if (const auto done = forget_old(now); !done) say(done.error().message);
    }
}

// Days of events by each organisation's setting; alerts after a year, everywhere.
Result<void> Platform::forget_old(Time now) {
    TRY_VOID(inbox_->set_moment(retention_moment, now));
    const Settings settings(catalog_->database(), clock_);
    for (const Organisation& one : TRY(catalog_->organisations())) {
        const int64_t days = TRY(settings.event_retention_days(one.id));
        TRY(events_->remove_before(one.id, day_of(now - std::chrono::days(days))));
    }
    TRY(alerts_->remove_before(now - std::chrono::days(alert_retention_days)));
    return {};
}

}  // namespace vigia
