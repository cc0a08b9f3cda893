#include "digest/chains.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace vigia {

namespace {

// A digest that ends so long after the range may name what was delivered in it.
constexpr std::chrono::hours spill{1};
constexpr std::chrono::hours digest_span{1};  // of the time that a digest tells of

struct NamedDigest {
    ObjectName found;
    Time end;
};

bool is_before(const DigestRange& range, Time end) { return range.from && end < *range.from; }
bool is_after(const DigestRange& range, Time end) { return range.until && end > *range.until + spill; }

}  // namespace

struct ChainVerifier::Chain {
    ChainReport report;
    std::vector<NamedDigest> digests;         // newest first
    std::map<std::string, DigestLink> links;  // by the last part of the key: what the digest after it says
    std::optional<NamedDigest> witness;       // the first after the range, which carries a signature into it
};

ChainName chain_of(const DigestName& name) {
    return {name.account, name.region, name.trail, name.home_region, name.is_backfill};
}

FileCounts& FileCounts::operator+=(const FileCounts& other) {
    for (size_t i = 0; i < of.size(); i++) of.at(i) += other.of.at(i);
    return *this;
}

Result<std::vector<ChainReport>> ChainVerifier::verify(const std::vector<ObjectName>& digests,
                                                       const DigestRange& range) {
    std::map<ChainName, Chain> chains;
    for (const ObjectName& found : digests) {
        const auto name = parse_digest_name(found.key);
        if (!name || is_before(range, name->end)) continue;
        Chain& chain = chains[chain_of(*name)];
        if (!is_after(range, name->end))
            chain.digests.push_back({found, name->end});
        else if (!chain.witness || name->end < chain.witness->end)
            chain.witness = NamedDigest{found, name->end};
    }
    std::vector<ChainReport> reports;
    for (auto& [name, chain] : chains) {
        if (chain.digests.empty()) continue;
        chain.report.name = name;
        std::ranges::sort(chain.digests, [](const NamedDigest& one, const NamedDigest& other) {
            return std::pair(other.end, other.found) < std::pair(one.end, one.found);
        });
        TRY_VOID(follow(chain, range));
        reports.push_back(std::move(chain.report));
    }
    return reports;
}

Result<void> ChainVerifier::follow(Chain& chain, const DigestRange& range) {
    if (chain.witness) {
        const auto loaded = load_digest(parts_.files, chain.witness->found);
        if (loaded && loaded->digest.previous)
            chain.links[std::string(last_part(loaded->digest.previous->key))].signature =
                loaded->digest.previous_signature;
    }
    for (size_t at = 0; at < chain.digests.size(); at++) {
        TRY_VOID(look_at(chain, at, range));
        if (parts_.moved) parts_.moved();
    }
    std::ranges::reverse(chain.report.gaps);
    return {};
}

Result<void> ChainVerifier::look_at(Chain& chain, size_t at, const DigestRange& range) {
    const ObjectName& found = chain.digests[at].found;
    const FileKind kind = chain.report.name.is_backfill ? FileKind::Backfill : FileKind::Digest;
    const auto loaded = load_digest(parts_.files, found);
    if (!loaded) {
        if (loaded.error().kind == ErrorKind::BadInput)
            report(chain, kind, found, {TrailFileState::Altered, loaded.error().message});
        else if (loaded.error().kind == ErrorKind::NotFound)
            report(chain, kind, found, {TrailFileState::Missing, "it was there, and is no longer"});
        else
            return std::unexpected(loaded.error());
        return {};
    }
    const Digest& digest = loaded->digest;
    const auto link = chain.links.find(std::string(last_part(found.key)));
    FileVerdict verdict = TRY(
        check_digest(*loaded, found, link == chain.links.end() ? nullptr : &link->second, parts_.find_keys));
    const TrailFileState state = verdict.state;
    report(chain, kind, found, std::move(verdict));
    TRY_VOID(look_at_logs(chain, digest, state));
    if (digest.previous) {
        // Only who is verified can say what another must be; a signature is held to CloudTrail's key anyway.
        const bool is_sure = state == TrailFileState::Verified;
        chain.links[std::string(last_part(digest.previous->key))] = {is_sure ? digest.previous_sha256 : "",
                                                                     digest.previous_signature};
    }
    if (state != TrailFileState::Altered) look_back(chain, digest, at, range);
    if (state != TrailFileState::Verified) return {};
    chain.report.from = std::min(chain.report.from.value_or(digest.start), digest.start);
    chain.report.until = std::max(chain.report.until.value_or(digest.end), digest.end);
    return {};
}

Result<void> ChainVerifier::look_at_logs(Chain& chain, const Digest& digest, TrailFileState state) {
    if (parts_.named) std::ranges::for_each(digest.logs, parts_.named);
    if (state != TrailFileState::Verified) {
        chain.report.logs[TrailFileState::Unproven] += digest.logs.size();
        return {};
    }
    auto verdicts = TRY(check_logs(parts_.files, digest.logs, parts_.threads));
    for (size_t i = 0; i < verdicts.size(); i++)
        report(chain, FileKind::Log, digest.logs[i].name, std::move(verdicts[i]));
    return {};
}

void ChainVerifier::report(Chain& chain, FileKind kind, const ObjectName& name, FileVerdict verdict) {
    (kind == FileKind::Log ? chain.report.logs : chain.report.digests)[verdict.state]++;
    if (verdict.state != TrailFileState::Verified && parts_.found)
        parts_.found(chain.report.name, {kind, verdict.state, name, std::move(verdict.reason)});
}

// What should stand before the digest: the one that it names, or nothing when it begins a chain.
void ChainVerifier::look_back(Chain& chain, const Digest& digest, size_t at, const DigestRange& range) {
    const bool is_oldest = at + 1 == chain.digests.size();
    if (!digest.previous) {
        if (!is_oldest) chain.report.gaps.push_back({chain.digests[at + 1].end, digest.start});
        return;
    }
    const auto rest = std::span(chain.digests).subspan(at + 1);
    if (std::ranges::any_of(rest,
                            [&](const NamedDigest& one) { return is_same(one.found, *digest.previous); }))
        return;
    if (is_oldest && (!range.from || digest.start <= *range.from)) return;
    const FileKind kind = chain.report.name.is_backfill ? FileKind::Backfill : FileKind::Digest;
    std::string reason = "the digest after it names it, and it is not there";
    if (!is_oldest)
        reason += fmt::format(": nothing is proved from {} to {}", format_rfc3339(chain.digests[at + 1].end),
                              format_rfc3339(digest.start));
    report(chain, kind, *digest.previous, {TrailFileState::Missing, std::move(reason)});
    if (const auto lost = parse_digest_name(digest.previous->key)) chain.report.lost.push_back(lost->end);
}

std::vector<ObjectName> unlisted(const std::vector<ObjectName>& logs, const std::set<std::string>& named,
                                 const std::vector<ChainReport>& reports) {
    const auto is_covered = [](const ChainReport& report, const LogName& log) {
        const auto in_gap = [&](const DigestGap& gap) {
            return log.delivered >= gap.from && log.delivered < gap.until;
        };
        return report.name.account == log.account && report.name.region == log.region && report.from &&
               log.delivered >= *report.from && log.delivered < *report.until - spill &&
               std::ranges::none_of(report.gaps, in_gap);
    };
    // It, or the one after it for what was delivered late, would have told of the file.
    const auto may_be_lost = [](const ChainReport& report, const LogName& log) {
        return report.name.account == log.account && report.name.region == log.region &&
               std::ranges::any_of(report.lost, [&](Time end) {
                   return log.delivered <= end && log.delivered >= end - digest_span - spill;
               });
    };
    std::vector<ObjectName> found;
    for (const ObjectName& one : logs) {
        const auto log = parse_log_name(one.key);
        if (!log || named.contains(std::string(last_part(one.key)))) continue;
        if (std::ranges::any_of(reports,
                                [&](const ChainReport& report) { return may_be_lost(report, *log); }))
            continue;
        if (std::ranges::any_of(reports, [&](const ChainReport& report) { return is_covered(report, *log); }))
            found.push_back(one);
    }
    return found;
}

}  // namespace vigia
