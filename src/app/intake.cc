#include "app/intake.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "alert/match_codec.h"
#include "base/excerpt.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/number.h"
#include "base/random.h"
#include "base/thread_name.h"
#include "store/columns.h"

namespace vigia {

namespace {

constexpr char accepted_mark = '1';
constexpr char duplicate_mark = '0';
constexpr std::chrono::seconds look_period{1};
constexpr std::string_view probe_moment = "intake probe";

// `accepted` has a mark for each event.
BatchMatches matches_of(const ReadBatch& batch, const std::string& organisation,
                        const std::string& accepted) {
    BatchMatches found;
    std::map<std::pair<std::string, std::string>, RuleCount> counts;
    const auto count = [&](uint32_t event, const std::string& rule) -> RuleCount& {
        const std::string day = day_of(batch.rows.row(event).time);
        RuleCount& one = counts[{rule, day}];
        one.organisation = organisation;
        one.rule_id = rule;
        one.day = day;
        return one;
    };
    for (const ReadBatch::Matched& one : batch.matched) {
        if (accepted[one.event] != accepted_mark) continue;
        found.matches.push_back(one.match);
        count(one.event, one.match.rule_id).matched++;
    }
    for (const ReadBatch::Suppressed& one : batch.suppressed) {
        if (accepted[one.event] == accepted_mark) count(one.event, one.rule).suppressed++;
    }
    for (auto& [key, one] : counts) found.counts.push_back(std::move(one));
    return found;
}

// One a line: file, record, offset, message, excerpt. What would part lines or fields in a text is a blank
// there.
std::string encode_problems(const std::vector<Problem>& problems) {
    std::string text;
    const auto plain = [](std::string word) {
        std::ranges::replace_if(word, [](char c) { return c == '\t' || c == '\n'; }, ' ');
        return word;
    };
    for (const Problem& one : problems)
        text += fmt::format("{}\t{}\t{}\t{}\t{}\n", plain(one.file), one.record, one.offset,
                            plain(one.message), plain(one.excerpt));
    return text;
}

std::vector<Problem> decode_problems(std::string_view text) {
    std::vector<Problem> problems;
    const auto word = [&](char end) {
        const size_t at = std::min(text.find(end), text.size());
        const std::string_view found = text.substr(0, at);
        text.remove_prefix(std::min(at + 1, text.size()));
        return found;
    };
    while (!text.empty()) {
        Problem one;
        one.file = word('\t');
        one.record = parse_whole<uint64_t>(word('\t')).value_or(0);
        one.offset = parse_whole<uint64_t>(word('\t')).value_or(0);
        // Those of an older program end with their message.
        const std::string_view rest = word('\n');
        const size_t tab = std::min(rest.find('\t'), rest.size());
        one.message = rest.substr(0, tab);
        one.excerpt = rest.substr(std::min(tab + 1, rest.size()));
        problems.push_back(std::move(one));
    }
    return problems;
}

void add_problems(SourceHealth& source, const std::vector<Problem>& problems) {
    source.problems.insert(source.problems.end(), problems.begin(), problems.end());
    if (source.problems.size() > source_problems_max)
        source.problems.erase(source.problems.begin(),
                              source.problems.end() - static_cast<std::ptrdiff_t>(source_problems_max));
}

std::string marks(const std::vector<uint32_t>& accepted, size_t rows) {
    std::string marked(rows, duplicate_mark);
    for (const uint32_t row : accepted) marked[row] = accepted_mark;
    return marked;
}

}  // namespace

Intake::Intake(Parts parts, const IntakeOptions& options)
    : parts_(std::move(parts)), options_(options), seed_(random_seed()), tail_began_(steady_now()) {
    for (size_t i = 0; i < options_.readers; i++) idle_readers_.push_back(std::make_unique<BatchReader>());
}

Result<std::unique_ptr<Intake>> Intake::open(const Parts& parts, const IntakeOptions& options) {
    std::unique_ptr<Intake> intake(new Intake(parts, options));
    TRY_VOID(intake->restore());
    Intake* const self = intake.get();
    parts.store.on_sealed([self](const Part& made, std::span<const Part> of) { self->sealed(made, of); });
    intake->committer_ = std::jthread([self](const std::stop_token& stop) { self->commit_loop(stop); });
    intake->sealer_ = std::jthread([self](const std::stop_token& stop) { self->seal_loop(stop); });
    return intake;
}

Intake::~Intake() {
    committer_ = {};
    sealer_ = {};
    if (const auto kept = keep_sources(); !kept) parts_.complain(kept.error().message);
    // What is sealed leaves the inbox: not before its matches are where they belong.
    const bool is_whole = apply().has_value();
    if (const auto done = is_whole ? parts_.store.seal() : parts_.store.seal_rotated(); !done)
        parts_.complain(fmt::format("the events of the tail stay in the inbox: {}", done.error().message));
}

Hash128 Intake::key(const std::string& organisation, std::string_view account, std::string_view id) const {
    return hash128(id, hash128(account, hash128(organisation, seed_).low).low);
}

Hash128 Intake::key(const std::string& organisation, const EventRows& rows, size_t row) const {
    static const size_t account = column_index("account");
    return key(organisation, rows.value(row, account).value_or(""), rows.id(row));
}

Result<void> Intake::restore() {
    for (SourceState& state : TRY(parts_.inbox.sources())) {
        SourceHealth& one = health_[{state.organisation, state.source}];
        one.problems = decode_problems(state.problems);
        one.state = std::move(state);
    }
    TRY_VOID(restore_ids());
    const uint64_t applied = TRY(parts_.alerts.applied(parts_.node));
    TRY_VOID(parts_.inbox.number_above(applied));
    TRY_VOID(parts_.inbox.each(
        [&](InboxBatch batch) -> Result<void> { return restore_batch(std::move(batch), applied); }));
    return apply();
}

// The ids of the newest parts, as many as are remembered.
Result<void> Intake::restore_ids() {
    std::vector<Part> parts = parts_.store.parts();
    std::ranges::sort(parts, std::greater{}, &Part::last);
    for (const Part& part : parts) {
        if (part.damaged) continue;
        if (inserted_ + part.rows > seen_generation_max) return {};
        std::vector<Hash128> ids;
        const auto read = parts_.store.each_id(part, [&](const EventStore::StoredId& one) {
            ids.push_back(key(part.organisation, one.account, one.id));
        });
        // What is damaged is set aside, and its events may come again.
        if (!read && read.error().kind == ErrorKind::Corrupt) continue;
        if (!read) return std::unexpected(read.error());
        for (const Hash128& id : ids) seen_.insert(id);
        inserted_ += ids.size();
        known_at_[part.path] = inserted_;
    }
    return {};
}

Result<void> Intake::restore_batch(InboxBatch batch, uint64_t applied) {
    ReadBatch read = TRY(idle_readers_.front()->read(batch.body, batch.organisation, batch.received,
                                                     parts_.rules.get(), Detection::Off));
    std::vector<uint32_t> accepted;
    for (uint32_t i = 0; i < read.rows.size(); i++) {
        const bool fresh = seen_.insert(key(batch.organisation, read.rows, i));
        inserted_ += fresh ? 1 : 0;
        // What was decided then holds; beyond its end a newer program read more than an older one.
        if (i < batch.accepted.size() ? batch.accepted[i] == accepted_mark : fresh) accepted.push_back(i);
    }
    parts_.store.append(
        {batch.organisation, batch.number, batch.received, std::move(read.rows), std::move(accepted)});
    if (batch.number > applied) unapplied_.push_back({batch.number, TRY(decode(batch.matches))});
    return {};
}

Result<Receipt> Intake::take(Submission submission) {
    const SteadyTime began = steady_now();
    const std::string kind = submission.source_kind;
    auto receipt = take_bounded(std::move(submission));
    const bool is_busy = !receipt && receipt.error().kind == ErrorKind::Busy;
    const bool is_refused = !receipt && receipt.error().kind == ErrorKind::BadInput;
    const std::string outcome = receipt      ? "acknowledged"
                                : is_busy    ? "busy"
                                : is_refused ? "refused"
                                             : "failed";
    parts_.metrics.batches.with({kind, outcome}).add();
    if (receipt) parts_.metrics.acknowledge_time.observe(seconds_since(began));
    return receipt;
}

Result<Receipt> Intake::take_bounded(Submission submission) {
    const uint64_t bytes = submission.body.size();
    {
        const std::lock_guard lock(mutex_);
        if (bodies_bytes_ > 0 && bodies_bytes_ + bytes > options_.bodies_bytes_max)
            return error(ErrorKind::Busy,
                         "more events come in than can be taken: send the batch again later");
        bodies_bytes_ += bytes;
    }
    auto receipt = read_and_commit(std::move(submission));
    const std::lock_guard lock(mutex_);
    bodies_bytes_ -= bytes;
    return receipt;
}

Result<void> Intake::check_ready() {
    const uint64_t free = TRY(free_bytes(options_.folder));
    const Result<void> room =
        free >= options_.disk_bytes_min
            ? Result<void>()
            : error(ErrorKind::Busy,
                    "the disk of the data folder is nearly full: make room on it, or keep events for fewer "
                    "days; send the batch again later");
    told(Trouble::DiskNearlyFull, room);
    TRY_VOID(room);
    if (parts_.store.waiting_tails() >= waiting_tails_max)
        return error(ErrorKind::Busy,
                     "events come in faster than they can be sealed: send the batch again later");
    return {};
}

Result<Receipt> Intake::read_and_commit(Submission submission) {
    TRY_VOID(check_ready());
    std::unique_ptr<BatchReader> reader;
    {
        std::unique_lock lock(mutex_);
        moved_.wait(lock, [&] { return !idle_readers_.empty() && rows_bytes_ < options_.rows_bytes_max; });
        reader = std::move(idle_readers_.back());
        idle_readers_.pop_back();
    }
    auto pending = std::make_unique<Pending>();
    const Time received = pending->received = parts_.clock.now();
    const SteadyTime began = steady_now();
    auto read = reader->read(submission.body, submission.organisation, pending->received, parts_.rules.get(),
                             Detection::On);
    parts_.metrics.read_time.observe(seconds_since(began));
    if (read) parts_.metrics.rule_costs.add(*read);
    auto waiting = pending->done.get_future();
    {
        const std::lock_guard lock(mutex_);
        idle_readers_.push_back(std::move(reader));
        if (read) {
            pending->submission = std::move(submission);
            pending->body_bytes = pending->submission.body.size();
            pending->batch = std::move(*read);
            rows_bytes_ += pending->batch.rows.bytes();
            queue_.push_back(std::move(pending));
        }
        moved_.notify_all();
    }
    if (!read) {
        note_refused(submission, received, read.error());
        return std::unexpected(read.error());
    }
    return waiting.get();
}

void Intake::commit_loop(const std::stop_token& stop) {
    name_thread("commit");
    while (true) {
        std::vector<std::unique_ptr<Pending>> group;
        {
            std::unique_lock lock(mutex_);
            moved_.wait_for(lock, stop, look_period, [&] { return !queue_.empty(); });
            // What was taken in is answered before the end.
            if (queue_.empty() && stop.stop_requested()) return;
            while (!queue_.empty()) {
                group.push_back(std::move(queue_.front()));
                queue_.pop_front();
            }
        }
        if (group.empty())
            look_after();
        else
            commit(std::move(group));
        const bool old = steady_now() - tail_began_ > options_.tail_age_max;
        const bool full =
            parts_.store.tail_rows() >= tail_rows_max || parts_.store.tail_bytes() >= tail_bytes_max;
        // What is sealed leaves the inbox: not before its matches are where they belong.
        if ((!full && !old) || !unapplied_.empty()) continue;
        parts_.store.rotate();
        tail_began_ = steady_now();
        const std::lock_guard lock(mutex_);
        seal_wanted_ = true;
        moved_.notify_all();
    }
}

// What could not be done is tried again, whether or not somebody sends.
void Intake::look_after() {
    if (const auto free = free_bytes(options_.folder); free && *free >= options_.disk_bytes_min)
        told(Trouble::DiskNearlyFull, {});
    told(Trouble::Alerts, apply());
    bool inbox_failed = false;
    {
        const std::lock_guard lock(mutex_);
        inbox_failed = in_trouble_[static_cast<size_t>(Trouble::Inbox)];
    }
    if (inbox_failed) told(Trouble::Inbox, parts_.inbox.set_moment(probe_moment, parts_.clock.now()));
    if (const auto kept = keep_sources(); !kept) told(Trouble::Inbox, kept);
}

void Intake::seal_loop(const std::stop_token& stop) {
    name_thread("seal");
    bool failed = false;
    SteadyTime verify_at = steady_now() + options_.verify_period;
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(mutex_);
            moved_.wait_for(lock, stop, failed ? options_.seal_retry : options_.verify_period,
                            [&] { return seal_wanted_; });
            if (stop.stop_requested()) return;
            const bool wanted = std::exchange(seal_wanted_, false);
            failed = failed || wanted;
        }
        if (failed) failed = !seal_once();
        if (steady_now() < verify_at) continue;
        verify_at = steady_now() + options_.verify_period;
        if (parts_.store.verify_next() > 0)
            parts_.complain(
                "a part of the lake is damaged, or is whole again: /readyz names those that are damaged");
    }
}

bool Intake::seal_once() {
    const auto sealed = parts_.store.seal_rotated();
    told(Trouble::Sealing, sealed);
    if (const auto done = parts_.store.compact(); !done) parts_.complain(done.error().message);
    return sealed.has_value();
}

// Complains once when it begins, and says when it is over.
void Intake::told(Trouble trouble, const Result<void>& done) {
    {
        const std::lock_guard lock(mutex_);
        bool& is_on = in_trouble_[static_cast<size_t>(trouble)];
        if (is_on == !done) return;
        is_on = !done;
    }
    parts_.complain(done ? fmt::format("{}: over", name(trouble))
                         : fmt::format("{}: {}", name(trouble), done.error().message));
}

std::vector<Trouble> Intake::trouble() const {
    const std::lock_guard lock(mutex_);
    std::vector<Trouble> found;
    for (size_t i = 0; i < troubles; i++) {
        if (in_trouble_[i]) found.push_back(static_cast<Trouble>(i));
    }
    return found;
}

std::string_view name(Trouble trouble) {
    switch (trouble) {
        case Trouble::DiskNearlyFull:
            return "disk_nearly_full";
        case Trouble::Inbox:
            return "inbox_not_written";
        case Trouble::Alerts:
            return "alerts_not_written";
        case Trouble::Sealing:
            return "lake_not_written";
    }
    std::unreachable();
}

bool stops_intake(Trouble trouble) { return trouble == Trouble::DiskNearlyFull || trouble == Trouble::Inbox; }

void Intake::commit(std::vector<std::unique_ptr<Pending>> group) {
    uint64_t bytes = 0;
    for (const auto& one : group) bytes += one->batch.rows.bytes();
    Result<void> done = make_room();
    if (done) done = put(group);
    if (done) told(Trouble::Alerts, apply());
    for (auto& one : group) {
        if (done) {
            count(*one);
            publish(*one);
        } else {
            take_back(*one);
        }
        one->done.set_value(done ? Result<Receipt>(one->receipt) : std::unexpected(done.error()));
    }
    const std::lock_guard lock(mutex_);
    rows_bytes_ -= bytes;
    moved_.notify_all();
}

// What the alert store could not take comes first; more may only wait for it as long as a tail holds it.
Result<void> Intake::make_room() {
    if (unapplied_.empty()) return {};
    if (parts_.store.tail_rows() < tail_rows_max && parts_.store.tail_bytes() < tail_bytes_max) return {};
    const Result<void> applied = apply();
    told(Trouble::Alerts, applied);
    if (applied) return {};
    return error(ErrorKind::Busy, "the database of alerts takes nothing now: send the batch again later");
}

// To those who follow the organisation's events.
void Intake::publish(const Pending& pending) {
    if (pending.kept != nullptr) parts_.feed.publish(pending.kept);
}

// Durable, then searchable. When the inbox takes nothing, nothing was seen.
Result<void> Intake::put(std::vector<std::unique_ptr<Pending>>& group) {
    std::vector<InboxBatch> batches;
    Ids fresh;
    for (auto& one : group) TRY_VOID(recognise(*one, fresh));
    std::vector<BatchMatches> matches;
    for (auto& one : group) {
        std::string marked = marks(one->accepted, one->batch.rows.size());
        matches.push_back(matches_of(one->batch, one->submission.organisation, marked));
        one->receipt.matched = matches.back().matches.size();
        if (one->accepted.empty()) continue;
        batches.push_back({.organisation = one->submission.organisation,
                           .source = one->submission.source,
                           .received = one->received,
                           .body = std::move(one->submission.body),
                           .accepted = std::move(marked),
                           .matches = encode(matches.back())});
    }
    for (auto& one : group) note(*one);
    if (batches.empty()) return {};
    {
        const Timed timed(parts_.metrics.commit_time.with({"inbox"}));
        const Result<void> kept = parts_.inbox.put(batches, changed_sources());
        told(Trouble::Inbox, kept);
        if (!kept)
            return error(ErrorKind::Busy,
                         "the disk of the data folder takes no events now: send the batch again later");
    }
    const Timed timed(parts_.metrics.commit_time.with({"tail"}));
    for (const Hash128& id : fresh) inserted_ += seen_.insert(id) ? 1 : 0;
    size_t at = 0;
    for (size_t i = 0; i < group.size(); i++) {
        Pending& one = *group[i];
        if (one.accepted.empty()) continue;
        const uint64_t number = batches[at++].number;
        unapplied_.push_back({number, std::move(matches[i])});
        one.kept = std::make_shared<const Tail::Batch>(Tail::Batch{one.submission.organisation, number,
                                                                   one.received, std::move(one.batch.rows),
                                                                   std::move(one.accepted)});
        parts_.store.append(one.kept);
    }
    return {};
}

// Which events are new. What comes twice at a time is new once.
Result<void> Intake::recognise(Pending& pending, Ids& fresh) {
    const EventRows& rows = pending.batch.rows;
    for (uint32_t i = 0; i < rows.size(); i++) {
        const Hash128 id = key(pending.submission.organisation, rows, i);
        if (!seen_.contains(id) && fresh.insert(id).second) pending.accepted.push_back(i);
    }
    TRY_VOID(recognise_old(pending));
    pending.receipt.accepted = pending.accepted.size();
    pending.receipt.duplicates = rows.size() - pending.accepted.size();
    pending.receipt.refused = pending.batch.refused;
    pending.receipt.problems = pending.batch.problems;
    if (pending.submission.file.empty()) return {};
    // The batch is a piece of the file, so that offsets in it say nothing of the file.
    for (Problem& one : pending.receipt.problems) {
        one.file = pending.submission.file;
        one.record += pending.submission.records_before;
        one.offset = 0;
    }
    return {};
}

// Parts whose ids are not all remembered are asked.
Result<void> Intake::recognise_old(Pending& pending) {
    if (pending.accepted.empty()) return {};
    const EventRows& rows = pending.batch.rows;
    std::vector<Part> cold;
    for (Part& part : parts_.store.parts()) {
        if (part.organisation != pending.submission.organisation || part.damaged || is_warm(part)) continue;
        const bool touched = std::ranges::any_of(pending.accepted, [&](uint32_t row) {
            const Time time = rows.row(row).time;
            return time >= part.first && time <= part.last;
        });
        if (touched) cold.push_back(std::move(part));
    }
    if (cold.empty()) return {};
    std::vector<std::string> ids;
    for (const uint32_t row : pending.accepted) ids.emplace_back(rows.id(row));
    std::vector<std::string> known = TRY(parts_.store.known_ids(cold, ids));
    std::ranges::sort(known);
    std::erase_if(pending.accepted,
                  [&](uint32_t row) { return std::ranges::binary_search(known, rows.id(row)); });
    return {};
}

bool Intake::is_warm(const Part& part) const {
    const std::lock_guard lock(known_mutex_);
    const auto known = known_at_.find(part.path);
    return known != known_at_.end() && inserted_ - known->second < seen_generation_max;
}

// A part that is made of a tail has ids that were inserted since the oldest tail began; one that is made of
// others has theirs.
void Intake::sealed(const Part& made, std::span<const Part> of) {
    const std::lock_guard lock(known_mutex_);
    const uint64_t tails = made.rows + tail_rows_max * waiting_tails_max;
    uint64_t oldest = inserted_ > tails ? inserted_ - tails : 0;
    bool known = true;
    for (const Part& one : of) {
        const auto at = known_at_.find(one.path);
        known = known && at != known_at_.end();
        if (at == known_at_.end()) continue;
        oldest = std::min(oldest, at->second);
        known_at_.erase(at);
    }
    if (known) known_at_[made.path] = oldest;
}

// What fails is tried again with the next batch; the inbox has it until then.
Result<void> Intake::apply() {
    if (unapplied_.empty()) return {};
    std::vector<AlertStore::Batch> batches;
    for (const Unapplied& one : unapplied_) batches.push_back({one.number, &one.matches});
    std::array<uint64_t, severity_lowest> raised{};
    const Timed timed(parts_.metrics.commit_time.with({"alerts"}));
    const AlertStore::Applied applied =
        TRY(parts_.alerts.apply(parts_.node, batches, [&](SqlSession& session, const StoredAlert& alert) {
            raised.at(static_cast<size_t>(alert.severity - severity_highest))++;
            return parts_.raised(session, alert);
        }));
    for (size_t i = 0; i < raised.size(); i++)
        parts_.metrics.alerts_raised.with({fmt::to_string(severity_highest + static_cast<int>(i))})
            .add(raised[i]);
    unapplied_.clear();
    if (applied.raised > 0 || applied.counted > 0) parts_.changed();
    return {};
}

SourceHealth& Intake::health_of(const std::string& organisation, const std::string& source) {
    SourceHealth& one = health_[{organisation, source}];
    one.state.organisation = organisation;
    one.state.source = source;
    unkept_.emplace(organisation, source);
    return one;
}

void Intake::note(Pending& pending) {
    const std::lock_guard lock(mutex_);
    SourceHealth& source = health_of(pending.submission.organisation, pending.submission.source);
    SourceState& state = source.state;
    pending.is_noted = true;
    if (!state.first_batch) state.first_batch = pending.received;
    state.batches++;
    state.last_batch = pending.received;
    state.accepted += pending.receipt.accepted;
    state.duplicates += pending.receipt.duplicates;
    state.refused += pending.receipt.refused;
    for (const uint32_t row : pending.accepted) {
        const Time time = pending.batch.rows.row(row).time;
        if (!state.last_event || time > *state.last_event) state.last_event = time;
    }
    add_problems(source, pending.receipt.problems);
}

// What was noted of a batch that the inbox did not take.
void Intake::take_back(const Pending& pending) {
    const std::lock_guard lock(mutex_);
    SourceState& state = health_of(pending.submission.organisation, pending.submission.source).state;
    if (!pending.is_noted) return;
    state.batches--;
    state.accepted -= pending.receipt.accepted;
    state.duplicates -= pending.receipt.duplicates;
    state.refused -= pending.receipt.refused;
}

void Intake::note_refused(const Submission& submission, Time received, const Error& why) {
    const std::lock_guard lock(mutex_);
    SourceHealth& source = health_of(submission.organisation, submission.source);
    source.state.last_batch = received;
    source.state.refused_batches++;
    add_problems(source,
                 {{submission.file, submission.records_before, 0, why.message, excerpt(submission.body)}});
}

void Intake::report(const std::string& organisation, const std::string& source, Problem problem) {
    const std::lock_guard lock(mutex_);
    add_problems(health_of(organisation, source), {std::move(problem)});
}

std::vector<SourceState> Intake::changed_sources() {
    const std::lock_guard lock(mutex_);
    std::vector<SourceState> changed;
    for (const auto& key : std::exchange(unkept_, {})) {
        const SourceHealth& one = health_.at(key);
        changed.push_back(one.state);
        changed.back().problems = encode_problems(one.problems);
    }
    return changed;
}

Result<void> Intake::keep_sources() {
    const std::vector<SourceState> changed = changed_sources();
    if (changed.empty()) return {};
    const Result<void> done = parts_.inbox.put({}, changed);
    if (done) return {};
    const std::lock_guard lock(mutex_);
    for (const SourceState& one : changed) unkept_.emplace(one.organisation, one.source);
    return done;
}

void Intake::count(const Pending& pending) {
    const std::string& kind = pending.submission.source_kind;
    ServiceMetrics& metrics = parts_.metrics;
    metrics.events.with({kind, "accepted"}).add(pending.receipt.accepted);
    metrics.events.with({kind, "duplicate"}).add(pending.receipt.duplicates);
    metrics.events.with({kind, "refused"}).add(pending.receipt.refused);
    metrics.bytes.with({kind}).add(pending.body_bytes);
    if (pending.kept == nullptr) return;
    for (const uint32_t row : pending.kept->accepted) {
        const Duration lag = pending.received - pending.kept->rows.row(row).time;
        metrics.lag.observe(std::chrono::duration<double>(std::max(lag, Duration{})).count());
    }
}

std::vector<SourceHealth> Intake::health(const std::string& organisation) const {
    const std::lock_guard lock(mutex_);
    std::vector<SourceHealth> found;
    for (const auto& [key, one] : health_) {
        if (key.first == organisation) found.push_back(one);
    }
    return found;
}

uint64_t Intake::bodies_bytes() const {
    const std::lock_guard lock(mutex_);
    return bodies_bytes_;
}

size_t Intake::waiting() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

}  // namespace vigia
