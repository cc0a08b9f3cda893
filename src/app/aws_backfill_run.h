#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/aws_backfill_plan.h"
#include "app/aws_objects.h"
#include "app/aws_source.h"
#include "catalog/aws_backfills.h"

namespace vigia {

// Reads what a back-fill asks for: finds the prefixes below its own, reads several at a time, each in the
// order of its keys, and keeps how far it came. While live messages wait, it goes slower.
class AwsBackfillRun {
public:
    struct Parts {
        AwsSource::Parts source;
        AwsBackfills& backfills;
        std::function<bool()> is_live_busy;
    };
    // Everything in `parts` must outlive it.
    AwsBackfillRun(const Parts& parts, const AwsConnection& connection, AwsBackfill backfill);
    ~AwsBackfillRun();
    bool has_ended() const { return has_ended_; }

private:
    struct Page;
    struct Work {
        NotifiedObject object;
        Page* page;
    };

    void run(const std::stop_token& stop);
    void read_shards(const std::stop_token& stop);
    Result<void> find_shards(const std::stop_token& stop);
    Result<void> descend(const std::string& prefix, size_t depth, std::vector<AwsBackfillShard>& shards,
                         const std::stop_token& stop);
    Result<S3ListPage> list(S3ListQuery query, const std::stop_token& stop);
    void shard_loop(const std::stop_token& stop);
    Result<void> read_shard(AwsBackfillShard& shard, const std::stop_token& stop);
    Result<void> read_page(const S3ListPage& page, const std::stop_token& stop);
    void object_loop(const std::stop_token& stop);
    Result<void> read_object(const NotifiedObject& object, Page& page, const std::stop_token& stop);
    void wait_turn(const std::stop_token& stop);
    bool is_wanted(const S3Listed& object) const;
    Result<void> keep(AwsBackfill::State state);

    Parts parts_;
    const AwsConnection connection_;
    AwsBackfill backfill_;  // as it was at the start; counts are below
    std::unique_ptr<AwsReach> reach_;
    AwsAccountMap accounts_;
    std::optional<AwsObjectReader> reader_;
    std::atomic<uint64_t> found_, done_, failed_, bytes_;
    std::atomic<bool> has_ended_ = false;

    std::mutex mutex_;
    std::condition_variable_any work_came_, page_done_;
    std::deque<AwsBackfillShard> shards_;
    std::deque<Work> work_;
    std::string error_;  // that ends it
    SteadyTime next_turn_;
    std::jthread thread_;
};

}  // namespace vigia
