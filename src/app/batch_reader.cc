#include "app/batch_reader.h"

#include <fmt/format.h>

#include <optional>

#include "base/excerpt.h"
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

}  // namespace

ReadBatch::ReadBatch() : rows(event_columns().size()) {}

BatchReader::BatchReader() = default;
BatchReader::~BatchReader() = default;

// One batch at hand.
struct BatchReader::Work final : EventTaker {
    Work(BatchReader& of, const std::string& whose, Time now)
        : reader(of), organisation(whose), received(now) {}

    BatchReader& reader;
    const std::string& organisation;
    Time received;
    std::optional<uint32_t> index;  // of the organisation; nothing: no detection
    ReadBatch batch;
    NoInterest no_interest;

    void refuse(uint64_t record, uint64_t offset, std::string message, std::string_view text) override {
        batch.refused++;
        if (batch.problems.size() < batch_problems_max)
            batch.problems.push_back({"", record, offset, std::move(message), excerpt(text)});
    }

    Interest& interest() override { return index ? static_cast<Interest&>(*reader.detector_) : no_interest; }

    void opened(const Normalised& done) override {
        batch.digests += done.digests;
        batch.controls += done.controls;
    }

    bool take(const Event& event, const RawRecord& raw) override {
        if (!index) return add(event, raw.text, {});
        const Event mine = own(event);
        const auto hits = reader.detector_->detect(mine);
        return hits && add(mine, raw.text, *hits);
    }

    void walk(const Event& event) override {
        if (!index) {
            add(event, event.record->raw, {});
            return;
        }
        const Event mine = own(event);
        add(mine, mine.record->raw, reader.detector_->walk(mine));
    }

    Event own(Event event) const {
        event.organisation = *index;
        return event;
    }

    // The event as a row, with what rules say of it. False when only its whole record can tell. What a rule
    // shows is taken first: the columns take other values in its place.
    bool add(const Event& event, std::string_view record, std::span<const Hit> hits) {
        std::vector<Match> matches;
        for (const Hit& hit : hits)
            matches.push_back(make_match(hit, event, *reader.rules_->rules, Records::Dropped));
        if (!reader.columns_.add(event, record, received, batch.rows)) return false;
        keep(hits, matches);
        return true;
    }

    // What rules said of the last row.
    void keep(std::span<const Hit> hits, const std::vector<Match>& matches) {
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
                            host = column_index("host"), agent = column_index("agent");
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
        // A host whose agent does not say its id stands for it.
        made.agent = column(rows.value(event, agent) ? agent : host);
        return made;
    }
};

Result<ReadBatch> BatchReader::read(std::string_view body, const std::string& organisation, Time received,
                                    const std::shared_ptr<const RulesInForce>& rules, Detection detection) {
    if (rules_ != rules) {
        rules_ = rules;
        detector_ = std::make_unique<Detector>(rules->rules);
    }
    Work work(*this, organisation, received);
    const auto known = rules->organisations.find(organisation);
    if (detection == Detection::On && known != rules->organisations.end()) work.index = known->second;
    pass_.open(TRY(sent(decompressed(memory_source(body)))));
    while (TRY(sent(pass_.next(work)))) {
        if (pass_.bytes_read() > batch_bytes_max)
            return error(ErrorKind::BadInput,
                         fmt::format("the batch inflates to more than {} MiB: send smaller ones",
                                     batch_bytes_max / 1024 / 1024));
    }
    detector_->take_evaluations([&](uint32_t rule, uint64_t times) {
        work.batch.evaluations.emplace_back(rules->rules->rules()[rule].rule.id, times);
    });
    return std::move(work.batch);
}

}  // namespace vigia
