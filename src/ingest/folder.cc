#include "ingest/folder.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace vigia {

namespace {

constexpr auto endings =
    std::to_array<std::string_view>({".json", ".ndjson", ".jsonl", ".log", ".gz", ".zst"});
// How long what does not rest is left alone.
constexpr std::chrono::milliseconds unrest_period{500};

bool is_wanted(const std::string& path) {
    return std::ranges::any_of(endings, [&](std::string_view ending) { return path.ends_with(ending); });
}

}  // namespace

Result<std::vector<FoundFile>> FolderFiles::next(std::chrono::milliseconds time_max) {
    std::vector<FoundFile> ready;
    const auto period = is_unrest_             ? unrest_period
                        : watch_.is_complete() ? times_.rescan
                                               : times_.rescan_unwatched;
    const bool is_first = scanned_at_ == SteadyTime{};
    const FolderWatch::Seen seen =
        watch_.wait(is_first ? std::chrono::milliseconds{0} : std::min(time_max, period));
    is_scanned_ = false;
    is_unrest_ = is_unrest_ || seen.is_more;
    for (const std::string& path : seen.finished) {
        if (!is_wanted(path)) continue;
        if (const auto file = found_file(path)) take(*file, ready);
    }
    if (is_first || steady_now() - scanned_at_ >= period) TRY_VOID(scan(ready));
    return ready;
}

Result<void> FolderFiles::scan(std::vector<FoundFile>& ready) {
    const auto files = TRY(found_files(folder_));
    scanned_at_ = steady_now();
    is_scanned_ = true;
    is_unrest_ = false;
    all_.clear();
    const Time now = clock_.now();
    for (const FoundFile& file : files) {
        if (!is_wanted(file.path)) continue;
        all_.insert(file.path);
        // A time of change in the future says nothing.
        if (now - file.changed >= times_.rest || file.changed > now)
            take(file, ready);
        else
            is_unrest_ = true;
    }
    std::erase_if(given_, [&](const auto& one) { return !all_.contains(one.first); });
    return {};
}

void FolderFiles::take(const FoundFile& file, std::vector<FoundFile>& ready) {
    const Facts facts{file.bytes, file.changed};
    const auto [known, is_new] = given_.try_emplace(file.path, facts);
    if (!is_new && known->second == facts) return;
    known->second = facts;
    ready.push_back(file);
}

}  // namespace vigia
