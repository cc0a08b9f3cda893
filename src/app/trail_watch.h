#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "app/intake.h"
#include "digest/ledger.h"
#include "digest/trail_files.h"

namespace vigia {

struct TrailWatchOptions {
    // For how long what a digest names is waited for before it is missing: files do not come in their order.
    std::chrono::seconds grace{3600};
    // So many looks are made meanwhile.
    int looks = 60;
};

// The name of the source under which breaks of a trail come into the intake.
constexpr std::string_view trail_watch_source = "cloudtrail-digests";

// A file that a source has read.
struct ArrivedFile {
    std::string organisation;
    std::string source;  // trail_folder_source, or that of a connection
    std::string place;   // as the source knows it
    ObjectName name;
};
using FileArrived = std::function<Result<void>(const ArrivedFile& file)>;
constexpr std::string_view trail_folder_source = "folder";

// How a digest and the files that it names are looked at.
struct TrailReach {
    std::unique_ptr<TrailFiles> files;
    FindKeys find_keys;
};

// What stands in the file when it is asked, so that keys of another month come in without a restart. BadInput
// when it is no such file now.
Result<FindKeys> keys_in_file(const std::string& file);

// Looks at each digest as it arrives: whether CloudTrail signed it, and whether the files that it names are
// there as they were written. What became of them is in the ledger; what is missing or altered becomes an
// event, once, of which the shipped rule for it raises an alert.
class TrailWatch {
public:
    struct Parts {
        DigestLedger& ledger;
        Intake& intake;
        const Clock& clock;
        std::string node;  // whose files it looks at
        // NotFound when the source of the digest is no more.
        std::function<Result<TrailReach>(const DigestRecord& record, const std::stop_token& stop)> reach;
        std::function<void(const std::string&)> complain;
    };
    // Everything in `parts` must outlive it.
    TrailWatch(Parts parts, const TrailWatchOptions& options);

    // What is no digest is left alone. When it returns, the digest will be looked at, also after a crash.
    Result<void> arrived(const ArrivedFile& file);

private:
    struct Look;
    void run(const std::stop_token& stop);
    Duration pause() const { return Duration(options_.grace) / options_.looks; }
    Result<size_t> look_at_due(const std::stop_token& stop);
    Result<void> look_at(DigestRecord record, const std::stop_token& stop);
    Result<void> look_at_digest(Look& look);
    Result<void> look_at_logs(Look& look);
    Result<void> look_back(Look& look);
    Result<void> raise(const Look& look);
    Result<void> missing_before(Look& look, const ObjectName& previous);

    Parts parts_;
    const TrailWatchOptions options_;
    std::mutex mutex_;
    std::condition_variable_any came_;
    bool has_come_ = true;  // digests of before the process began may wait
    std::jthread thread_;
};

}  // namespace vigia
