#include "app/platform.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/aws_queue_setting.h"
#include "app/data_folder.h"
#include "app/event_export.h"
#include "app/rule_compiler.h"
#include "base/file.h"
#include "base/log.h"
#include "base/random.h"

namespace vigia {

namespace {

constexpr std::chrono::milliseconds rules_watch_period{500};
constexpr std::chrono::hours forget_period{1};
constexpr std::string_view retention_moment = "retention";
// How long it is known where an alert was sent to.
constexpr std::chrono::days sent_kept{90};
constexpr size_t node_name_bytes_max = 100;
constexpr size_t database_connections = 4;

void say(const std::string& text) { log(LogLevel::Error, "service", text); }

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

void ChangeSignal::wait(uint64_t seen, SteadyTime until, const std::atomic<bool>& given_up) {
    std::unique_lock lock(mutex_);
    raised_.wait_for(lock, until - steady_now(), [&] { return raises_ != seen || given_up; });
}

void ChangeSignal::wake() {
    const std::lock_guard lock(mutex_);
    raised_.notify_all();
}

Platform::~Platform() = default;

Result<std::unique_ptr<Platform>> Platform::open(const PlatformSettings& settings, const Clock& clock) {
    std::unique_ptr<Platform> platform(new Platform(clock));
    TRY_VOID(platform->open_parts(settings));
    return platform;
}

Result<void> Platform::open_parts(const PlatformSettings& settings) {
    TRY_VOID(open_data_folder(settings.data));
    TRY_VOID(check_writable(settings.data));
    // First, for it tells whether another process has the folder.
    inbox_ = std::make_unique<Inbox>(TRY(Inbox::open(settings.data + "/inbox.db")));
    catalog_ = std::make_unique<Catalog>(
        TRY(open_catalog(settings.data, settings.database, database_connections, clock_)));
    Database& database = catalog_->database();
    open_catalog_parts(database);
    alerts_ = std::make_unique<AlertStore>(TRY(AlertStore::open(database, clock_)));
    StoreSettings store = settings.store;
    store.folder = settings.data + "/lake";
    events_ = TRY(EventStore::open(store, *inbox_));
    // Here for its sync: after a power cut, a journal whose removal did not reach the disk would take back
    // what SQLite wrote since.
    TRY_VOID(check_writable(settings.data));
    searcher_ = std::make_unique<EventSearcher>(*events_);
    exports_folder_ = settings.data + "/exports";
    TRY_VOID(clear_exports(exports_folder_));
    const RuleBook book = TRY(rule_book(database, clock_.now()));
    holder_ = std::make_unique<LiveRules>(compile_rules(book, shipped_));
    rules_change_at_ = book.changes_at;
    for (const std::string& problem : holder_->get()->problems) log(LogLevel::Warning, "rules", problem);
    TRY_VOID(open_notifications(settings));
    TRY_VOID(open_intake(settings));
    TRY_VOID(open_aws(settings));
    TRY_VOID(open_trails(settings));
    TRY_VOID(open_sources(settings));
    deliverer_ = std::make_unique<Deliverer>(*outbox_, *channels_, clock_, DelivererOptions{.complain = say});
    watcher_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
    return {};
}

Result<void> Platform::open_notifications(const PlatformSettings& settings) {
    const auto vault = std::make_shared<const Vault>(TRY(Vault::open(secret_key_file(settings.data))));
    const Sealer sealer{.seal = [vault](std::string_view text,
                                        std::string_view context) { return vault->seal(text, context); },
                        .unseal = [vault](std::string_view text,
                                          std::string_view context) { return vault->unseal(text, context); }};
    Database& database = catalog_->database();
    channels_ = std::make_unique<Channels>(TRY(Channels::open(database, sealer, clock_)));
    outbox_ = std::make_unique<Outbox>(database, clock_);
    notifier_ = std::make_unique<Notifier>(
        Notifier::Parts{.outbox = *outbox_, .rules = *holder_, .shipped = shipped_, .complain = say});
    notifier_->set_public_url(settings.public_url);
    return {};
}

Result<void> Platform::open_intake(const PlatformSettings& settings) {
    IntakeOptions options = settings.intake;
    options.folder = settings.data;
    const std::string node = TRY(node_name(settings.data + "/node"));
    const Intake::Parts parts{
        .inbox = *inbox_,
        .store = *events_,
        .alerts = *alerts_,
        .feed = feed_,
        .rules = *holder_,
        .clock = clock_,
        .metrics = metrics_,
        .node = node,
        .raised = [this](SqlSession& session, const StoredAlert& alert) -> Result<void> {
            return notifier_->raised(session, alert);
        },
        .changed =
            [this] {
                changes_.raise();
                notifier_->committed();
            },
        .complain = [](const std::string& text) { log(LogLevel::Error, "intake", text); }};
    intake_ = TRY(Intake::open(parts, options));
    const std::optional<Time> retained = TRY(inbox_->moment(retention_moment));
    if (!retained) TRY_VOID(inbox_->set_moment(retention_moment, clock_.now()));
    retention_ = std::make_unique<RetentionClock>(retained.value_or(clock_.now()));
    add_gauges(metrics_.registry, *this);
    return {};
}

Result<void> Platform::watch_folder(const std::string& text) {
    const size_t at = text.find('=');
    if (at == std::string::npos || at == 0 || at + 1 == text.size())
        return error(ErrorKind::BadInput,
                     fmt::format("--watch must be ORGANISATION=FOLDER, and is '{}'", text));
    const std::string name = text.substr(0, at);
    const auto organisations = TRY(catalog_->organisations());
    const auto known = std::ranges::find(organisations, name, &Organisation::name);
    if (known == organisations.end())
        return error(
            ErrorKind::NotFound,
            fmt::format("--watch: there is no organisation '{0}'; make it with 'vigia organisation add {0}'",
                        name));
    const std::string folder = TRY(real_path(text.substr(at + 1)));
    if (!is_folder(folder))
        return error(ErrorKind::NotFound, fmt::format("--watch: {} is no folder", folder));
    const auto taken = [this](const ArrivedFile& file) { return trail_watch_->arrived(file); };
    folders_.push_back(std::make_unique<FolderSource>(
        FolderSource::Parts{*intake_, *inbox_, clock_, say, taken}, known->id, folder));
    return {};
}

Result<void> Platform::open_aws(const PlatformSettings& settings) {
    Database& database = catalog_->database();
    aws_connections_ = std::make_unique<AwsConnections>(TRY(AwsConnections::open(database, clock_)));
    aws_dead_letters_ = std::make_unique<AwsDeadLetters>(database, clock_);
    aws_backfills_ = std::make_unique<AwsBackfills>(database, clock_);
    aws_access_ = std::make_unique<AwsAccess>(settings.aws, clock_);
    std::vector<AwsConnections::Configured> configured;
    const auto organisations = TRY(catalog_->organisations());
    for (const std::string& one : settings.aws_queues)
        configured.push_back(TRY(parse_aws_queue(one, organisations, aws_access_->surroundings().endpoints)));
    return aws_connections_->configure(configured);
}

// How digests are looked at, by what brought them.
Result<void> Platform::open_trails(const PlatformSettings& settings) {
    const FindKeys keys = TRY(keys_in_file(settings.trail_keys));
    digests_ = std::make_unique<DigestLedger>(TRY(DigestLedger::open(catalog_->database())));
    aws_trails_ = std::make_unique<AwsTrails>(*aws_connections_, *aws_access_, keys);
    const auto reach = [this, keys](const DigestRecord& record,
                                    const std::stop_token& stop) -> Result<TrailReach> {
        if (record.source != trail_folder_source) return aws_trails_->reach(record, stop);
        return TrailReach{std::make_unique<FilesBeside>(record.place), keys};
    };
    trail_watch_ = std::make_unique<TrailWatch>(
        TrailWatch::Parts{*digests_, *intake_, clock_, TRY(node_name(settings.data + "/node")), reach, say},
        settings.trail);
    return {};
}

// What events come from by themselves.
Result<void> Platform::open_sources(const PlatformSettings& settings) {
    for (const std::string& one : settings.watch) TRY_VOID(watch_folder(one));
    const AwsSource::Parts parts{
        .intake = *intake_,
        .connections = *aws_connections_,
        .dead_letters = *aws_dead_letters_,
        .access = *aws_access_,
        .clock = clock_,
        .complain = [](const std::string& text) { log(LogLevel::Error, "aws", text); },
        .taken = [this](const ArrivedFile& file) { return trail_watch_->arrived(file); }};
    aws_sources_ = std::make_unique<AwsSources>(parts, *aws_backfills_);
    return {};
}

void Platform::open_catalog_parts(Database& database) {
    const Shipped shipped{[this](const std::string& id) { return shipped_.find(id) != nullptr; },
                          [this](const std::string& name) { return shipped_.has_ruleset(name); }};
    sessions_ = std::make_unique<Sessions>(database, clock_);
    invitations_ = std::make_unique<Invitations>(database, clock_);
    rules_ = std::make_unique<RuleStore>(database, clock_, shipped);
    rulesets_ = std::make_unique<RulesetStore>(database, clock_, shipped);
    lists_ = std::make_unique<ListStore>(database, clock_);
    history_ = std::make_unique<History>(database, clock_, shipped);
    settings_ = std::make_unique<Settings>(database, clock_);
    workspace_ = std::make_unique<Workspace>(database, clock_);
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
    const auto now = holder_->get();
    log(LogLevel::Info, "rules", "other rules are in force",
        {{"rules", now->rules->rules().size()}, {"generation", now->generation}});
    for (const std::string& problem : now->problems) log(LogLevel::Warning, "rules", problem);
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
        if (const auto done = notice_changes(); !done) say(done.error().message);
        const Time now = retention_->at(clock_.now(), steady_now());
        if (steady_now() < forget_at) continue;
        forget_at = steady_now() + forget_period;
        if (const auto done = forget_old(now); !done) say(done.error().message);
    }
}

// What another process did with alerts is in the database only; one look a period serves all who wait.
Result<void> Platform::notice_changes() {
    const int64_t last = TRY(alerts_->last_change());
    if (last == noticed_change_) return {};
    noticed_change_ = last;
    changes_.raise();
    return {};
}

// Days of events by each organisation's setting; alerts after a year, everywhere, and dead letters with them;
// sessions when they are over.
Result<void> Platform::forget_old(Time now) {
    TRY_VOID(inbox_->set_moment(retention_moment, now));
    for (const Organisation& one : TRY(catalog_->organisations())) {
        const int64_t days = TRY(settings_->event_retention_days(one.id));
        TRY_VOID(events_->remove_before(one.id, day_of(now - std::chrono::days(days))));
    }
    const Time alerts_before = now - std::chrono::days(alert_retention_days);
    TRY_VOID(alerts_->remove_before(alerts_before));
    TRY_VOID(digests_->forget_before(alerts_before));
    TRY_VOID(outbox_->forget(OutgoingState::Sent, now - sent_kept));
    TRY_VOID(outbox_->forget(OutgoingState::Dead, alerts_before));
    return sessions_->drop_expired();
}

}  // namespace vigia
