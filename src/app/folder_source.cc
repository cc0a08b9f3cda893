#include "app/folder_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/source_file.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/match.h"
#include "base/pause.h"
#include "ingest/decompress.h"

namespace vigia {

namespace {

constexpr size_t block_bytes = 1024 * 1024;
constexpr std::chrono::milliseconds look_period{1'000};
constexpr std::chrono::milliseconds wait_max{5'000};
constexpr std::string_view gzip_magic = "\x1f\x8b", zstd_magic = "\x28\xb5\x2f\xfd";

// Fills the block, but for the end of the file.
Result<size_t> read_block(ByteSource& source, std::string& block) {
    block.resize(block_bytes);
    size_t filled = 0;
    while (filled < block.size()) {
        const size_t count = TRY(source.read(std::span(block).subspan(filled)));
        if (count == 0) break;
        filled += count;
    }
    block.resize(filled);
    return filled;
}

}  // namespace

// What a file holds.
struct FolderSource::Content {
    std::string hash;
    uint64_t begin = 0;  // where what is new in it begins
};

FolderSource::FolderSource(const Parts& parts, std::string organisation, const std::string& folder,
                           const FolderTimes& times)
    : parts_(parts),
      organisation_(std::move(organisation)),
      folder_(folder),
      source_(std::string(folder_source_prefix) + folder),
      files_(folder_, parts_.clock, times),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void FolderSource::run(const std::stop_token& stop) {
    std::string said;
    const auto complain = [&](const Error& failure) {
        if (failure.message != said)
            parts_.complain(fmt::format("the watched folder {}: {}", folder_, failure.message));
        said = failure.message;
        pause(wait_max, stop);
    };
    while (!stop.stop_requested()) {
        const auto loaded = load();
        if (loaded) break;
        complain(loaded.error());
    }
    while (!stop.stop_requested()) {
        const auto ready = files_.next(look_period);
        if (!ready) {
            complain(ready.error());
            continue;
        }
        for (const FoundFile& file : *ready) {
            if (stop.stop_requested()) return;
            if (const auto taken = take(file, stop); !taken) {
                files_.again(file.path);
                complain(taken.error());
            }
            const auto known = known_.find(file.path);
            // One that could not be opened may be opened later, though it has not changed.
            if (known != known_.end() && known->second.hash.empty()) files_.again(file.path);
        }
        if (files_.all() == nullptr) continue;
        if (const auto done = forget_gone(*files_.all()); !done) complain(done.error());
    }
}

Result<void> FolderSource::load() {
    for (FileState& one : TRY(parts_.inbox.files(organisation_))) {
        if (!one.path.starts_with(folder_ + "/")) continue;
        if (one.error.empty()) paths_[one.hash] = one.path;
        known_[one.path] = std::move(one);
    }
    return {};
}

Result<void> FolderSource::forget_gone(const std::set<std::string>& there) {
    std::vector<std::string> gone;
    for (const auto& [path, state] : known_) {
        if (!there.contains(path)) gone.push_back(path);
    }
    for (const std::string& path : gone) {
        TRY_VOID(parts_.inbox.forget_file(organisation_, path));
        paths_.erase(known_.at(path).hash);
        known_.erase(path);
    }
    return {};
}

// An error only when it is not the file's: then the file comes again.
Result<void> FolderSource::take(const FoundFile& file, const std::stop_token& stop) {
    const auto known = known_.find(file.path);
    const FileState* const before = known == known_.end() ? nullptr : &known->second;
    if (before != nullptr && !before->hash.empty() && before->bytes == file.bytes &&
        before->changed == file.changed)
        return {};
    FileState state{organisation_, file.path, file.bytes, file.changed, "", ""};
    const auto found = content(file, before);
    if (!found) {
        state.error = found.error().message;
        const bool is_known = before != nullptr && before->error == state.error;
        if (!is_known) parts_.intake.report(organisation_, source_, {file.path, 0, 0, state.error});
        return keep(std::move(state));
    }
    state.hash = found->hash;
    const auto same = paths_.find(found->hash);
    if (same == paths_.end()) {
        const auto done = read(file, *found, stop);
        if (!done && done.error().kind != ErrorKind::BadInput) return done;
        if (!done) {
            state.error = done.error().message;
            parts_.intake.report(organisation_, source_, {file.path, 0, 0, state.error});
        }
    }
    TRY_VOID(parts_.taken(
        {organisation_, std::string(trail_folder_source), file.path, FolderTrail::name_of(file.path)}));
    return keep(std::move(state));
}

Result<void> FolderSource::keep(FileState state) {
    TRY_VOID(parts_.inbox.put_file(state));
    if (state.error.empty()) paths_[state.hash] = state.path;
    known_[state.path] = std::move(state);
    return {};
}

// The hash of the file is one over the hashes of its blocks, so that what stood in it before it grew can be
// told from one reading. Lines are added to a plain file only; another is read again whole, and its events
// are recognised.
Result<FolderSource::Content> FolderSource::content(const FoundFile& file, const FileState* before) const {
    const auto source = TRY(open_source(file.path));
    Content found;
    std::string block;
    uint64_t at = 0;
    bool is_plain = true, is_same = false, is_line_end = false, is_record_next = false;
    const uint64_t old = before != nullptr && before->error.empty() ? before->bytes : 0;
    while (TRY(read_block(*source, block)) > 0) {
        if (at == 0) is_plain = !block.starts_with(gzip_magic) && !block.starts_with(zstd_magic);
        if (old > at && old <= at + block.size()) {
            const std::string_view head = std::string_view(block).substr(0, old - at);
            is_same = sha256(found.hash + std::string(head)) == before->hash;
            is_line_end = head.ends_with('\n');
        }
        if (old >= at && old < at + block.size()) is_record_next = block[old - at] == '{';
        found.hash = sha256(found.hash + block);
        at += block.size();
    }
    if (at == 0) found.hash = sha256("");
    if (is_plain && is_same && is_line_end && is_record_next) found.begin = old;
    return found;
}

Result<void> FolderSource::read(const FoundFile& file, const Content& content, const std::stop_token& stop) {
    if (content.begin > 0 || file.bytes > source_piece_bytes) return read_pieces(file, content.begin, stop);
    Intake::Submission whole{organisation_, source_, "", "folder", file.path, 0};
    auto body = read_file(file.path, source_piece_bytes);
    // One that has grown meanwhile, or inflates to more than a batch may, goes in pieces; so does one that
    // breaks off, for what stands before the break.
    if (!body) return read_pieces(file, 0, stop);
    whole.body = std::move(*body);
    const auto done = put(parts_.intake, std::move(whole), stop);
    if (done || done.error().kind != ErrorKind::BadInput) return done;
    return read_pieces(file, 0, stop);
}

Result<void> FolderSource::read_pieces(const FoundFile& file, uint64_t begin, const std::stop_token& stop) {
    auto source = TRY(open_source(file.path));
    std::string block;
    for (uint64_t at = 0; at < begin;) {
        block.resize(std::min<uint64_t>(block_bytes, begin - at));
        const size_t count = TRY(source->read(block));
        if (count == 0) return {};
        at += count;
    }
    return put_pieces(parts_.intake, std::move(source), {organisation_, source_, "folder", file.path}, stop);
}

}  // namespace vigia
