#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace vigia {

// A snapshot that is replaced whole while others read it. Whoever works with it takes it at the beginning of
// a batch, and keeps what it took until the batch is done: a change is in force with the next batch, whole.
template <typename T>
class Live {
public:
    explicit Live(std::shared_ptr<const T> value) : value_(std::move(value)) {}

    std::shared_ptr<const T> get() const {
        const std::lock_guard lock(mutex_);
        return value_;
    }

    void swap(std::shared_ptr<const T> value) {
        {
            const std::lock_guard lock(mutex_);
            value_.swap(value);
        }
        // The old one goes here, outside of the lock, or with the last batch that holds it.
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const T> value_;
};

}  // namespace vigia
