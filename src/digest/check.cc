#include "digest/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/names.h"
#include "base/random.h"
#include "base/sha256.h"
#include "ingest/decompress.h"

namespace vigia {

namespace {

constexpr size_t block_bytes = 256 * 1024;

constexpr auto kind_names = std::to_array<std::pair<std::string_view, FileKind>>(
    {{"log", FileKind::Log}, {"digest", FileKind::Digest}, {"backfill", FileKind::Backfill}});
constexpr auto state_names = std::to_array<std::pair<std::string_view, TrailFileState>>({
    {"verified", TrailFileState::Verified},
    {"missing", TrailFileState::Missing},
    {"altered", TrailFileState::Altered},
    {"unsigned", TrailFileState::Unsigned},
    {"unproven", TrailFileState::Unproven},
    {"unlisted", TrailFileState::Unlisted},
});

// Gives all that the file inflates to to `take`; Corrupt when it is no whole gzip file.
Result<void> inflate(std::unique_ptr<ByteSource> bytes,
                     const std::function<Result<void>(std::string_view)>& take) {
    const auto source = TRY(one_gzip_member(std::move(bytes)));
    std::string block(block_bytes, '\0');
    while (true) {
        const size_t count = TRY(source->read(block));
        if (count == 0) return {};
        TRY_VOID(take(std::string_view(block).substr(0, count)));
    }
}

FileVerdict altered(std::string reason) { return {TrailFileState::Altered, std::move(reason)}; }

}  // namespace

std::string_view name(FileKind kind) { return name_in(kind_names, kind); }
std::optional<FileKind> file_kind_of(std::string_view name) { return value_in(kind_names, name); }
std::string_view name(TrailFileState state) { return name_in(state_names, state); }
std::optional<TrailFileState> trail_file_state_of(std::string_view name) {
    return value_in(state_names, name);
}

FindKeys keys_of(PublicKeys keys) {
    return [keys = std::move(keys)](const Digest&) -> Result<PublicKeys> { return keys; };
}

Result<LoadedDigest> load_digest(const TrailFiles& files, const ObjectName& name) {
    StoredObject object = TRY(files.open(name));
    std::string inflated;
    const auto done = inflate(std::move(object.bytes), [&](std::string_view piece) -> Result<void> {
        if (inflated.size() + piece.size() > digest_bytes_max)
            return error(ErrorKind::BadInput,
                         fmt::format("it inflates to more than {} bytes", digest_bytes_max));
        inflated += piece;
        return {};
    });
    if (!done && done.error().kind == ErrorKind::Corrupt)
        return error(ErrorKind::BadInput, done.error().message);
    TRY_VOID(done);
    LoadedDigest loaded;
    loaded.digest = TRY(parse_digest(inflated));
    loaded.signature = std::move(object.signature);
    return loaded;
}

Result<FileVerdict> check_digest(const LoadedDigest& loaded, const ObjectName& found, const DigestLink* newer,
                                 const FindKeys& find_keys) {
    const Digest& digest = loaded.digest;
    if (!is_same(found, digest.name))
        return altered(fmt::format("it was moved: it was written as {}", printed(digest.name)));
    if (newer != nullptr && !newer->sha256.empty() && newer->sha256 != digest.sha256)
        return altered("the digest after it names another hash of it");
    const std::string& signature =
        loaded.signature.empty() && newer != nullptr ? newer->signature : loaded.signature;
    if (signature.empty())
        return FileVerdict{
            TrailFileState::Unsigned,
            "its signature is not at hand: it is with the object in S3, and in the digest after it"};
    const PublicKeys keys = TRY(find_keys(digest));
    const auto holds = keys.verifies(digest.fingerprint, string_to_sign(digest), signature);
    if (!holds) return FileVerdict{TrailFileState::Unsigned, holds.error().message};
    return *holds ? FileVerdict{} : altered("its signature is not that of CloudTrail");
}

Result<FileVerdict> check_log(const TrailFiles& files, const DigestedLog& log) {
    auto object = files.open(log.name);
    if (!object && object.error().kind == ErrorKind::NotFound)
        return FileVerdict{TrailFileState::Missing, "a digest names it, and it is not there"};
    if (!object) return std::unexpected(object.error());
    Sha256 hash;
    const auto done = inflate(std::move(object->bytes), [&](std::string_view piece) -> Result<void> {
        hash.add(piece);
        return {};
    });
    if (!done && done.error().kind == ErrorKind::Corrupt) return altered(done.error().message);
    TRY_VOID(done);
    if (hex(hash.finish()) != log.sha256) return altered("its hash is not the one that the digest names");
    return FileVerdict{};
}

Result<std::vector<FileVerdict>> check_logs(const TrailFiles& files, std::span<const DigestedLog> logs,
                                            size_t threads) {
    std::vector<FileVerdict> verdicts(logs.size());
    std::optional<Error> failed;
    std::mutex mutex;
    std::atomic<size_t> next = 0;
    const auto work = [&] {
        for (size_t at = next++; at < logs.size(); at = next++) {
            auto verdict = check_log(files, logs[at]);
            if (verdict) {
                verdicts[at] = std::move(*verdict);
                continue;
            }
            const std::lock_guard lock(mutex);
            failed = std::move(verdict.error());
            next = logs.size();
        }
    };
    {
        std::vector<std::jthread> workers;
        for (size_t i = 1; i < std::min(threads, logs.size()); i++) workers.emplace_back(work);
        work();
    }
    if (failed) return std::unexpected(std::move(*failed));
    return verdicts;
}

}  // namespace vigia
