#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/tail.h"

namespace vigia {

// Events that have become durable together, and can be found.
using FeedBatch = Tail::Batch;

// Bytes of events that wait for one reader; beyond, the oldest go, and it is told how many.
constexpr size_t feed_bytes_max = 16 * 1024 * 1024;

// Hands new events to whoever follows those of an organisation. Readers that are slow miss some, and hold
// nobody up. Safe to use from many threads.
class EventFeed {
public:
    class Reader {
    public:
        struct Taken {
            std::vector<std::shared_ptr<const FeedBatch>> batches;
            uint64_t missed = 0;  // events before the batches that went by
        };
        // What came since the last call; waits for some, but not longer than this, or until stop().
        Taken take(std::chrono::milliseconds time_max);
        void stop();

    private:
        friend class EventFeed;
        explicit Reader(std::string organisation) : organisation_(std::move(organisation)) {}
        void put(const std::shared_ptr<const FeedBatch>& batch);

        const std::string organisation_;
        std::mutex mutex_;
        std::condition_variable came_;
        std::deque<std::shared_ptr<const FeedBatch>> queue_;
        size_t bytes_ = 0;
        uint64_t missed_ = 0;
        bool is_stopped_ = false;
    };

    // From now on, for as long as somebody holds it.
    std::shared_ptr<Reader> follow(const std::string& organisation);
    void publish(const std::shared_ptr<const FeedBatch>& batch);

private:
    std::vector<std::shared_ptr<Reader>> readers_of(const std::string& organisation);
    std::mutex mutex_;
    std::vector<std::weak_ptr<Reader>> readers_;
};

}  // namespace vigia
