#include "app/batch_reader.h"

#include <fmt/format.h>

#include <optional>

#include "base/match.h"
#include "ingest/decompress.h"
#include "lang/tree_walk.h"
#include "model/rule_type.h"
#include "normalise/catalogue.h"
#include "store/columns.h"

namespace vigia {

namespace {

// Whoever detects nothing wants nothing.
class NoInterest final : public Interest {
public:
    const Wanted& wanted(EventType, std::string_view, std::string_view) override { return nothing_; }

private:
    const PathTrie paths_ = [] {
        PathTrie paths;
        paths.finish();
        return paths;
    }();
    const Wanted nothing_{&paths_, 0, false};
};

// What cannot be read of a batch is its sender's mistake.
template <typename T>
Result<T> sent(Result<T> read) {
    if (!read) return error(ErrorKind::BadInput, "the batch cannot be read: " + read.error().message);
    return read;
}

size_t column_index(std::string_view name) {
    size_t at = 0;
    for (const EventColumn& column : event_columns()) {
        if (column.name == name) return at;
        at++;
    }
    return at;
}

}  // namespace

ReadBatch::ReadBatch() : rows(event_columns().size()) {}

BatchReader::BatchReader() = default;
BatchReader::~BatchReader() = default;

// One batch at hand.
struct BatchReader::Work {
    BatchReader& reader;
    const std::string& organisation;
    Time received;
    std::optional<uint32_t> index;  // of the organisation; nothing: no detection
    ReadBatch batch;
    NoInterest no_interest;

    void refuse(uint64_t record, uint64_t offset, std::string message) {
        batch.refused++;
        if (batch.problems.size() < batch_problems_max)
            batch.problems.push_back({"", record, offset, std::move(message)});
    }

    bool read_run() {
        const auto found = reader.reader_.run();
        if (!found || !*found) return false;
        const RecordRun run = **found;
        const auto raw = [&](std::string_view record, uint64_t number) {
            return RawRecord{record, run.number + number,
                             run.offset + static_cast<uint64_t>(record.data() - run.text.data())};
        };
        Interest& interest = index ? static_cast<Interest&>(*reader.detector_) : no_interest;
        const EventScanner::Done done = reader.scanner_.scan(
            run.text, interest,
            [&](const Event& event, std::string_view record, uint64_t number) {
                if (!take(event, record)) normalise(raw(record, number));
            },
            [&](std::string_view record, uint64_t number) { normalise(raw(record, number)); });
        reader.reader_.take(done.bytes, done.records);
        return done.records > 0;
    }

    // False at the end.
    Result<bool> read_record() {
        const NextRecord next = TRY(reader.reader_.next());
        return std::visit(match{
                              [&](const RawRecord& raw) { return normalise(raw), true; },
                              [&](const RefusedRecord& refused) {
                                  return refuse(refused.number, refused.offset, refused.reason), true;
                              },
                              [](EndOfFile) { return false; },
                          },
                          next);
    }

    void normalise(const RawRecord& raw) {
        const auto done = reader.normaliser_.normalise(raw.text, [&](const Event& event) { walk(event); });
        if (!done) return refuse(raw.number, raw.offset, done.error().message);
        batch.digests += done->digests;
        batch.controls += done->controls;
        for (uint64_t i = 0; i < done->refused; i++) refuse(raw.number, raw.offset, done->reason);
    }

    // An event of which only what was wanted is read. False when only its whole record can tell.
    bool take(Event event, std::string_view record) {
        std::vector<Match> matches;
        std::vector<Hit> hits;
        if (index) {
            event.organisation = *index;
            const auto found = reader.detector_->detect(event);
            if (!found) return false;
            hits.assign(found->begin(), found->end());
            for (const Hit& hit : hits)
                matches.push_back(make_match(hit, event, *reader.rules_->rules, Records::Dropped));
        }
        if (!reader.columns_.add(event, record, received, batch.rows)) return false;
        keep(hits, matches);
        return true;
    }

    void walk(const Event& whole) {
        Event event = whole;
        std::vector<Match> matches;
        std::vector<Hit> hits;
        if (index) {
            event.organisation = *index;
            hits = reader.detector_->walk(event);
            for (const Hit& hit : hits)
                matches.push_back(make_match(hit, event, *reader.rules_->rules, Records::Dropped));
        }
        reader.columns_.add(event, event.record->raw, received, batch.rows);
        keep(hits, matches);
    }

    // What rules said of the last row.
    void keep(const std::vector<Hit>& hits, const std::vector<Match>& matches) {
        const auto event = static_cast<uint32_t>(batch.rows.size() - 1);
        for (size_t i = 0; i < hits.size(); i++) {
            const Rule& rule = reader.rules_->rules->rules()[hits[i].rule].rule;
            if (hits[i].verdict == Verdict::Suppressed)
                batch.suppressed.push_back({event, rule.id});
            else
                batch.matched.push_back({event, alert_match(hits[i], matches[i], rule, event)});
        }
    }

    AlertMatch alert_match(const Hit& hit, const Match& match, const Rule& rule, uint32_t event) const {
        static const size_t account = column_index("account"), region = column_index("region"),
                            host = column_index("host");
        const auto policy = reader.rules_->policy(*index, hit.rule);
        const EventRows& rows = batch.rows;
        const auto column = [&](size_t at) { return std::string(rows.value(event, at).value_or("")); };
        AlertMatch made{.organisation = organisation,
                        .rule_id = rule.id,
                        .rule_name = rule.name,
                        .ruleset = rule.ruleset,
                        .rule_type = std::string(name(rule.type)),
                        .severity = reader.rules_->rules->severity(*index, hit.rule),
                        .window = policy.window,
                        .threshold = policy.threshold,
                        .title = std::string(match.title()),
                        .time = rows.row(event).time,
                        .event_id = std::string(rows.id(event)),
                        .event_type = std::string(rows.row(event).type),
                        .record = std::string(rows.record(event)),
                        .account = column(account),
                        .region = column(region),
                        .host = column(host)};
        for (size_t i = 0; i < match.aggregate_count(); i++)
            made.aggregates.push_back({rule.aggregate_fields[i], std::string(match.aggregate(i))});
        return made;
    }
};

Result<ReadBatch> BatchReader::read(std::string_view body, const std::string& organisation, Time received,
                                    const std::shared_ptr<const RulesInForce>& rules, Detection detection) {
    if (rules_ != rules) {
        rules_ = rules;
        detector_ = std::make_unique<Detector>(rules->rules);
    }
    Work work{*this, organisation, received, std::nullopt, {}, {}};
    const auto known = rules->organisations.find(organisation);
    if (detection == Detection::On && known != rules->organisations.end()) work.index = known->second;
    reader_.open(TRY(sent(decompressed(memory_source(body)))));
    while (work.read_run() || TRY(sent(work.read_record()))) {
        if (reader_.bytes_read() > batch_bytes_max)
            return error(ErrorKind::BadInput,
                         fmt::format("the batch inflates to more than {} MiB: send smaller ones",
                                     batch_bytes_max / 1024 / 1024));
    }
    return std::move(work.batch);
}

}  // namespace vigia
