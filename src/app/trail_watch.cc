#include "app/trail_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/thread_name.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr std::chrono::milliseconds look_wait{1'000};
constexpr size_t due_max = 100;
// A source that is no more may be set up again.
constexpr std::chrono::hours gone_wait{24};
constexpr std::chrono::hours digest_span{1};
constexpr size_t event_id_bytes = 16;

// One of untrusted digests is taken only where it has the form that CloudTrail gives it.
std::string hex_or_none(const std::string& text) { return from_hex(text) ? text : std::string(); }

FileKind kind_of(const DigestName& name) { return name.is_backfill ? FileKind::Backfill : FileKind::Digest; }
// A digest is named by when it ends, and tells of the hour before.
Time told_hour(const DigestName& name) { return hour_of(name.end - digest_span); }

// The hours of the events of a log file: that of the first and that of the last.
std::set<Time> hours_of(const DigestedLog& log, Time otherwise) {
    std::set<Time> hours;
    for (const std::optional<Time>& one : {log.oldest, log.newest})
        if (one) hours.insert(hour_of(*one));
    if (hours.empty()) hours.insert(otherwise);
    return hours;
}

// As EventBridge would bring it; the same finding has the same id.
std::string event_of(const HourFinding& found, std::string_view digest, Time now) {
    const FileFinding& file = found.finding;
    const std::string key = fmt::format("{} {}", name(file.state), printed(file.name));
    return json::serialize(json::object{{"version", "0"},
                                        {"id", "trail-" + hex(sha256(key).substr(0, event_id_bytes))},
                                        {"detail-type", "CloudTrail Integrity"},
                                        {"source", "vigia.trail"},
                                        {"account", found.account},
                                        {"region", found.region},
                                        {"time", format_rfc3339(now)},
                                        {"resources", json::array{}},
                                        {"detail", json::object{{"state", name(file.state)},
                                                                {"kind", name(file.kind)},
                                                                {"file", printed(file.name)},
                                                                {"reason", file.reason},
                                                                {"digest", digest},
                                                                {"hour", format_rfc3339(found.hour)}}}});
}

bool is_break(TrailFileState state) {
    return state == TrailFileState::Missing || state == TrailFileState::Altered;
}

}  // namespace

// One look at a digest.
struct TrailWatch::Look {
    DigestRecord record;
    TrailReach reach = {};
    Time now;
    bool is_first = true;
    bool is_patient = true;  // what is not there may come yet
    bool is_waiting = false;
    LoadedDigest loaded;
    std::map<Time, FileCounts> hours;
    std::vector<HourFinding> findings;

    void count(Time hour, TrailFileState state, uint64_t files_count = 1) {
        hours[hour][state] += files_count;
    }
    void found(FileFinding finding, Time hour) {
        if (findings.size() < digest_findings_max)
            findings.push_back({std::move(finding), record.told.account, record.told.region, hour});
    }
};

Result<FindKeys> keys_in_file(const std::string& file) {
    const auto read = [file]() -> Result<PublicKeys> {
        if (file.empty()) return PublicKeys();
        auto keys = PublicKeys::parse(TRY(read_file(file, public_keys_bytes_max)));
        if (!keys) return error(ErrorKind::BadInput, fmt::format("{}: {}", file, keys.error().message));
        return keys;
    };
    TRY(read());
    return [read](const Digest&) { return read(); };
}

TrailWatch::TrailWatch(Parts parts, const TrailWatchOptions& options)
    : parts_(std::move(parts)),
      options_(options),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Result<void> TrailWatch::arrived(const ArrivedFile& file) {
    const auto name = parse_digest_name(file.name.key);
    if (!name) return {};
    const Time now = parts_.clock.now();
    TRY_VOID(parts_.ledger.arrived({.organisation = file.organisation,
                                    .node = parts_.node,
                                    .source = file.source,
                                    .place = file.place,
                                    .name = file.name,
                                    .told = *name,
                                    .seen_at = now,
                                    .look_at = now}));
    const std::lock_guard lock(mutex_);
    has_come_ = true;
    came_.notify_all();
    return {};
}

void TrailWatch::run(const std::stop_token& stop) {
    name_thread("trail watch");
    std::string said;
    while (!stop.stop_requested()) {
        const auto looked = look_at_due(stop);
        if (!looked && looked.error().message != said)
            parts_.complain(fmt::format("the digests of CloudTrail: {}", said = looked.error().message));
        if (looked && *looked == due_max) continue;
        std::unique_lock lock(mutex_);
        came_.wait_for(lock, stop, look_wait, [&] { return looked && has_come_; });
        has_come_ = false;
    }
}

Result<size_t> TrailWatch::look_at_due(const std::stop_token& stop) {
    const auto due = TRY(parts_.ledger.due(parts_.node, parts_.clock.now(), due_max));
    for (const DigestRecord& one : due) {
        if (stop.stop_requested()) break;
        const auto looked = look_at(one, stop);
        if (looked) continue;
        if (stop.stop_requested()) break;
        // The others need not wait for it.
        parts_.complain(
            fmt::format("the digest {} cannot be verified now: {}", one.place, looked.error().message));
        TRY_VOID(parts_.ledger.look_again(one, parts_.clock.now() + pause()));
    }
    return due.size();
}

Result<void> TrailWatch::look_at(DigestRecord record, const std::stop_token& stop) {
    const Time now = parts_.clock.now();
    auto reach = parts_.reach(record, stop);
    if (!reach && reach.error().kind == ErrorKind::NotFound)
        return parts_.ledger.look_again(record, now + gone_wait);
    if (!reach) return std::unexpected(std::move(reach.error()));
    Look look{.record = std::move(record), .reach = std::move(*reach), .now = now};
    look.is_first = look.record.previous_file.empty();
    look.is_patient = now < look.record.seen_at + options_.grace;
    TRY_VOID(look_at_digest(look));
    look.record.look_at.reset();
    if (look.is_waiting) look.record.look_at = now + pause();
    TRY_VOID(raise(look));
    std::vector<HourCounts> hours;
    for (const auto& [hour, counts] : look.hours) hours.push_back({hour, counts});
    return parts_.ledger.put(look.record, hours, look.findings);
}

Result<void> TrailWatch::look_at_digest(Look& look) {
    DigestRecord& record = look.record;
    const Time hour = told_hour(record.told);
    const auto settle = [&](FileVerdict verdict) {
        record.state = verdict.state;
        look.count(hour, verdict.state);
        if (verdict.state != TrailFileState::Verified)
            look.found({kind_of(record.told), verdict.state, record.name, std::move(verdict.reason)}, hour);
    };
    auto loaded = load_digest(*look.reach.files, record.name);
    if (!loaded && loaded.error().kind == ErrorKind::NotFound) {
        settle({TrailFileState::Missing, "it was there, and is no longer"});
        return {};
    }
    if (!loaded && loaded.error().kind == ErrorKind::BadInput) {
        settle({TrailFileState::Altered, loaded.error().message});
        return {};
    }
    if (!loaded) return std::unexpected(loaded.error());
    look.loaded = std::move(*loaded);
    const Digest& digest = look.loaded.digest;
    const auto newer = TRY(parts_.ledger.after(record.organisation, record.file()));
    std::optional<DigestLink> link;
    if (newer)
        link = {newer->state == TrailFileState::Verified ? newer->previous_sha256 : "",
                newer->previous_signature};
    settle(TRY(check_digest(look.loaded, record.name, link ? &*link : nullptr, look.reach.find_keys)));
    // With a signature at hand it is the key that is missing, which may come.
    const bool is_signed = !look.loaded.signature.empty() || link;
    look.is_waiting = record.state == TrailFileState::Unsigned && is_signed && look.is_patient;
    const bool is_named = digest.previous && parse_digest_name(digest.previous->key);
    record.previous_file = is_named ? last_part(digest.previous->key) : "";
    record.previous_sha256 = hex_or_none(digest.previous_sha256);
    record.previous_signature = hex_or_none(digest.previous_signature);
    if (record.state == TrailFileState::Verified) record.name = digest.name;
    TRY_VOID(look_at_logs(look));
    return is_named ? look_back(look) : Result<void>();
}

// A digest that is not verified says nothing of its log files, and is not asked where they are.
Result<void> TrailWatch::look_at_logs(Look& look) {
    const Digest& digest = look.loaded.digest;
    const Time hour = told_hour(look.record.told);
    if (look.record.state != TrailFileState::Verified) {
        look.count(hour, TrailFileState::Unproven, digest.logs.size());
        return {};
    }
    for (const DigestedLog& log : digest.logs) {
        FileVerdict verdict = TRY(check_log(*look.reach.files, log));
        const std::set<Time> hours = hours_of(log, hour);
        if (verdict.state == TrailFileState::Missing && look.is_patient) {
            verdict.state = TrailFileState::Unproven;
            look.is_waiting = true;
        }
        for (const Time one : hours) look.count(one, verdict.state);
        if (is_break(verdict.state))
            look.found({FileKind::Log, verdict.state, log.name, std::move(verdict.reason)}, *hours.rbegin());
    }
    return {};
}

// The digest before may wait for the signature that this one carries, or should be there and is not.
Result<void> TrailWatch::look_back(Look& look) {
    const DigestRecord& record = look.record;
    const auto previous = TRY(parts_.ledger.find(record.organisation, record.previous_file));
    if (previous) {
        const bool is_unsigned = previous->state == TrailFileState::Unsigned && !previous->look_at;
        return look.is_first && is_unsigned ? parts_.ledger.look_again(*previous, look.now) : Result<void>();
    }
    // The oldest one that is known begins its chain.
    if (record.state != TrailFileState::Verified || !TRY(parts_.ledger.has_older(record))) return {};
    if (!look.is_patient) return missing_before(look, *look.loaded.digest.previous);
    look.is_waiting = true;
    return {};
}

Result<void> TrailWatch::missing_before(Look& look, const ObjectName& previous) {
    DigestRecord gone{.organisation = look.record.organisation,
                      .node = parts_.node,
                      .name = previous,
                      .told = *parse_digest_name(previous.key),
                      .state = TrailFileState::Missing,
                      .seen_at = look.now};
    const HourFinding finding{{kind_of(gone.told), TrailFileState::Missing, previous,
                               "the digest after it names it, and it is not there"},
                              gone.told.account,
                              gone.told.region,
                              told_hour(gone.told)};
    Look lost{.record = gone, .now = look.now};
    lost.findings.push_back(finding);
    TRY_VOID(raise(lost));
    return parts_.ledger.put_missing(gone, finding);
}

Result<void> TrailWatch::raise(const Look& look) {
    std::string body;
    for (const HourFinding& one : look.findings)
        if (is_break(one.finding.state)) body += event_of(one, printed(look.record.name), look.now) + "\n";
    if (body.empty()) return {};
    TRY(parts_.intake.take(
        {look.record.organisation, std::string(trail_watch_source), std::move(body), "verification"}));
    return {};
}

}  // namespace vigia
