#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/event_store.h"

namespace vigia {

// What the calls of CloudTrail are counted by.
enum class TrendBy : uint8_t { Organisation, Account, Region, Service, Api };
enum class TrendBucket : uint8_t { Hour, Day, Week };

// "organisation", "account", "region", "service", "api"
std::optional<TrendBy> trend_by_of(std::string_view name);
std::optional<TrendBucket> trend_bucket_of(std::string_view name);  // "hour", "day", "week"

struct TrendQuestion {
    std::string organisation;
    TrendBy by = TrendBy::Service;
    TrendBucket bucket = TrendBucket::Day;
    Time since;  // belongs to the period, `until` does not
    Time until;
    std::string account;  // empty, as the next three: any
    std::string region;   // "eu-west-1"
    std::string service;  // "ecr.amazonaws.com"
    std::string api;      // "PutImage"
    size_t limit = 50;
};

struct TrendRow {
    std::string account;  // what the rows are not counted by is empty
    std::string region;
    std::string service;
    std::string api;
    uint64_t calls = 0;
    uint64_t errors = 0;  // of the calls
    uint64_t before = 0;  // calls in the period before, which is as long
    bool is_new = false;  // there is no older call in the history
    std::vector<uint64_t> buckets;
};

struct TrendAnswer {
    std::vector<Time>
        begins;  // of the buckets; the first may begin before `since`, whose calls it counts from
    std::vector<TrendRow> rows;  // what rose most first
    uint64_t left_out = 0;       // rows beyond the limit
};

struct TrendUser {
    std::string identity;  // the role or user, by ARN; of others a name
    std::string identity_type;
    uint64_t users = 0;  // names under which it called, such as sessions
    std::string user;    // one of them
    uint64_t calls = 0;
    uint64_t errors = 0;
    uint64_t before = 0;
    bool is_new = false;  // among all callers of what is asked for
    Time last;
};

constexpr Duration trend_period_max = std::chrono::days{3660};
constexpr size_t trend_buckets_max = 800;
constexpr size_t trend_rows_max = 500;

// The use of AWS over time. BadInput for a period that is empty, or has more buckets than trend_buckets_max.
Result<TrendAnswer> trends(EventStore& store, const TrendQuestion& question, const DuckBound& bound = {});

// Who made the calls, those with the most first. `by` and `bucket` of the question say nothing here.
Result<std::vector<TrendUser>> trend_users(EventStore& store, const TrendQuestion& question,
                                           const DuckBound& bound = {});

}  // namespace vigia
