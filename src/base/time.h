#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vigia {

// A moment on the UTC time line, in nanoseconds since 1970: what an event, a window and a clock speak of.
using Time = std::chrono::sys_time<std::chrono::nanoseconds>;
using Duration = std::chrono::nanoseconds;

// The time that an RFC 3339 text spells ("2024-07-30T21:31:21Z", fractions, "+01:00", and "+0000" as some AWS
// services write it). Nothing for any other text, and for years outside 1678…2261, which nanoseconds do not
// reach.
std::optional<Time> parse_rfc3339(std::string_view text);

// The time that milliseconds since 1970 spell, in digits alone. Nothing for any other text, and beyond 2261.
std::optional<Time> parse_epoch_ms(std::string_view text);

// "2024-07-30T21:31:21Z", with as many digits of a fraction as the time has.
std::string format_rfc3339(Time time);

// "90s", "15m", "24h", "7d" (a whole number and a unit). Nothing for any other text, zero, or more than 366
// days.
std::optional<Duration> parse_duration(std::string_view text);

// The largest unit that spells the duration whole: 24h, 90s.
std::string format_duration(Duration duration);

// Since 1970, whole ones, rounded down.
constexpr int64_t nanoseconds(Time time) { return time.time_since_epoch().count(); }
constexpr int64_t microseconds(Time time) {
    return std::chrono::floor<std::chrono::microseconds>(time).time_since_epoch().count();
}

// A moment of a clock that never jumps: what waiting and measuring speak of.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;
SteadyTime steady_now();
// How long ago it was.
inline double seconds_since(SteadyTime began) {
    return std::chrono::duration<double>(steady_now() - began).count();
}

inline double ms_since(SteadyTime began) { return seconds_since(began) * 1000; }

// Where the time of day comes from. Only base/ reads the machine's clock, so that a test owns it.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
};

class SystemClock final : public Clock {
public:
    Time now() const override;
};

// Stands still until a test advances it; other threads may read it meanwhile.
class FakeClock final : public Clock {
public:
    explicit FakeClock(Time start) : now_(start) {}
    Time now() const override { return now_.load(); }
    void advance(Duration by) { now_ = now_.load() + by; }

private:
    std::atomic<Time> now_;
};

}  // namespace vigia
