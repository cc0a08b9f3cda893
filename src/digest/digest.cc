#include "digest/digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/hash.h"
#include "base/random.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr std::string_view known_hash = "SHA-256";
constexpr std::string_view known_signature = "SHA256withRSA";
constexpr size_t account_digits = 12;

std::unexpected<Error> bad(std::string_view what) {
    return error(ErrorKind::BadInput, fmt::format("it is no digest of CloudTrail: {}", what));
}

bool has_digits_only(std::string_view text) {
    return std::ranges::all_of(text, [](char one) { return one >= '0' && one <= '9'; });
}

// "20261120T101500Z", or without the seconds, as log files have it.
std::optional<Time> parse_stamp(std::string_view text) {
    const bool is_short = text.size() == 14;
    if ((!is_short && text.size() != 16) || text[8] != 'T' || text.back() != 'Z') return std::nullopt;
    return parse_rfc3339(fmt::format("{}-{}-{}T{}:{}:{}Z", text.substr(0, 4), text.substr(4, 2),
                                     text.substr(6, 2), text.substr(9, 2), text.substr(11, 2),
                                     is_short ? std::string_view("00") : text.substr(13, 2)));
}

// Takes what stands before the separator off the text; nothing when it is not there.
std::optional<std::string_view> take_before(std::string_view& text, std::string_view separator) {
    const size_t at = text.find(separator);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view taken = text.substr(0, at);
    text.remove_prefix(at + separator.size());
    return taken;
}

bool take_end(std::string_view& text, std::string_view end) {
    if (!text.ends_with(end)) return false;
    text.remove_suffix(end.size());
    return true;
}

// Takes what stands behind the last '_' off the text.
std::optional<std::string_view> take_last(std::string_view& text) {
    const size_t at = text.rfind('_');
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view taken = text.substr(at + 1);
    text = text.substr(0, at);
    return taken;
}

// A member's text; empty when it is not there or null.
Result<std::string> text_of(const json::object& object, std::string_view name) {
    const json::value* const member = object.if_contains(name);
    if (member == nullptr || member->is_null()) return std::string();
    if (!member->is_string()) return bad(fmt::format("'{}' is no text", name));
    return std::string(member->as_string());
}

Result<std::string> needed_text(const json::object& object, std::string_view name) {
    std::string found = TRY(text_of(object, name));
    if (found.empty()) return bad(fmt::format("'{}' is missing", name));
    return found;
}

Result<Time> time_of(const json::object& object, std::string_view name) {
    const auto time = parse_rfc3339(TRY(needed_text(object, name)));
    if (!time) return bad(fmt::format("'{}' is no time", name));
    return *time;
}

std::optional<Time> optional_time(const json::object& object, std::string_view name) {
    const json::value* const member = object.if_contains(name);
    if (member == nullptr || !member->is_string()) return std::nullopt;
    return parse_rfc3339(member->as_string());
}

Result<void> check_word(const json::object& object, std::string_view name, std::string_view known) {
    const std::string given = TRY(text_of(object, name));
    if (!given.empty() && given != known)
        return bad(fmt::format("'{}' must be {}, which is all that CloudTrail used so far", name, known));
    return {};
}

Result<DigestedLog> log_of(const json::value& value) {
    if (!value.is_object()) return bad("a log file in it is no object");
    const json::object& object = value.as_object();
    DigestedLog log;
    log.name.bucket = TRY(needed_text(object, "s3Bucket"));
    log.name.key = TRY(needed_text(object, "s3Object"));
    log.sha256 = TRY(needed_text(object, "hashValue"));
    TRY_VOID(check_word(object, "hashAlgorithm", known_hash));
    log.oldest = optional_time(object, "oldestEventTime");
    log.newest = optional_time(object, "newestEventTime");
    return log;
}

Result<void> read_previous(const json::object& object, Digest& digest) {
    ObjectName previous;
    previous.bucket = TRY(text_of(object, "previousDigestS3Bucket"));
    previous.key = TRY(text_of(object, "previousDigestS3Object"));
    if (!previous.bucket.empty() && !previous.key.empty()) digest.previous = std::move(previous);
    digest.previous_sha256 = TRY(text_of(object, "previousDigestHashValue"));
    TRY_VOID(check_word(object, "previousDigestHashAlgorithm", known_hash));
    if (!object.contains("previousDigestSignature")) return bad("'previousDigestSignature' is missing");
    digest.previous_signature = TRY(text_of(object, "previousDigestSignature"));
    return {};
}

Result<void> read_logs(const json::object& object, Digest& digest) {
    const json::value* const logs = object.if_contains("logFiles");
    if (logs == nullptr || logs->is_null()) return {};
    if (!logs->is_array()) return bad("'logFiles' is no list");
    if (logs->as_array().size() > digest_logs_max)
        return bad(fmt::format("it names more than {} log files", digest_logs_max));
    for (const json::value& one : logs->as_array()) digest.logs.push_back(TRY(log_of(one)));
    return {};
}

}  // namespace

std::string printed(const ObjectName& name) {
    return name.bucket.empty() ? name.key : fmt::format("s3://{}/{}", name.bucket, name.key);
}

bool is_same(const ObjectName& found, const ObjectName& full) {
    if (!found.bucket.empty()) return found == full;
    return found.key == full.key || full.key.ends_with("/" + found.key);
}

std::string_view last_part(std::string_view key) { return key.substr(key.rfind('/') + 1); }

std::optional<DigestName> parse_digest_name(std::string_view key) {
    std::string_view rest = last_part(key);
    DigestName name;
    const auto account = take_before(rest, "_CloudTrail-Digest_");
    if (!account || account->size() != account_digits || !has_digits_only(*account) ||
        !take_end(rest, ".json.gz"))
        return std::nullopt;
    name.is_backfill = take_end(rest, "_backfill");
    const auto region = take_before(rest, "_");
    const auto stamp = take_last(rest);
    const auto home = take_last(rest);
    if (!region || !stamp || !home || region->empty() || home->empty() || rest.empty()) return std::nullopt;
    const auto end = parse_stamp(*stamp);
    if (!end) return std::nullopt;
    name.account = *account;
    name.region = *region;
    name.trail = rest;
    name.home_region = *home;
    name.end = *end;
    return name;
}

std::optional<LogName> parse_log_name(std::string_view key) {
    std::string_view rest = last_part(key);
    const auto account = take_before(rest, "_CloudTrail_");
    if (!account || account->size() != account_digits || !has_digits_only(*account)) return std::nullopt;
    const auto region = take_before(rest, "_");
    const auto stamp = take_before(rest, "_");
    if (!region || !stamp || region->empty() || !rest.ends_with(".json.gz")) return std::nullopt;
    const auto delivered = parse_stamp(*stamp);
    if (!delivered) return std::nullopt;
    return LogName{std::string(*account), std::string(*region), *delivered};
}

Result<Digest> parse_digest(std::string_view inflated) {
    boost::system::error_code failed;
    const json::value value = json::parse(json::string_view(inflated.data(), inflated.size()), failed);
    if (failed || !value.is_object()) return bad("it is no JSON object");
    const json::object& object = value.as_object();
    Digest digest;
    digest.account = TRY(text_of(object, "awsAccountId"));
    digest.name.bucket = TRY(needed_text(object, "digestS3Bucket"));
    digest.name.key = TRY(needed_text(object, "digestS3Object"));
    digest.end_text = TRY(needed_text(object, "digestEndTime"));
    digest.start = TRY(time_of(object, "digestStartTime"));
    digest.end = TRY(time_of(object, "digestEndTime"));
    digest.fingerprint = TRY(needed_text(object, "digestPublicKeyFingerprint"));
    TRY_VOID(check_word(object, "digestSignatureAlgorithm", known_signature));
    TRY_VOID(read_previous(object, digest));
    TRY_VOID(read_logs(object, digest));
    digest.sha256 = hex(sha256(inflated));
    return digest;
}

std::string string_to_sign(const Digest& digest) {
    return fmt::format("{}\n{}/{}\n{}\n{}", digest.end_text, digest.name.bucket, digest.name.key,
                       digest.sha256, digest.previous_signature.empty() ? "null" : digest.previous_signature);
}

}  // namespace vigia
