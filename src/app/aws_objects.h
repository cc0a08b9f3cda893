#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "app/aws_access.h"
#include "app/source_file.h"
#include "app/trail_watch.h"
#include "aws/s3_notification.h"
#include "catalog/aws_connections.h"

namespace vigia {

// Whose the files of which account are, by one connection, and what came of each.
class AwsAccountMap {
public:
    AwsAccountMap(AwsConnections& connections, AwsConnection connection)
        : connections_(connections), connection_(std::move(connection)) {}

    // Reads the mapping anew, and writes what was counted since.
    Result<void> refresh(Time now);
    // Of an account; of an unknown one, and of none, the connection's.
    std::string organisation_of(const std::string& account) const;
    // Whether files can be of several organisations.
    bool is_shared() const;
    void count(const std::string& account);

private:
    AwsConnections& connections_;
    const AwsConnection connection_;
    mutable std::mutex mutex_;
    std::map<std::string, std::string> mapped_;
    std::map<std::string, uint64_t> counted_;
};

// Takes an object into the intake: when it returns, what is in it is durable and detected. BadInput when it
// cannot be read: what could be was taken; NotFound when it is not there; else it may go better later.
class AwsObjectReader {
public:
    // `taken` is told of each object before take() returns.
    AwsObjectReader(Intake& intake, AwsReach& reach, AwsAccountMap& accounts, std::string source,
                    FileArrived taken)
        : intake_(intake),
          reach_(reach),
          accounts_(accounts),
          source_(std::move(source)),
          taken_(std::move(taken)) {}

    // How many bytes it had, as it is stored.
    Result<uint64_t> take(const NotifiedObject& object, const std::stop_token& stop);

private:
    Intake& intake_;
    AwsReach& reach_;
    AwsAccountMap& accounts_;
    std::string source_;
    FileArrived taken_;
};

}  // namespace vigia
