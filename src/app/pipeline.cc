#include "app/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_set>

#include "alert/alert_book.h"
#include "detect/title.h"
#include "ingest/decompress.h"
#include "ingest/records.h"
#include "normalise/normaliser.h"

namespace vigia {

namespace {

// What one file gave, before it is known which of its events were seen in an earlier file.
struct FileOutcome {
    struct Seen {
        std::string id;  // account and event id
        Time time;
        bool timed = false;
        uint32_t matches = 0;
        uint32_t suppressed = 0;
    };
    Counts counts;
    std::vector<Problem> problems;
    std::vector<Seen> events;
    std::vector<Match> matches;  // of the events, in their order
};

bool is_outside(const Event& event, const Range& range) {
    if (!event.time) return false;
    return (range.since && *event.time < *range.since) || (range.until && *event.time > *range.until);
}

// One thread's way through its files.
class Worker {
public:
    Worker(const std::shared_ptr<const RuleSet>& rules, const Options& options)
        : detector_(rules), options_(options) {}

    FileOutcome read(const std::string& file) {
        FileOutcome out;
        out.counts.files = 1;
        auto inflated = open_decompressed(file);
        if (!inflated) {
            refuse(out, {file, 0, 0, inflated.error().message});
            return out;
        }
        RecordReader reader(std::move(*inflated));
        while (true) {
            const auto next = reader.next();
            if (!next) {
                refuse(out, {file, 0, reader.bytes_read(), next.error().message});
                break;
            }
            if (std::holds_alternative<EndOfFile>(*next)) break;
            if (const auto* refused = std::get_if<RefusedRecord>(&*next))
                refuse(out, {file, refused->number, refused->offset, refused->reason});
            else
                take(std::get<RawRecord>(*next), file, out);
        }
        out.counts.bytes = reader.bytes_read();
        return out;
    }

private:
    static void refuse(FileOutcome& out, Problem problem) {
        out.counts.refused++;
        if (out.problems.size() < problems_shown_max) out.problems.push_back(std::move(problem));
    }

    void take(const RawRecord& raw, const std::string& file, FileOutcome& out) {
        const auto done = normaliser_.normalise(raw.text, [&](const Event& event) { detect(event, out); });
        if (!done) return refuse(out, {file, raw.number, raw.offset, done.error().message});
        out.counts.digests += done->digests;
        out.counts.controls += done->controls;
        for (uint64_t i = 0; i < done->refused; i++)
            refuse(out, {file, raw.number, raw.offset, done->reason});
    }

    void detect(const Event& event, FileOutcome& out) {
        if (is_outside(event, options_.range)) {
            out.counts.outside++;
            return;
        }
        FileOutcome::Seen seen{.time = event.time.value_or(Time{}), .timed = event.time.has_value()};
        if (!event.id.empty()) seen.id = fmt::format("{} {}", event.account, event.id);
        for (const Hit& hit : detector_.detect(event)) {
            if (hit.verdict == Verdict::Suppressed) {
                seen.suppressed++;
                continue;
            }
            seen.matches++;
            out.matches.push_back(make_match(hit, event, detector_.rules(), options_.records));
        }
        out.events.push_back(std::move(seen));
    }

    Normaliser normaliser_;
    Detector detector_;
    const Options& options_;
};

// Puts the files' outcomes together in their order, and drops what was seen before.
class Merger {
public:
    void take(FileOutcome file) {
        Counts& total = out_.counts;
        total.files += file.counts.files;
        total.bytes += file.counts.bytes;
        total.outside += file.counts.outside;
        total.digests += file.counts.digests;
        total.controls += file.counts.controls;
        total.refused += file.counts.refused;
        for (Problem& problem : file.problems) {
            if (out_.problems.size() < problems_shown_max) out_.problems.push_back(std::move(problem));
        }
        size_t match = 0;
        for (const FileOutcome::Seen& event : file.events) {
            const size_t end = match + event.matches;
            if (first_time(event)) {
                for (; match < end; match++) out_.matches.push_back(std::move(file.matches[match]));
            }
            match = end;
        }
    }

    Outcome finish() { return std::move(out_); }

private:
    bool first_time(const FileOutcome::Seen& event) {
        Counts& total = out_.counts;
        total.events++;
        if (!event.id.empty() && !seen_.insert(std::hash<std::string>()(event.id)).second) {
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

    Outcome out_;
    std::unordered_set<size_t> seen_;
};

}  // namespace

Match make_match(const Hit& hit, const Event& event, const RuleSet& rules, Records records) {
    const Rule& rule = rules.rules()[hit.rule].rule;
    const FieldCatalogue& fields = rules.catalogue(event.type);
    Match match{.rule = hit.rule, .time = event.time.value_or(Time{}), .event_id = std::string(event.id)};
    match.title = render_title(rule.title, *event.record, fields);
    for (const std::string& field : rule.aggregate_fields) {
        match.aggregates.push_back({field, first_value(*event.record, field, fields).value_or("unknown")});
    }
    if (records == Records::Kept) match.record = std::string(event.record->raw);
    return match;
}

Outcome run(const std::vector<std::string>& files, const std::shared_ptr<const RuleSet>& rules,
            const Options& options) {
    std::mutex mutex;
    std::condition_variable ready;
    size_t next = 0, merged = 0;
    std::map<size_t, FileOutcome> waiting;
    Merger merger;

    // A thread may be ahead of the merger by a few files only, so that memory does not grow with their
    // number.
    const size_t ahead_max = 4 * options.threads;
    const auto work = [&] {
        Worker worker(rules, options);
        while (true) {
            std::unique_lock lock(mutex);
            ready.wait(lock, [&] { return next >= files.size() || next < merged + ahead_max; });
            if (next >= files.size()) return;
            const size_t mine = next++;
            if (options.progress) options.progress(merged, files.size(), files[mine]);
            lock.unlock();
            FileOutcome outcome = worker.read(files[mine]);
            lock.lock();
            waiting.emplace(mine, std::move(outcome));
            for (auto front = waiting.begin(); front != waiting.end() && front->first == merged;
                 front = waiting.erase(front)) {
                merger.take(std::move(front->second));
                merged++;
            }
            ready.notify_all();
        }
    };
    {
        std::vector<std::jthread> threads;
        for (size_t i = 1; i < options.threads; i++) threads.emplace_back(work);
        work();
    }
    return merger.finish();
}

std::vector<Alert> raise(std::vector<Match> matches, const RuleSet& rules) {
    std::vector<AlertPolicy> policies;
    for (const CheckedRule& one : rules.rules()) policies.push_back({one.rule.window, one.rule.threshold});
    AlertBook book(std::move(policies));
    for (Match& match : matches) book.add(std::move(match));
    return book.alerts();
}

}  // namespace vigia
