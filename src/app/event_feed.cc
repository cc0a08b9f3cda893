#include "app/event_feed.h"

#include <utility>

namespace vigia {

EventFeed::Reader::Taken EventFeed::Reader::take(std::chrono::milliseconds time_max) {
    std::unique_lock lock(mutex_);
    came_.wait_for(lock, time_max, [&] { return !queue_.empty() || is_stopped_; });
    Taken taken{{queue_.begin(), queue_.end()}, std::exchange(missed_, 0)};
    queue_.clear();
    bytes_ = 0;
    return taken;
}

void EventFeed::Reader::stop() {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    came_.notify_all();
}

// The latest batch stays, whatever its size.
void EventFeed::Reader::put(const std::shared_ptr<const FeedBatch>& batch) {
    const std::lock_guard lock(mutex_);
    queue_.push_back(batch);
    bytes_ += batch->rows.bytes();
    while (bytes_ > feed_bytes_max && queue_.size() > 1) {
        missed_ += queue_.front()->accepted.size();
        bytes_ -= queue_.front()->rows.bytes();
        queue_.pop_front();
    }
    came_.notify_all();
}

std::shared_ptr<EventFeed::Reader> EventFeed::follow(const std::string& organisation) {
    std::shared_ptr<Reader> reader(new Reader(organisation));
    const std::lock_guard lock(mutex_);
    readers_.push_back(reader);
    return reader;
}

std::vector<std::shared_ptr<EventFeed::Reader>> EventFeed::readers_of(const std::string& organisation) {
    const std::lock_guard lock(mutex_);
    std::erase_if(readers_, [](const auto& reader) { return reader.expired(); });
    std::vector<std::shared_ptr<Reader>> found;
    for (const auto& one : readers_) {
        if (auto reader = one.lock(); reader != nullptr && reader->organisation_ == organisation)
            found.push_back(std::move(reader));
    }
    return found;
}

void EventFeed::publish(const std::shared_ptr<const FeedBatch>& batch) {
    for (const auto& reader : readers_of(batch->organisation)) reader->put(batch);
}

}  // namespace vigia
