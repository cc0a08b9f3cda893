#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "alert/alert_store.h"
#include "app/batch_reader.h"
#include "app/event_feed.h"
#include "app/rules_in_force.h"
#include "app/seen_events.h"
#include "app/service_metrics.h"
#include "store/event_store.h"
#include "store/inbox.h"

namespace vigia {

// What became of a batch. It is sent once its events are durable and its matches are recorded.
struct Receipt {
    uint64_t accepted = 0;
    uint64_t duplicates = 0;
    uint64_t refused = 0;
    uint64_t matched = 0;
    std::vector<Problem> problems;
};

// How a source does, since its first batch. What came after the last batch with new events may be forgotten
// when the process is killed.
struct SourceHealth {
    SourceState state;              // all but its problems
    std::vector<Problem> problems;  // the latest
};

// Why no events, or not all that there are, can be taken now. Each ends by itself when its cause does.
enum class Trouble : uint8_t {
    DiskNearlyFull,  // less is free than is kept for sealing
    Inbox,           // it could not be written
    Alerts,          // the database does not take the matches
    Sealing,         // the lake cannot be written
};
constexpr size_t troubles = 4;
std::string_view name(Trouble trouble);
// Whether events are refused meanwhile; otherwise they are taken for as long as there is memory.
bool stops_intake(Trouble trouble);

struct IntakeOptions {
    size_t readers = 2;
    // Bodies that are in work together; beyond, a source is told to wait.
    uint64_t bodies_bytes_max = 64ULL * 1024 * 1024;
    // Rows that are read and wait to be durable; beyond, readers wait.
    uint64_t rows_bytes_max = 256ULL * 1024 * 1024;
    // A tail that is older is sealed, though it is not full.
    Duration tail_age_max = std::chrono::minutes{10};
    // How long after sealing failed it is tried again.
    Duration seal_retry{std::chrono::seconds{5}};
    // A part of the lake is held to its checksum so often.
    Duration verify_period{std::chrono::seconds{10}};
    // What must be free on the disk, or sources are told to wait.
    uint64_t disk_bytes_min = 512ULL * 1024 * 1024;
    std::string folder;  // whose disk it is
};

constexpr size_t waiting_tails_max = 4;
constexpr size_t source_problems_max = 20;

// body → events → durable, detected, searchable. One batch is one row of the inbox; many that come at once
// are one transaction. Events that were seen before are recognised, whenever that was. Everything that it is
// given must outlive it. Safe to use from many threads.
class Intake {
public:
    struct Parts {
        Inbox& inbox;
        EventStore& store;
        AlertStore& alerts;
        EventFeed& feed;
        const LiveRules& rules;
        const Clock& clock;
        ServiceMetrics& metrics;
        std::string node;  // the name under which the alert store remembers what was applied
        AlertStore::Raised raised;
        std::function<void()> changed;                     // after alerts changed
        std::function<void(const std::string&)> complain;  // what failed behind an answer that was given
    };
    // Brings back what was in the inbox when the process ended.
    static Result<std::unique_ptr<Intake>> open(const Parts& parts, const IntakeOptions& options);
    // Seals the tail.
    ~Intake();

    struct Submission {
        std::string organisation;
        std::string source;
        std::string body;
        std::string source_kind = "http";  // for counts
        std::string file;                  // that it is of, for problems in it; empty: none
        uint64_t records_before = 0;       // in that file
    };
    // Waits until the batch is durable and detected. Busy when more is in work than can be held, or it
    // cannot be kept: the same batch may come again later. BadInput when it cannot be read at all.
    Result<Receipt> take(Submission submission);

    // What went wrong with a source outside of its batches, as a file that cannot be opened.
    void report(const std::string& organisation, const std::string& source, Problem problem);
    std::vector<SourceHealth> health(const std::string& organisation) const;
    // What stands in the way now; nothing when events are taken.
    std::vector<Trouble> trouble() const;
    uint64_t bodies_bytes() const;
    size_t waiting() const;

private:
    struct Pending {
        Submission submission;
        uint64_t body_bytes = 0;
        Time received;
        ReadBatch batch;
        Receipt receipt;
        std::vector<uint32_t> accepted;           // which of the batch's rows
        std::shared_ptr<const Tail::Batch> kept;  // they, once they are durable
        bool is_noted = false;                    // in its source's health
        std::promise<Result<Receipt>> done;
    };
    struct HashOfId {
        size_t operator()(const Hash128& id) const { return id.low; }
    };
    // What the alert store could not take yet.
    struct Unapplied {
        uint64_t number = 0;
        BatchMatches matches;
    };

    Intake(Parts parts, const IntakeOptions& options);
    Result<void> restore();
    Result<void> restore_ids();
    Result<void> restore_batch(InboxBatch batch, uint64_t applied);
    Result<Receipt> take_bounded(Submission submission);
    Result<Receipt> read_and_commit(Submission submission);
    void commit_loop(const std::stop_token& stop);
    void seal_loop(const std::stop_token& stop);
    void commit(std::vector<std::unique_ptr<Pending>> group);
    using Ids = std::unordered_set<Hash128, HashOfId>;
    Result<void> recognise(Pending& pending, Ids& fresh);
    Result<void> recognise_old(Pending& pending);
    Result<void> put(std::vector<std::unique_ptr<Pending>>& group);
    Result<void> apply();
    Result<void> make_room();
    Result<void> check_ready();
    void look_after();
    bool seal_once();
    void told(Trouble trouble, const Result<void>& done);
    void count(const Pending& pending);
    void publish(const Pending& pending);
    void note(Pending& pending);
    void take_back(const Pending& pending);
    void note_refused(const Submission& submission, Time received, const Error& why);
    SourceHealth& health_of(const std::string& organisation, const std::string& source);
    std::vector<SourceState> changed_sources();
    Result<void> keep_sources();
    Hash128 key(const std::string& organisation, std::string_view account, std::string_view id) const;
    Hash128 key(const std::string& organisation, const EventRows& rows, size_t row) const;
    bool is_warm(const Part& part) const;
    void sealed(const Part& made, std::span<const Part> of);

    Parts parts_;
    IntakeOptions options_;
    uint64_t seed_;
    SeenEvents seen_;
    std::atomic<uint64_t> inserted_ = 0;
    mutable std::mutex known_mutex_;
    std::map<std::string, uint64_t> known_at_;  // by part: `inserted_` when its ids were inserted
    std::vector<Unapplied> unapplied_;
    SteadyTime tail_began_;

    mutable std::mutex mutex_;
    std::condition_variable_any moved_;
    std::vector<std::unique_ptr<BatchReader>> idle_readers_;
    std::deque<std::unique_ptr<Pending>> queue_;
    uint64_t bodies_bytes_ = 0;
    uint64_t rows_bytes_ = 0;
    std::map<std::pair<std::string, std::string>, SourceHealth> health_;
    std::set<std::pair<std::string, std::string>> unkept_;  // whose health was not written yet
    bool seal_wanted_ = false;
    std::array<bool, troubles> in_trouble_{};
    std::jthread committer_, sealer_;
};

}  // namespace vigia
