#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/aws_backfill_run.h"
#include "app/aws_check.h"
#include "app/aws_source.h"

namespace vigia {

// Runs a source for each connection that is enabled, as the catalogue says it now. Safe to use from many
// threads.
class AwsSources {
public:
    // Everything in `parts` must outlive it.
    explicit AwsSources(const AwsSource::Parts& parts, AwsBackfills& backfills);

    // Those of connections that run.
    std::vector<std::shared_ptr<AwsSource>> running() const;
    // Of a connection that runs.
    std::optional<AwsSourceStatus> status(const std::string& connection) const;
    // As check_connection(), with what is known of the connection.
    AwsCheck check(const AwsConnection& connection, const std::stop_token& stop) const;

private:
    void watch(const std::stop_token& stop);
    Result<void> follow_connections();
    Result<void> follow_backfills();
    bool is_busy(const std::string& connection) const;

    AwsSource::Parts parts_;
    AwsBackfills& backfills_;
    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<AwsSource>> running_;       // by connection
    std::map<std::string, std::unique_ptr<AwsBackfillRun>> filling_;  // of the watcher, by back-fill
    std::jthread watcher_;
};

}  // namespace vigia
