#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

// CloudTrail's digest files: each names the log files of an hour with their hashes and the digest before it
// with its signature, and is itself signed by CloudTrail. Source of the format: AWS CloudTrail User Guide,
// "CloudTrail digest file structure".
namespace vigia {

// Of a digest, inflated. An hour of the busiest account that is known has a tenth of it.
constexpr uint64_t digest_bytes_max = 64ULL * 1024 * 1024;
constexpr size_t digest_logs_max = 200'000;

// An object of S3. Of a file in a folder the bucket is not known, and the key may lack what stands before
// "AWSLogs/", or all but its last part.
struct ObjectName {
    std::string bucket;
    std::string key;

    auto operator<=>(const ObjectName&) const = default;
};
// "s3://bucket/key", or the key alone.
std::string printed(const ObjectName& name);
// Whether it may be the object of the digest's full name.
bool is_same(const ObjectName& found, const ObjectName& full);
// What stands behind the last '/'.
std::string_view last_part(std::string_view key);

// What the name of a digest file says.
struct DigestName {
    std::string account;
    std::string region;
    std::string trail;
    std::string home_region;
    Time end;
    bool is_backfill = false;

    auto operator<=>(const DigestName&) const = default;
};
// "111122223333_CloudTrail-Digest_us-east-1_TRAIL_us-east-1_20261120T100000Z.json.gz", with "_backfill"
// before the extension for what came late. Nothing for any other name, also with a path before it.
std::optional<DigestName> parse_digest_name(std::string_view key);

// What the name of a log file says.
struct LogName {
    std::string account;
    std::string region;
    Time delivered;
};
// "111122223333_CloudTrail_us-east-1_20261120T1015Z_2Yb9c5kqZgM1lD0f.json.gz".
std::optional<LogName> parse_log_name(std::string_view key);

struct DigestedLog {
    ObjectName name;
    std::string sha256;  // hex, of the inflated file
    std::optional<Time> oldest, newest;
};

struct Digest {
    std::string account;
    ObjectName name;
    std::string end_text;  // as it is signed
    Time start, end;
    std::string fingerprint;
    std::optional<ObjectName> previous;
    std::string previous_sha256;     // hex; empty: none
    std::string previous_signature;  // hex; empty: none
    std::vector<DigestedLog> logs;
    std::string sha256;  // hex, of the inflated digest
};

// BadInput when it is no digest, or one that names a hash that is not known.
Result<Digest> parse_digest(std::string_view inflated);

// What CloudTrail signs: end, place, hash of the file, and the signature before it, "null" for none.
std::string string_to_sign(const Digest& digest);

}  // namespace vigia
