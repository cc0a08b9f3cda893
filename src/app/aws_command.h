#pragma once

#include <cstdint>
#include <string>

namespace vigia {

// The words of `vigia aws …` and `vigia backfill`, read. What a command does not use stays empty.
struct AwsCommand {
    std::string data = "vigia-data";
    std::string database;      // empty: SQLite in the data folder
    std::string organisation;  // by its name
    std::string connection;    // by its name
    std::string id;            // of a dead letter; empty: all
    std::string account;
    std::string to;  // the organisation that an account is mapped to, by its name; empty: nobody
    std::string bucket;
    std::string prefix;
    std::string region;
    std::string from;  // RFC 3339, or a date
    std::string until;
    uint64_t objects_per_second = 500;
    bool no_wait = false;
};

int aws_identity(const AwsCommand& command);
int aws_connections(const AwsCommand& command);
int aws_accounts(const AwsCommand& command);
int aws_map(const AwsCommand& command);
int aws_dead_letters(const AwsCommand& command);
int aws_retry(const AwsCommand& command);
int aws_backfill(const AwsCommand& command);

}  // namespace vigia
