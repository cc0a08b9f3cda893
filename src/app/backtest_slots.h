#pragma once

#include <atomic>
#include <memory>
#include <utility>

namespace vigia {

// Back-tests that run at once, of all organisations together.
constexpr int backtests_max = 4;

// The right to run one of them.
class BacktestSlots {
public:
    // Gives the right back when it goes. The slots must outlive it.
    class Slot {
    public:
        explicit Slot(std::atomic<int>& taken) : taken_(taken) {}
        Slot(const Slot&) = delete;
        Slot& operator=(const Slot&) = delete;
        ~Slot() { taken_--; }

    private:
        std::atomic<int>& taken_;
    };

    // Null when all are taken.
    std::unique_ptr<Slot> take() {
        if (taken_++ < backtests_max) return std::make_unique<Slot>(taken_);
        taken_--;
        return nullptr;
    }

private:
    std::atomic<int> taken_ = 0;
};

}  // namespace vigia
