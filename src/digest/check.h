#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "digest/digest.h"
#include "digest/public_keys.h"
#include "digest/trail_files.h"

namespace vigia {

enum class FileKind : uint8_t { Log, Digest, Backfill };
std::string_view name(FileKind kind);
std::optional<FileKind> file_kind_of(std::string_view name);

// What became of a file.
enum class TrailFileState : uint8_t {
    Verified,
    Missing,   // a digest names it, and it is not there
    Altered,   // it is not what was signed, or not where it was written
    Unsigned,  // a digest whose signature, or whose key, is not at hand
    Unproven,  // a log file that is named only by a digest which is not verified
    Unlisted,  // a log file that no digest names, from a time that verified digests cover
};
constexpr size_t trail_file_states = 6;
std::string_view name(TrailFileState state);
std::optional<TrailFileState> trail_file_state_of(std::string_view name);

struct FileVerdict {
    TrailFileState state = TrailFileState::Verified;
    std::string reason;  // empty when it is verified
};

// A file that is not as it should be.
struct FileFinding {
    FileKind kind = FileKind::Log;
    TrailFileState state = TrailFileState::Missing;
    ObjectName name;
    std::string reason;
    bool operator==(const FileFinding&) const = default;
};

// The keys that may have signed the digest.
using FindKeys = std::function<Result<PublicKeys>(const Digest& digest)>;
// The same keys for all.
FindKeys keys_of(PublicKeys keys);

// What a newer digest says of the one before it.
struct DigestLink {
    std::string sha256;
    std::string signature;
};

// A digest as it was read.
struct LoadedDigest {
    Digest digest;
    std::string signature;  // hex; empty: not at hand
};
// BadInput when it cannot be read as one, NotFound when it is not there.
Result<LoadedDigest> load_digest(const TrailFiles& files, const ObjectName& name);

// Whether the digest, found under this name, is what CloudTrail signed. Where its signature is not at hand it
// is that which the digest after it carries. An error is that of finding keys.
Result<FileVerdict> check_digest(const LoadedDigest& loaded, const ObjectName& found, const DigestLink* newer,
                                 const FindKeys& find_keys);

// Whether the log file is what the digest names. An error is the place's.
Result<FileVerdict> check_log(const TrailFiles& files, const DigestedLog& log);
// All of them, each in its place, by so many threads.
Result<std::vector<FileVerdict>> check_logs(const TrailFiles& files, std::span<const DigestedLog> logs,
                                            size_t threads);

}  // namespace vigia
