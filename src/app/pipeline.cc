#include "app/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "alert/alert_book.h"
#include "app/event_pass.h"
#include "app/seen_events.h"
#include "base/hash.h"
#include "base/random.h"
#include "detect/detector.h"
#include "detect/title.h"
#include "ingest/decompress.h"

namespace vigia {

namespace {

// What a part of a file gave, before it is known which of its events were seen in an earlier file.
struct Part {
    struct Seen {
        Hash128 id;  // of account and event id
        Time time;
        bool timed = false;
        bool identified = false;
        uint32_t matches = 0;
        uint32_t suppressed = 0;
    };
    Counts counts;
    std::vector<Problem> problems;
    std::vector<Seen> events;
    std::vector<Match> matches;  // of the events, in their order

    // Empty again, with the memory that it had.
    void clear() {
        counts = {};
        problems.clear();
        events.clear();
        matches.clear();
    }
};

constexpr size_t match_bytes_expected = 320;  // id, title and aggregates of most
constexpr size_t part_events_max = 1024;
constexpr size_t parts_ahead_max = 64;  // of files that stand behind the one that is merged

bool is_outside(const Event& event, const Range& range) {
    if (!event.time) return false;
    return (range.since && *event.time < *range.since) || (range.until && *event.time > *range.until);
}

// Puts the parts of all files together in their order, and drops what was seen before.
class Merger {
public:
    explicit Merger(const TakeMatch& take_match) : take_match_(take_match) {}

    // A part of a file, in its order; `last` ends the file. Waits while the files before it are behind, so
    // that memory does not grow with what threads are ahead. Answers with an empty part to fill next.
    Part put(size_t file, Part part, bool last) {
        std::unique_lock lock(mutex_);
        moved_.wait(lock, [&] { return file == front_ || ahead_ < parts_ahead_max; });
        Waiting& mine = waiting_[file];
        mine.parts.push_back(std::move(part));
        mine.ended = last;
        ahead_++;
        const size_t before = front_;
        for (auto at = waiting_.begin(); at != waiting_.end() && at->first == front_;
             at = waiting_.erase(at), front_++) {
            for (Part& one : at->second.parts) {
                take(one);
                one.clear();
                spare_.push_back(std::move(one));
            }
            ahead_ -= at->second.parts.size();
            at->second.parts.clear();
            if (!at->second.ended) break;
        }
        if (front_ != before || ahead_ < parts_ahead_max) moved_.notify_all();
        if (spare_.empty()) return {};
        Part spare = std::move(spare_.back());
        spare_.pop_back();
        return spare;
    }

    size_t files_done() {
        const std::lock_guard lock(mutex_);
        return front_;
    }

    // After the last part of the last file.
    Outcome finish() { return std::move(out_); }

private:
    struct Waiting {
        std::vector<Part> parts;
        bool ended = false;
    };

    void take(Part& part) {
        Counts& total = out_.counts;
        total.files += part.counts.files;
        total.bytes += part.counts.bytes;
        total.outside += part.counts.outside;
        total.digests += part.counts.digests;
        total.controls += part.counts.controls;
        total.refused += part.counts.refused;
        for (Problem& problem : part.problems) {
            if (out_.problems.size() < problems_shown_max) out_.problems.push_back(std::move(problem));
        }
        constexpr size_t ahead = 8;
        size_t match = 0;
        for (size_t i = 0; i < part.events.size(); i++) {
            if (i + ahead < part.events.size()) seen_.prefetch(part.events[i + ahead].id);
            const Part::Seen& event = part.events[i];
            const size_t end = match + event.matches;
            if (first_time(event)) {
                for (; match < end; match++) take_match_(std::move(part.matches[match]));
            }
            match = end;
        }
    }

    bool first_time(const Part::Seen& event) {
        Counts& total = out_.counts;
        total.events++;
        if (event.identified && !seen_.insert(event.id)) {
            total.duplicates++;
            return false;
        }
        total.matched += event.matches;
        total.suppressed += event.suppressed;
        if (event.timed) {
            total.first = total.first ? std::min(*total.first, event.time) : event.time;
            total.last = total.last ? std::max(*total.last, event.time) : event.time;
        }
        return true;
    }

    const TakeMatch& take_match_;
    std::mutex mutex_;
    std::condition_variable moved_;
    std::map<size_t, Waiting> waiting_;
    size_t front_ = 0;  // the file that is merged now
    size_t ahead_ = 0;  // parts in waiting_
    std::vector<Part> spare_;
    SeenEvents seen_;
    Outcome out_;
};

// One thread's way through its files.
class Worker final : EventTaker {
public:
    Worker(const std::shared_ptr<const RuleSet>& rules, const Options& options, Merger& merger, uint64_t seed)
        : detector_(rules), options_(options), merger_(merger), seed_(seed) {}

    void read(const std::string& path, size_t file) {
        path_ = &path;
        file_ = file;
        part_.counts.files = 1;
        if (auto inflated = open_decompressed(path)) {
            pass_.open(std::move(*inflated));
            while (next()) {
                if (part_.events.size() >= part_events_max) put(false);
            }
            part_.counts.bytes = pass_.bytes_read();
        } else {
            refuse(0, 0, inflated.error().message, {});
        }
        put(true);
    }

private:
    void put(bool last) { part_ = merger_.put(file_, std::move(part_), last); }

    // The file is at hand for whoever wants to see what stands there.
    void refuse(uint64_t record, uint64_t offset, std::string message, std::string_view) override {
        part_.counts.refused++;
        if (part_.problems.size() < problems_shown_max)
            part_.problems.push_back({*path_, record, offset, std::move(message)});
    }

    // False at the end of the file, and where it cannot be read on.
    bool next() {
        const auto more = pass_.next(*this);
        if (!more) refuse(0, pass_.bytes_read(), more.error().message, {});
        return more && *more;
    }

    Interest& interest() override { return detector_; }

    void opened(const Normalised& done) override {
        part_.counts.digests += done.digests;
        part_.counts.controls += done.controls;
    }

    // An event of which only what the rules ask was read. When a rule holds, or may, its whole record is.
    bool take(const Event& event, const RawRecord& raw) override {
        if (is_outside(event, options_.range)) {
            part_.counts.outside++;
            return true;
        }
        const auto hits = detector_.detect(event);
        if (!hits) return false;
        if (hits->empty())
            part_.events.push_back(seen(event));
        else if (options_.records == Records::Dropped)
            keep(event, *hits);
        else
            pass_.normalise(raw, *this, [&](const Event& whole) { keep(whole, *hits); });
        return true;
    }

    void walk(const Event& event) override {
        if (is_outside(event, options_.range))
            part_.counts.outside++;
        else
            keep(event, detector_.walk(event));
    }

    void keep(const Event& event, std::span<const Hit> hits) {
        Part::Seen one = seen(event);
        for (const Hit& hit : hits) {
            if (hit.verdict == Verdict::Suppressed) {
                one.suppressed++;
                continue;
            }
            one.matches++;
            part_.matches.push_back(make_match(hit, event, detector_.rules(), options_.records));
        }
        part_.events.push_back(one);
    }

    Part::Seen seen(const Event& event) const {
        Part::Seen one{.time = event.time.value_or(Time{}),
                       .timed = event.time.has_value(),
                       .identified = !event.id.empty()};
        if (one.identified) one.id = hash128(event.id, hash128(event.account, seed_).low);
        return one;
    }

    EventPass pass_;
    Detector detector_;
    const Options& options_;
    Merger& merger_;
    uint64_t seed_;
    const std::string* path_ = nullptr;
    size_t file_ = 0;
    Part part_;
};

std::optional<std::string_view> shown_value(const Event& event, const ast::Path& path, uint32_t operand,
                                            const RuleSet& rules) {
    if (event.record != nullptr)
        return first_value(*event.record, resolve(path, rules.catalogue(event.type)));
    std::optional<std::string_view> first;
    any_value(*event.values, rules.compiled(event.type).tables.operands()[operand], [&](const Value& value) {
        first = value.text;
        return true;
    });
    return first;
}

}  // namespace

Match make_match(const Hit& hit, const Event& event, const RuleSet& rules, Records records) {
    const CheckedRule& checked = rules.rules()[hit.rule];
    const auto operands = rules.shown(event.type, hit.rule);
    // Kept from match to match.
    static thread_local std::vector<std::optional<std::string_view>> values;
    values.assign(operands.size(), std::nullopt);
    const auto fields = checked.title.fields();
    for (size_t i = 0; i < operands.size(); i++) {
        const auto& path = i < fields.size() ? fields[i] : checked.aggregates[i - fields.size()];
        if (path) values[i] = shown_value(event, *path, operands[i], rules);
    }
    const auto shown = std::span(values);
    Match match;
    match.rule = hit.rule;
    match.time = event.time.value_or(Time{});
    match.expect_bytes(match_bytes_expected);
    match.add_text(event.id);
    checked.title.render(shown.first(fields.size()), match.begin_text());
    match.end_text();
    for (const auto& value : shown.subspan(fields.size())) match.add_text(value.value_or("unknown"));
    if (records == Records::Kept) match.record = std::string(event.record->raw);
    return match;
}

Outcome run(const std::vector<std::string>& files, const std::shared_ptr<const RuleSet>& rules,
            const Options& options, const TakeMatch& take) {
    Merger merger(take);
    std::mutex mutex;
    size_t next = 0;
    const uint64_t seed = random_seed();
    const auto work = [&] {
        Worker worker(rules, options, merger, seed);
        while (true) {
            std::unique_lock lock(mutex);
            if (next >= files.size()) return;
            const size_t mine = next++;
            if (options.progress) options.progress(merger.files_done(), files.size(), files[mine]);
            lock.unlock();
            worker.read(files[mine], mine);
        }
    };
    {
        std::vector<std::jthread> threads;
        for (size_t i = 1; i < options.threads; i++) threads.emplace_back(work);
        work();
    }
    return merger.finish();
}

AlertBook make_alert_book(const RuleSet& rules) {
    std::vector<AlertPolicy> policies;
    for (const CheckedRule& one : rules.rules())
        policies.push_back({one.rule.window, one.rule.threshold, one.rule.aggregate_fields});
    return AlertBook(std::move(policies));
}

}  // namespace vigia
