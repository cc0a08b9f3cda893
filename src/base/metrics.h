#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vigia {

// Measures of the running process, printed as Prometheus's text format 0.0.4. Counting is one atomic
// addition. See docs/decisions/0005 for why it is our own.

class Counter {
public:
    void add(uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
    uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<uint64_t> value_ = 0;
};

// How often a value came, by its size. Bounds are upper ones, ascending.
class Histogram {
public:
    explicit Histogram(std::span<const double> bounds) : bounds_(bounds), counts_(bounds.size() + 1) {}

    void observe(double value) { observe(value, 1); }
    // The same value so many times.
    void observe(double value, uint64_t times);

    std::span<const double> bounds() const { return bounds_; }
    // By bucket, the last is beyond all bounds.
    std::vector<uint64_t> counts() const;
    double sum() const { return sum_.load(std::memory_order_relaxed); }

private:
    std::span<const double> bounds_;  // of a table that lives as long as the program
    std::vector<std::atomic<uint64_t>> counts_;
    std::atomic<double> sum_ = 0;
};

// Bounds in seconds: of what a person waits for, and of how late events are.
inline constexpr std::array latency_bounds_s{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                             0.25,  0.5,    1.0,   2.5,  5.0,   10.0, 30.0};
inline constexpr std::array lag_bounds_s{1.0,   5.0,    15.0,    60.0,    300.0,
                                         900.0, 3600.0, 21600.0, 86400.0, 604800.0};

// What a measure is of: as many values as its family has labels. They come from closed sets, never from
// outside: each combination is kept as long as the process runs.
using LabelValues = std::vector<std::string>;

// A value that is known when it is asked for.
struct Sample {
    LabelValues labels;
    double value = 0;
};

// All measures of a process. What it hands out lives as long as it does. Safe to use from many threads.
class Metrics {
public:
    enum class Kind : uint8_t { Counter, Gauge };

    // Measures of one name that differ in their labels.
    template <typename Measure>
    class Family {
    public:
        Family(std::vector<std::string> labels, std::function<std::unique_ptr<Measure>()> make)
            : labels_(std::move(labels)), make_(std::move(make)) {}
        // The one with these values, made when it is asked for first.
        Measure& with(const LabelValues& values);

    private:
        friend class Metrics;
        std::vector<std::string> labels_;
        std::function<std::unique_ptr<Measure>()> make_;
        mutable std::mutex mutex_;
        std::map<LabelValues, std::unique_ptr<Measure>> measures_;
    };

    // Names are unique, counters end in _total; what is measured in something names it last.
    Family<Counter>& counters(std::string_view name, std::string_view help,
                              std::vector<std::string> labels = {});
    Family<Histogram>& histograms(std::string_view name, std::string_view help,
                                  std::span<const double> bounds, std::vector<std::string> labels = {});
    // Asked whenever the measures are printed.
    void read(Kind kind, std::string_view name, std::string_view help, std::vector<std::string> labels,
              std::function<std::vector<Sample>()> read);
    void read(Kind kind, std::string_view name, std::string_view help, std::function<double()> read);

    // In the order of their names.
    std::string print() const;

private:
    struct Entry {
        std::string help;
        std::string_view type;
        std::function<std::string(const std::string& name)> print;
    };
    void add(std::string_view name, Entry entry);

    mutable std::mutex mutex_;
    std::map<std::string, Entry, std::less<>> entries_;
};

template <typename Measure>
Measure& Metrics::Family<Measure>::with(const LabelValues& values) {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<Measure>& one = measures_[values];
    if (one == nullptr) one = make_();
    return *one;
}

// What the system says of this process, under the names that Prometheus's own clients use.
void add_process_metrics(Metrics& metrics);

}  // namespace vigia
