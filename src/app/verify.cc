#include "app/verify.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "app/api_values.h"
#include "app/aws_trail.h"
#include "app/cli.h"
#include "app/report.h"
#include "app/trail_watch.h"
#include "base/file.h"

namespace vigia {

namespace json = boost::json;

namespace {

struct FoundFile {
    ChainName chain;
    FileFinding finding;
};

struct Verification {
    std::string place;
    std::vector<ChainReport> chains;
    std::vector<FoundFile> findings;
    FileCounts digests, logs;
    uint64_t unlisted = 0;

    bool is_whole() const { return digests.is_whole() && logs.is_whole() && unlisted == 0; }
};

const SystemClock system_clock;

// What there is to be verified, and by which keys.
struct Trail {
    std::unique_ptr<AwsAccess> access;
    S3TrailListing files;
};

Result<FindKeys> keys_for(const VerifyCommand& command) {
    if (command.keys.empty() && !command.place.starts_with(s3_scheme))
        return error(ErrorKind::BadInput,
                     "--keys is missing: the file that 'aws cloudtrail list-public-keys --region REGION "
                     "--start-time TIME > keys.json' writes, of the region and time of the digests");
    return keys_in_file(command.keys);
}

Result<Trail> trail_of(const VerifyCommand& command) {
    FindKeys keys = TRY(keys_for(command));
    Trail trail;
    if (command.place.starts_with(s3_scheme)) {
        trail.access = std::make_unique<AwsAccess>(AwsSettings{}, system_clock);
        trail.files = TRY(list_trail(*trail.access, command.place, std::move(keys)));
    } else {
        auto folder = std::make_unique<FolderTrail>(TRY(FolderTrail::open(command.place)));
        trail.files.digests = folder->digests();
        trail.files.logs = folder->logs();
        trail.files.files = std::move(folder);
        trail.files.find_keys = std::move(keys);
    }
    if (!trail.files.digests.empty()) return trail;
    return error(
        ErrorKind::NotFound,
        fmt::format("{}: no digest files of CloudTrail are below it: {}", command.place,
                    trail.access ? "is log file validation on, and is that the prefix before AWSLogs?"
                                 : "copy the folder CloudTrail-Digest, too"));
}

// On a terminal only, and over itself.
std::function<void()> progress_of(size_t digests) {
    if (isatty(STDERR_FILENO) == 0) return nullptr;
    return [done = size_t{0}, digests]() mutable {
        fmt::print(stderr, "\r\x1b[K{}/{} digests", ++done, digests);
    };
}

void end_progress() {
    if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\x1b[K");
}

Result<Verification> verified(const VerifyCommand& command) {
    const Trail trail = TRY(trail_of(command));
    const S3TrailListing& files = trail.files;
    Verification made;
    made.place = command.place;
    std::set<std::string> named;
    ChainVerifier verifier({
        .files = *files.files,
        .find_keys = files.find_keys,
        .threads = command.threads,
        .found = [&](const ChainName& chain,
                     const FileFinding& finding) { made.findings.push_back({chain, finding}); },
        .named = [&](const DigestedLog& log) { named.emplace(last_part(log.name.key)); },
        .moved = progress_of(files.digests.size()),
    });
    made.chains = TRY(verifier.verify(files.digests, command.range));
    end_progress();
    for (const ChainReport& one : made.chains) {
        made.digests += one.digests;
        made.logs += one.logs;
    }
    for (const ObjectName& one : unlisted(files.logs, named, made.chains)) {
        const auto name = parse_log_name(one.key);
        made.findings.push_back({{name->account, name->region, "", "", false},
                                 {FileKind::Log, TrailFileState::Unlisted, one,
                                  "no digest names it: CloudTrail did not write it"}});
        made.unlisted++;
    }
    return made;
}

json::object json_of(const FileCounts& counts) {
    json::object made;
    for (size_t i = 0; i < trail_file_states; i++) {
        const auto state = static_cast<TrailFileState>(i);
        if (state != TrailFileState::Unlisted) made[name(state)] = counts[state];
    }
    return made;
}

json::object json_of(const ChainReport& chain) {
    json::array gaps;
    for (const DigestGap& one : chain.gaps)
        gaps.push_back(
            json::object{{"from", format_rfc3339(one.from)}, {"until", format_rfc3339(one.until)}});
    return {{"account", chain.name.account},
            {"region", chain.name.region},
            {"trail", chain.name.trail},
            {"backfill", chain.name.is_backfill},
            {"from", time_or_null(chain.from)},
            {"until", time_or_null(chain.until)},
            {"digests", json_of(chain.digests)},
            {"logs", json_of(chain.logs)},
            {"gaps", std::move(gaps)}};
}

json::object json_of(const FoundFile& found) {
    return {{"state", name(found.finding.state)},  {"kind", name(found.finding.kind)},
            {"file", printed(found.finding.name)}, {"reason", found.finding.reason},
            {"account", found.chain.account},      {"region", found.chain.region}};
}

std::string json_report(const Verification& of) {
    json::array chains, files;
    for (const ChainReport& one : of.chains) chains.push_back(json_of(one));
    for (const FoundFile& one : of.findings) files.push_back(json_of(one));
    return json::serialize(json::object{{"place", of.place},
                                        {"whole", of.is_whole()},
                                        {"digests", json_of(of.digests)},
                                        {"logs", json_of(of.logs)},
                                        {"unlisted", of.unlisted},
                                        {"chains", std::move(chains)},
                                        {"files", std::move(files)}}) +
           "\n";
}

std::string upper(std::string_view text) {
    std::string made(text);
    for (char& one : made) one = one >= 'a' && one <= 'z' ? static_cast<char>(one - 'a' + 'A') : one;
    return made;
}

std::string line_of(const FoundFile& found) {
    return fmt::format("{:<8}  {}  {}: {}\n", upper(name(found.finding.state)), name(found.finding.kind),
                       printable(printed(found.finding.name)), printable(found.finding.reason));
}

// "3 of 4 log files verified, 1 missing".
std::string line_of(const FileCounts& counts, std::string_view what) {
    std::string line =
        fmt::format("{} of {} {} verified", counts[TrailFileState::Verified], counts.all(), what);
    for (size_t i = 0; i < trail_file_states; i++) {
        const auto state = static_cast<TrailFileState>(i);
        if (state != TrailFileState::Verified && counts[state] > 0)
            line += fmt::format(", {} {}", counts[state], name(state));
    }
    return line;
}

std::string line_of(const ChainReport& chain) {
    std::string line = fmt::format(
        "{} {} {}{}: {}; {}; {}\n", chain.name.account, chain.name.region, printable(chain.name.trail),
        chain.name.is_backfill ? " (back-fill)" : "",
        chain.from ? fmt::format("{} to {}", format_rfc3339(*chain.from), format_rfc3339(*chain.until))
                   : "nothing proved",
        line_of(chain.digests, "digests"), line_of(chain.logs, "log files"));
    for (const DigestGap& one : chain.gaps)
        line += fmt::format("  no digests were written from {} to {}\n", format_rfc3339(one.from),
                            format_rfc3339(one.until));
    return line;
}

std::string text_report(const Verification& of) {
    std::string text;
    for (const FoundFile& one : of.findings) text += line_of(one);
    if (!text.empty()) text += "\n";
    for (const ChainReport& one : of.chains) text += line_of(one);
    text += fmt::format(
        "{}: {}; {}{}\n", printable(of.place), line_of(of.digests, "digests"), line_of(of.logs, "log files"),
        of.unlisted == 0 ? "" : fmt::format("; {} log files that no digest names", of.unlisted));
    return text;
}

}  // namespace

int verify(const VerifyCommand& command) {
    const auto made = verified(command);
    if (!made) return fail(made.error());
    fmt::print("{}", command.json ? json_report(*made) : text_report(*made));
    return made->is_whole() ? Nothing : Found;
}

}  // namespace vigia
