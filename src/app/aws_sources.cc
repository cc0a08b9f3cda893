#include "app/aws_sources.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/pause.h"
#include "base/thread_name.h"

namespace vigia {

namespace {

constexpr std::chrono::milliseconds watch_period{500};

}  // namespace

AwsSources::AwsSources(const AwsSource::Parts& parts, AwsBackfills& backfills)
    : parts_(parts), backfills_(backfills), watcher_([this](const std::stop_token& stop) { watch(stop); }) {}

std::vector<std::shared_ptr<AwsSource>> AwsSources::running() const {
    std::vector<std::shared_ptr<AwsSource>> all;
    const std::lock_guard lock(mutex_);
    for (const auto& [id, source] : running_) all.push_back(source);
    return all;
}

std::optional<AwsSourceStatus> AwsSources::status(const std::string& connection) const {
    std::shared_ptr<AwsSource> source;
    {
        const std::lock_guard lock(mutex_);
        const auto found = running_.find(connection);
        if (found == running_.end()) return std::nullopt;
        source = found->second;
    }
    return source->status();
}

void AwsSources::watch(const std::stop_token& stop) {
    name_thread("aws");
    std::string said;
    while (!stop.stop_requested()) {
        Result<void> done = follow_connections();
        if (done) done = follow_backfills();
        const std::string failure = done ? "" : done.error().message;
        if (!failure.empty() && failure != said) parts_.complain(failure);
        said = failure;
        pause(watch_period, stop);
    }
    filling_.clear();
    decltype(running_) ended;
    const std::lock_guard lock(mutex_);
    ended.swap(running_);
}

// What ends may wait for the network: not under the lock.
Result<void> AwsSources::follow_connections() {
    std::map<std::string, AwsConnection> wanted;
    for (AwsConnection& one : TRY(parts_.connections.all()))
        if (one.enabled) wanted.emplace(one.id, std::move(one));
    std::vector<std::shared_ptr<AwsSource>> ended;
    {
        const std::lock_guard lock(mutex_);
        for (auto at = running_.begin(); at != running_.end();) {
            const auto still = wanted.find(at->first);
            const bool same =
                still != wanted.end() && still->second.version == at->second->connection().version;
            if (!same) ended.push_back(std::move(at->second));
            at = same ? std::next(at) : running_.erase(at);
        }
    }
    ended.clear();
    for (auto& [id, connection] : wanted) {
        if (status(id)) continue;
        auto source = std::make_shared<AwsSource>(parts_, std::move(connection));
        const std::lock_guard lock(mutex_);
        running_[id] = std::move(source);
    }
    return {};
}

bool AwsSources::is_busy(const std::string& connection) const {
    constexpr size_t messages_busy = 20;
    const auto now = status(connection);
    return now && now->in_work > messages_busy;
}

Result<void> AwsSources::follow_backfills() {
    std::map<std::string, AwsBackfill> wanted;
    for (AwsBackfill& one : TRY(backfills_.running())) wanted.emplace(one.id, std::move(one));
    std::erase_if(filling_,
                  [&](const auto& one) { return one.second->has_ended() || !wanted.contains(one.first); });
    for (const auto& [id, one] : wanted) {
        if (filling_.contains(id)) continue;
        const auto connection = parts_.connections.find(one.organisation, one.connection);
        if (!connection || !connection->enabled) continue;
        const AwsBackfillRun::Parts parts{parts_, backfills_,
                                          [this, of = one.connection] { return is_busy(of); }};
        filling_.emplace(id, std::make_unique<AwsBackfillRun>(parts, *connection, one));
    }
    return {};
}

AwsCheck AwsSources::check(const AwsConnection& connection, const std::stop_token& stop) const {
    const auto now = status(connection.id);
    return check_connection(parts_.access, connection, now ? now->last_object : std::nullopt, stop);
}

}  // namespace vigia
