#include "app/backtest.h"

#include <fmt/format.h>

#include <algorithm>

#include "alert/key_alerts.h"
#include "app/pipeline.h"

namespace vigia {

namespace {

using Microseconds = std::chrono::microseconds;

constexpr Duration hour = std::chrono::hours{1};
constexpr size_t details_times_max = 200;    // that are asked for at once
constexpr size_t details_rows_max = 20'000;  // events of these times

Time time_of(int64_t time_us) { return Time{Microseconds{time_us}}; }

std::string flag(const std::string& sql) { return fmt::format("coalesce({}, false)", sql); }

constexpr const char* record_select = "time, id, type, record";

}  // namespace

Backtest::Backtest(EventStore& store, BacktestRules rules, Question question)
    : store_(store), rules_(std::move(rules)), question_(std::move(question)), judge_(rules_.rules) {}

void Backtest::LatestTimes::add(Time time) {
    if (times_.size() == backtest_samples_max) {
        if (time <= times_.front()) return;
        std::ranges::pop_heap(times_, std::greater{});
        times_.pop_back();
    }
    times_.push_back(time);
    std::ranges::push_heap(times_, std::greater{});
}

// The time that is left.
Result<DuckBound> Backtest::bound() const {
    const SteadyTime now = steady_now();
    if (cancelled_) return error(ErrorKind::Conflict, "the back-test was cancelled");
    if (now >= *deadline_)
        return error(ErrorKind::Busy,
                     "the back-test takes too long: ask for a shorter time, or a narrower filter");
    return DuckBound{.time_max = *deadline_ - now, .cancelled = &cancelled_};
}

EventQuery Backtest::query_of(const Range& range) const {
    EventQuery query{.organisation = question_.organisation, .since = range.since, .until = range.until};
    for (const std::string& parameter : rules_.parameters) query.parameters.emplace_back(parameter);
    return query;
}

Backtest::Conditions Backtest::conditions() const {
    Conditions made{rules_.filter.plain, "", rules_.filter.many};
    if (rules_.old) {
        made.any = fmt::format("(({}) or ({}))", rules_.filter.plain, rules_.old->plain);
        made.many = fmt::format("(({}) or ({}))", rules_.filter.many, rules_.old->many);
    }
    const auto recheck = [&](const std::string& sql) {
        made.recheck += fmt::format("{}{}", made.recheck.empty() ? "" : " or ", sql);
    };
    if (!rules_.filter.exact || !rules_.aggregates)
        recheck(flag(rules_.filter.plain));
    else if (rules_.suppression && !rules_.suppression->exact)
        recheck(fmt::format("({} and {})", flag(rules_.filter.plain), flag(rules_.suppression->plain)));
    if (rules_.old && !rules_.old->exact) recheck(flag(rules_.old->plain));
    return made;
}

// Shares the time out to ranges of many events each, so that there is progress to tell of.
Result<void> Backtest::plan() {
    deadline_ = steady_now() + backtest_time_max;
    EventQuery query{
        .organisation = question_.organisation,
        .since = question_.since,
        .until = question_.until,
        .select = fmt::format("(epoch_us(time) // {})::bigint, count(*)::bigint", hour / Microseconds{1}),
        .rest = "group by 1 order by 1"};
    const DuckBound limits = TRY(bound());
    auto answer = TRY(store_.query(query, limits));
    while (TRY(answer.next())) {
        for (size_t i = 0; i < answer.rows().size(); i++) {
            const auto events = static_cast<uint64_t>(answer.rows().number(1, i).value_or(0));
            const Time begin = Time{hour * answer.rows().number(0, i).value_or(0)};
            const Time end = begin + hour - Microseconds{1};
            totals_.all += events;
            if (ranges_.empty() || ranges_.back().events + events > backtest_step_events)
                ranges_.push_back({begin, end, events});
            else
                ranges_.back() = {ranges_.back().since, end, ranges_.back().events + events};
        }
    }
    for (Range& one : ranges_) {
        if (question_.since) one.since = std::max(one.since, *question_.since);
        if (question_.until) one.until = std::min(one.until, *question_.until);
    }
    return {};
}

Result<bool> Backtest::step() {
    if (!planned_) {
        TRY_VOID(plan());
        planned_ = true;
        return true;
    }
    if (!ranges_.empty()) {
        TRY_VOID(run(ranges_.front()));
        totals_.events += ranges_.front().events;
        ranges_.pop_front();
        return true;
    }
    TRY_VOID(finish());
    return false;
}

Result<void> Backtest::run(const Range& range) {
    TRY_VOID(by_columns(range));
    TRY_VOID(by_records(range));
    return settle();
}

// What columns tell: time, verdicts and aggregates, and nothing else is read.
Result<void> Backtest::by_columns(const Range& range) {
    if (!rules_.filter.exact || !rules_.aggregates) {
        if (!rules_.old || !rules_.old->exact) return {};
    }
    const Conditions asked = conditions();
    EventQuery query = query_of(range);
    query.where = {{fmt::format("many = 0 and {}{}", asked.any,
                                asked.recheck.empty() ? "" : fmt::format(" and not ({})", asked.recheck))}};
    query.select = fmt::format("time, {}, {}, {}", rules_.old ? flag(rules_.filter.plain) : "true",
                               rules_.suppression ? flag(rules_.suppression->plain) : "false",
                               rules_.old ? flag(rules_.old->plain) : "false");
    const size_t aggregates = rules_.aggregates ? rules_.aggregates->size() : 0;
    for (size_t i = 0; i < aggregates; i++)
        query.select += fmt::format(", ({})::varchar", (*rules_.aggregates)[i]);
    const DuckBound limits = TRY(bound());
    auto answer = TRY(store_.query(query, limits));
    std::vector<std::string_view> values(aggregates);
    while (TRY(answer.next())) {
        const DuckRows& rows = answer.rows();
        for (size_t i = 0; i < rows.size(); i++) {
            for (size_t a = 0; a < aggregates; a++) values[a] = rows.text(4 + a, i).value_or("unknown");
            const Verdict verdict{rows.number(1, i) == 1, rows.number(2, i) == 1, rows.number(3, i) == 1};
            TRY_VOID(take(time_of(rows.number(0, i).value_or(0)), verdict, values));
        }
        if (cancelled_) return error(ErrorKind::Conflict, "the back-test was cancelled");
    }
    return {};
}

// What only records tell.
Result<void> Backtest::by_records(const Range& range) {
    const Conditions asked = conditions();
    EventQuery query = query_of(range);
    query.where = {{"many <> 0 and " + asked.many, true}};
    if (!asked.recheck.empty())
        query.where.push_back({fmt::format("many = 0 and {} and ({})", asked.any, asked.recheck)});
    query.select = record_select;
    const DuckBound limits = TRY(bound());
    auto answer = TRY(store_.query(query, limits));
    while (TRY(answer.next())) {
        TRY_VOID(judge(answer.rows(), nullptr));
        TRY(bound());
    }
    return {};
}

Backtest::Verdict Backtest::verdict_of(std::span<const Hit> hits) const {
    Verdict verdict;
    for (const Hit& hit : hits) {
        if (hit.rule == 1) verdict.old = true;
        if (hit.rule != 0) continue;
        verdict.holds = true;
        verdict.suppressed = hit.verdict == vigia::Verdict::Suppressed;
    }
    return verdict;
}

// Counts what the records of the chunk say, or keeps it for the details that are asked for.
Result<void> Backtest::judge(const DuckRows& rows, std::vector<Detail>* details) {
    std::vector<std::string_view> records(rows.size());
    for (size_t i = 0; i < rows.size(); i++) records[i] = rows.text(3, i).value_or("");
    if (details == nullptr) totals_.rechecked += records.size();
    Result<void> taken;
    judge_.judge(records, [&](size_t at, const Event& event, std::span<const Hit> hits) {
        const Verdict verdict = verdict_of(hits);
        vigia::Match match;
        std::vector<std::string_view> values;
        for (const Hit& hit : hits) {
            if (hit.rule == 0) match = make_match(hit, event, judge_.rules(), Records::Dropped);
        }
        for (size_t i = 0; i < match.aggregate_count(); i++) values.push_back(match.aggregate(i));
        const Time time = time_of(rows.number(0, at).value_or(0));
        if (!taken) return;
        if (details == nullptr) {
            taken = take(time, verdict, values);
            return;
        }
        Detail detail{{time, std::string(rows.text(1, at).value_or("")),
                       std::string(rows.text(2, at).value_or("")), std::string(records[at])},
                      verdict};
        if (verdict.holds) {
            const auto key = key_of(values);
            if (!key) return;
            detail.key = *key;
            detail.title = match.title();
        }
        details->push_back(std::move(detail));
    });
    return taken;
}

Result<void> Backtest::take(Time time, const Verdict& verdict,
                            const std::vector<std::string_view>& aggregates) {
    count(time, verdict);
    if (!verdict.holds || verdict.suppressed) return {};
    matches_.push_back({time, TRY(key_of(aggregates))});
    return {};
}

void Backtest::count(Time time, const Verdict& verdict) {
    const int64_t day = std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
    if (day != day_at_hand_ || of_day_at_hand_ == nullptr) {
        of_day_at_hand_ = &days_[day_of(time)];
        day_at_hand_ = day;
    }
    if (verdict.holds && verdict.suppressed) {
        totals_.suppressed++;
        of_day_at_hand_->suppressed++;
        sample(BacktestSample::Suppressed, time);
    } else if (verdict.holds) {
        totals_.matched++;
        of_day_at_hand_->matched++;
        sample(BacktestSample::Matched, time);
    }
    if (!rules_.old) return;
    if (verdict.holds && verdict.old) {
        totals_.both++;
    } else if (verdict.holds) {
        totals_.only_new++;
        sample(BacktestSample::OnlyNew, time);
    } else if (verdict.old) {
        totals_.only_old++;
        sample(BacktestSample::OnlyOld, time);
    }
}

void Backtest::sample(BacktestSample of, Time time) { latest_[static_cast<size_t>(of)].add(time); }

// Each value with its length, so that no value can pose as two.
Result<uint32_t> Backtest::key_of(const std::vector<std::string_view>& aggregates) {
    key_text_.clear();
    for (const std::string_view one : aggregates) {
        const uint32_t bytes = static_cast<uint32_t>(one.size());
        key_text_.append(reinterpret_cast<const char*>(&bytes), sizeof bytes);
        key_text_.append(one);
    }
    if (const auto known = key_by_text_.find(key_text_); known != key_by_text_.end()) return known->second;
    if (keys_.size() >= question_.keys_max)
        return error(ErrorKind::Busy,
                     fmt::format("the aggregates have more than {} different values: choose others, or a "
                                 "shorter time",
                                 question_.keys_max));
    const auto key = static_cast<uint32_t>(keys_.size());
    key_by_text_.emplace(key_text_, key);
    keys_.push_back({{aggregates.begin(), aggregates.end()}, {}});
    return key;
}

// The matches of the range, in their order, as alerts. Ranges follow each other in time.
Result<void> Backtest::settle() {
    std::ranges::sort(matches_, {}, [](const Match& one) { return std::pair(one.key, one.time); });
    const Rule& rule = judge_.rules().rules()[0].rule;
    const auto open = [&](std::span<const Item> items) {
        const Time at = items.back().time;
        totals_.alerts++;
        days_[day_of(at)].alerted++;
        const auto first_at_once = std::ranges::find(items, at, &Item::time);
        return Made{
            items.front().time,     at,           at,
            after(at, rule.window), items.size(), static_cast<uint32_t>(items.end() - first_at_once - 1)};
    };
    const auto count_in = [](Made& alert, const Item& item) {
        alert.count++;
        alert.first_at = std::min(alert.first_at, item.time);
        alert.last_at = std::max(alert.last_at, item.time);
    };
    for (const Match& one : matches_) {
        auto& windows = keys_[one.key].windows;
        waiting_ -= windows.waiting();
        windows.take({rule.window, rule.threshold}, Item{one.time}, open, count_in);
        waiting_ += windows.waiting();
    }
    matches_.clear();
    if (waiting_ > backtest_waiting_max)
        return error(ErrorKind::Busy, "too many matches wait for the threshold: make the window shorter");
    return {};
}

std::vector<Backtest::Shown> Backtest::newest_alerts() const {
    std::vector<Shown> shown;
    for (uint32_t key = 0; key < keys_.size(); key++) {
        for (const Made& alert : keys_[key].windows.alerts()) shown.push_back({key, alert});
    }
    const auto newest = [&](const Shown& one, const Shown& other) {
        if (one.alert.created_at != other.alert.created_at)
            return one.alert.created_at > other.alert.created_at;
        return keys_[one.key].aggregates < keys_[other.key].aggregates;
    };
    const size_t count = std::min(shown.size(), question_.alerts_max);
    std::ranges::partial_sort(shown, shown.begin() + static_cast<std::ptrdiff_t>(count), newest);
    shown.resize(count);
    return shown;
}

// What is shown of single events is read last, and of few.
Result<void> Backtest::finish() {
    const std::vector<Shown> shown = newest_alerts();
    std::vector<Time> times;
    for (const LatestTimes& latest : latest_)
        times.insert(times.end(), latest.times().begin(), latest.times().end());
    for (const Shown& one : shown) times.push_back(one.alert.created_at);
    std::ranges::sort(times);
    times.erase(std::unique(times.begin(), times.end()), times.end());
    const std::vector<Detail> details = TRY(details_at(std::move(times)));
    show_samples(details);
    show_alerts(shown, details);
    return {};
}

Result<std::vector<Backtest::Detail>> Backtest::details_at(std::vector<Time> times) {
    std::vector<Detail> details;
    const Conditions asked = conditions();
    for (size_t begin = 0; begin < times.size(); begin += details_times_max) {
        const size_t end = std::min(begin + details_times_max, times.size());
        std::string list;
        for (size_t i = begin; i < end; i++) list += (list.empty() ? "" : ", ") + sql_time(times[i]);
        EventQuery query = query_of({times[begin], times[end - 1]});
        query.where = {{fmt::format("many = 0 and time in ({}) and {}", list, asked.any)},
                       {fmt::format("many <> 0 and time in ({}) and {}", list, asked.many), true}};
        query.select = record_select;
        query.rest = fmt::format("limit {}", details_rows_max);
        const DuckBound limits = TRY(bound());
        auto answer = TRY(store_.query(query, limits));
        while (TRY(answer.next())) TRY_VOID(judge(answer.rows(), &details));
    }
    std::ranges::sort(details, {}, [](const Detail& one) {
        return std::pair<Time, std::string_view>(one.event.time, one.event.id);
    });
    return details;
}

void Backtest::show_samples(const std::vector<Detail>& details) {
    const auto is_of = [&](const Verdict& verdict, BacktestSample of) {
        switch (of) {
            case BacktestSample::Matched:
                return verdict.holds && !verdict.suppressed;
            case BacktestSample::Suppressed:
                return verdict.holds && verdict.suppressed;
            case BacktestSample::OnlyOld:
                return rules_.old && verdict.old && !verdict.holds;
            case BacktestSample::OnlyNew:
                return rules_.old && verdict.holds && !verdict.old;
        }
        return false;
    };
    for (size_t of = 0; of < backtest_samples; of++) {
        for (const Detail& one : std::views::reverse(details)) {
            if (samples_[of].size() == backtest_samples_max) break;
            if (is_of(one.verdict, static_cast<BacktestSample>(of))) samples_[of].push_back(one.event);
        }
    }
}

void Backtest::show_alerts(const std::vector<Shown>& shown, const std::vector<Detail>& details) {
    // The matches of each key and time, by id.
    std::map<std::pair<uint32_t, Time>, std::vector<const Detail*>> at_once;
    for (const Detail& one : details) {
        if (one.verdict.holds && !one.verdict.suppressed) at_once[{one.key, one.event.time}].push_back(&one);
    }
    const Rule& rule = judge_.rules().rules()[0].rule;
    for (const auto& [key, alert] : shown) {
        BacktestAlert made{.first_at = alert.first_at,
                           .created_at = alert.created_at,
                           .last_at = alert.last_at,
                           .count = alert.count};
        for (size_t i = 0; i < keys_[key].aggregates.size(); i++)
            made.aggregates.push_back({rule.aggregate_fields[i], keys_[key].aggregates[i]});
        const auto raised = at_once.find({key, alert.created_at});
        if (raised != at_once.end() && alert.at_once < raised->second.size())
            made.title = raised->second[alert.at_once]->title;
        alerts_.push_back(std::move(made));
    }
}

}  // namespace vigia
