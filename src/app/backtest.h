#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "alert/key_windows.h"
#include "app/record_judge.h"
#include "app/typed_sql.h"
#include "store/event_store.h"

namespace vigia {

constexpr std::chrono::seconds backtest_time_max{120};
// Different values of the aggregates, and matches that wait for others.
constexpr size_t backtest_keys_max = 500'000;
constexpr size_t backtest_waiting_max = 4'000'000;
constexpr size_t backtest_samples_max = 10;   // of each kind
constexpr size_t backtest_alerts_max = 1000;  // that are shown
// Events that are asked about at once, as far as hours are not larger.
constexpr uint64_t backtest_step_events = 1'000'000;

// What is asked: a rule, and what its filter was before.
struct BacktestRules {
    std::shared_ptr<const RuleSet> rules;  // the rule, then the old filter when there is one
    TypedSql filter;
    std::optional<TypedSql> suppression;  // any of them
    std::optional<TypedSql> old;
    std::vector<std::string> parameters;
    // The columns of the rule's aggregates, when columns say all of them; "null" is one that no event has.
    std::optional<std::vector<std::string>> aggregates;
};

struct MadeBacktest {
    std::optional<BacktestRules> rules;  // nothing when a diagnostic is an error
    std::vector<RuleDiagnostic> diagnostics;
};

// An empty old filter is none. Suppressions that the organisation added stand among the rule's own.
MadeBacktest make_backtest(Rule rule, const std::string& old_filter, NamedLists lists);
// A filter alone, asked of events of all types, as a rule without aggregates.
MadeBacktest make_filter_backtest(const std::string& filter, const std::string& old_filter, NamedLists lists);

struct BacktestDay {
    uint64_t matched = 0;
    uint64_t suppressed = 0;
    uint64_t alerted = 0;
};

enum class BacktestSample : uint8_t { Matched, Suppressed, OnlyOld, OnlyNew };
constexpr size_t backtest_samples = 4;

struct BacktestEvent {
    Time time;
    std::string id;
    std::string type;
    std::string record;  // JSON
};

struct BacktestAlert {
    std::string title;
    std::vector<NamedValue> aggregates;
    Time first_at;
    Time created_at;
    Time last_at;
    uint64_t count = 0;
};

// How far it is, and what was found so far.
struct BacktestTotals {
    uint64_t events = 0;  // that were asked about
    uint64_t all = 0;     // in the time asked for
    uint64_t matched = 0;
    uint64_t suppressed = 0;
    uint64_t alerts = 0;
    uint64_t rechecked = 0;  // whose record was read
    uint64_t only_old = 0;   // the filters hold of them, whatever is suppressed
    uint64_t only_new = 0;
    uint64_t both = 0;
};

// A rule over what is stored, with the verdict, the windows and the suppressions of detection: in SQL as far
// as SQL can tell, by the record where it cannot. For one thread but for cancel().
class Backtest {
public:
    struct Question {
        std::string organisation;
        std::optional<Time> since;  // both ends belong to it
        std::optional<Time> until;
        size_t alerts_max = 100;  // that are shown
        size_t keys_max = backtest_keys_max;
    };
    Backtest(EventStore& store, BacktestRules rules, Question question);

    // Does a part of the work; false when all is done. Busy when it takes too long, or its memory is used up.
    Result<bool> step();
    // step() ends soon with Conflict.
    void cancel() { cancelled_ = true; }

    const BacktestTotals& totals() const { return totals_; }
    const std::map<std::string, BacktestDay>& days() const { return days_; }
    // When all is done: the newest alerts, newest first, and the newest events of each kind.
    const std::vector<BacktestAlert>& alerts() const { return alerts_; }
    const std::vector<BacktestEvent>& samples(BacktestSample of) const {
        return samples_[static_cast<size_t>(of)];
    }

private:
    // A match of a key, and an alert of matches: what windows need, and no more.
    struct Item {
        Time time;
        friend Time in_order(const Item& item) { return item.time; }
    };
    struct Made {
        Time first_at;
        Time created_at;
        Time last_at;
        Time expires_at;
        uint64_t count = 0;
        uint32_t at_once = 0;  // of the items at created_at, how many stand before the one that raised it
    };
    struct Key {
        std::vector<std::string> aggregates;
        KeyWindows<Item, Made> windows;
    };
    struct Match {
        Time time;
        uint32_t key = 0;
    };
    struct Range {
        Time since;
        Time until;
        uint64_t events = 0;
    };
    struct Verdict {
        bool holds = false;
        bool suppressed = false;
        bool old = false;
    };
    struct Detail {
        BacktestEvent event;
        Verdict verdict;
        uint32_t key = 0;
        std::string title;
    };
    class LatestTimes {
    public:
        void add(Time time);
        const std::vector<Time>& times() const { return times_; }

    private:
        std::vector<Time> times_;  // a heap, the earliest in front
    };
    // What the SQL of a range asks.
    struct Conditions {
        std::string any;      // of plain rows: the filter or the old one may hold
        std::string recheck;  // of those: only the record can tell; "" when columns tell
        std::string many;     // of the rows that are not plain
    };

    Conditions conditions() const;
    EventQuery query_of(const Range& range) const;
    Result<DuckBound> bound() const;
    Result<void> plan();
    Result<void> run(const Range& range);
    Result<void> by_columns(const Range& range);
    Result<void> by_records(const Range& range);
    Result<void> judge(const DuckRows& rows, std::vector<Detail>* details);
    Verdict verdict_of(std::span<const Hit> hits) const;
    Result<void> take(Time time, const Verdict& verdict, const std::vector<std::string_view>& aggregates);
    Result<uint32_t> key_of(const std::vector<std::string_view>& aggregates);
    Result<void> settle();
    void count(Time time, const Verdict& verdict);
    void sample(BacktestSample of, Time time);
    Result<void> finish();
    struct Shown {
        uint32_t key = 0;
        Made alert;
    };
    std::vector<Shown> newest_alerts() const;
    Result<std::vector<Detail>> details_at(std::vector<Time> times);
    void show_samples(const std::vector<Detail>& details);
    void show_alerts(const std::vector<Shown>& shown, const std::vector<Detail>& details);

    EventStore& store_;
    BacktestRules rules_;
    Question question_;
    RecordJudge judge_;
    std::atomic<bool> cancelled_ = false;
    std::optional<SteadyTime> deadline_;
    std::deque<Range> ranges_;
    bool planned_ = false;
    std::unordered_map<std::string, uint32_t> key_by_text_;
    std::string key_text_;  // kept from key to key
    std::vector<Key> keys_;
    std::vector<Match> matches_;  // of the range at hand
    size_t waiting_ = 0;
    BacktestTotals totals_;
    std::map<std::string, BacktestDay> days_;
    int64_t day_at_hand_ = -1;
    BacktestDay* of_day_at_hand_ = nullptr;
    std::array<LatestTimes, backtest_samples> latest_;
    std::array<std::vector<BacktestEvent>, backtest_samples> samples_;
    std::vector<BacktestAlert> alerts_;
};

}  // namespace vigia
