#include "app/aws_backfill_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/pause.h"
#include "base/thread_name.h"

namespace vigia {

namespace {

constexpr size_t shards_at_once = 4, objects_at_once = 16;
constexpr size_t page_keys = 200;
constexpr size_t prefix_depth_max = 12;
constexpr size_t shards_max = 100'000;
constexpr int object_attempts_max = 5;
constexpr std::chrono::seconds failed_wait{2};
constexpr std::chrono::milliseconds keep_period{1'000}, look_period{50};
// While live messages wait, an object waits so long at most: then it goes ahead, that the back-fill ends.
constexpr std::chrono::milliseconds yield_step{20}, yield_max{400};

bool is_transient(ErrorKind kind) {
    return kind == ErrorKind::Io || kind == ErrorKind::Busy || kind == ErrorKind::Conflict;
}

}  // namespace

// Objects of one page of a list, in work.
struct AwsBackfillRun::Page {
    size_t left = 0;
    std::atomic<uint64_t> done = 0, failed = 0, bytes = 0;
    Result<void> outcome;
};

AwsBackfillRun::AwsBackfillRun(const Parts& parts, const AwsConnection& connection, AwsBackfill backfill)
    : parts_(parts),
      connection_(connection),
      backfill_(std::move(backfill)),
      accounts_(parts_.source.connections, connection_),
      found_(backfill_.found),
      done_(backfill_.done),
      failed_(backfill_.failed),
      bytes_(backfill_.bytes),
      next_turn_(steady_now()) {
    if (backfill_.region.empty()) {
        if (const auto queue = SqsQueue::parse(connection_.queue_url, connection_.region,
                                               parts_.source.access.surroundings().endpoints))
            backfill_.region = queue->region;
    }
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

AwsBackfillRun::~AwsBackfillRun() = default;

Result<void> AwsBackfillRun::keep(AwsBackfill::State state) {
    AwsBackfill now = backfill_;
    now.found = found_;
    now.done = done_;
    now.failed = failed_;
    now.bytes = bytes_;
    now.state = state;
    {
        const std::lock_guard lock(mutex_);
        now.error = error_;
    }
    return parts_.backfills.keep(now);
}

void AwsBackfillRun::run(const std::stop_token& stop) {
    name_thread("backfill");
    auto reach = parts_.source.access.reach(connection_);
    Result<void> outcome;
    if (!reach) {
        outcome = std::unexpected(std::move(reach.error()));
    } else {
        reach_ = std::move(*reach);
        reader_.emplace(parts_.source.intake, *reach_, accounts_, connection_.source(),
                        parts_.source.taken);
        outcome = accounts_.refresh(parts_.source.clock.now());
        if (outcome) outcome = find_shards(stop);
    }
    if (outcome) read_shards(stop);
    std::string failure = outcome ? "" : outcome.error().message;
    {
        const std::lock_guard lock(mutex_);
        if (error_.empty()) error_ = failure;
        failure = error_;
    }
    const bool is_over = !stop.stop_requested();
    const auto state = !is_over          ? AwsBackfill::State::Running
                       : failure.empty() ? AwsBackfill::State::Done
                                         : AwsBackfill::State::Failed;
    if (const auto kept = keep(state); !kept) parts_.source.complain(kept.error().message);
    has_ended_ = true;
}

// Reads all prefixes, several at a time, until they are read, one cannot be, or it is stopped.
void AwsBackfillRun::read_shards(const std::stop_token& stop) {
    std::vector<std::jthread> objects, shards;
    for (size_t i = 0; i < objects_at_once; i++)
        objects.emplace_back([this](const std::stop_token& over) { object_loop(over); });
    std::atomic<size_t> busy = shards_at_once;
    for (size_t i = 0; i < shards_at_once; i++)
        shards.emplace_back([this, &busy](const std::stop_token& over) {
            shard_loop(over);
            busy--;
        });
    for (SteadyTime keep_at = steady_now(); busy > 0 && !stop.stop_requested(); pause(look_period, stop)) {
        if (steady_now() < keep_at) continue;
        keep_at = steady_now() + keep_period;
        if (auto kept = keep(AwsBackfill::State::Running); !kept)
            parts_.source.complain(kept.error().message);
    }
    for (auto* const all : {&shards, &objects})
        for (std::jthread& one : *all) one.request_stop();
    shards.clear();
    objects.clear();
    (void)accounts_.refresh(parts_.source.clock.now());
}

// A page of a list; what the network does is waited out.
Result<S3ListPage> AwsBackfillRun::list(S3ListQuery query, const std::stop_token& stop) {
    query.region = backfill_.region;
    query.bucket = backfill_.bucket;
    query.delimiter = '/';
    while (true) {
        auto page = reach_->s3().list(query, stop);
        if (page || !is_transient(page.error().kind) || stop.stop_requested()) return page;
        pause(failed_wait, stop);
    }
}

// The prefixes below the one that is asked for, each with objects of its own; found once, and kept.
Result<void> AwsBackfillRun::find_shards(const std::stop_token& stop) {
    if (!backfill_.is_listed) {
        std::vector<AwsBackfillShard> found;
        TRY_VOID(descend(backfill_.prefix, 0, found, stop));
        TRY_VOID(parts_.backfills.add_shards(backfill_.id, found));
        backfill_.is_listed = true;
        TRY_VOID(keep(AwsBackfill::State::Running));
    }
    const std::lock_guard lock(mutex_);
    for (AwsBackfillShard& one : TRY(parts_.backfills.shards(backfill_.id)))
        if (!one.done) shards_.push_back(std::move(one));
    return {};
}

Result<void> AwsBackfillRun::descend(const std::string& prefix, size_t depth,
                                     std::vector<AwsBackfillShard>& shards, const std::stop_token& stop) {
    if (stop.stop_requested()) return error(ErrorKind::Io, "the back-fill was stopped");
    // Digests have no events.
    if (prefix.ends_with("/CloudTrail-Digest/")) return {};
    if (const auto span = span_of_prefix(prefix)) {
        if (backfill_.from && span->until <= *backfill_.from) return {};
        // A file that is written after midnight can have the folder of the day before.
        if (backfill_.until && span->from >= *backfill_.until) return {};
    }
    if (depth > prefix_depth_max || shards.size() > shards_max)
        return error(
            ErrorKind::BadInput,
            fmt::format("there are more than {} prefixes, or more than {} one below the other: give a "
                        "longer prefix or a shorter time",
                        shards_max, prefix_depth_max));
    bool has_objects = false;
    S3ListQuery query{.prefix = prefix};
    do {
        const S3ListPage page = TRY(list(query, stop));
        has_objects = has_objects || !page.objects.empty();
        for (const std::string& below : page.prefixes) TRY_VOID(descend(below, depth + 1, shards, stop));
        query.token = page.next;
    } while (!query.token.empty());
    if (has_objects) shards.push_back({prefix, "", false});
    return {};
}

void AwsBackfillRun::shard_loop(const std::stop_token& stop) {
    name_thread("backfill list");
    while (!stop.stop_requested()) {
        AwsBackfillShard shard;
        {
            const std::lock_guard lock(mutex_);
            if (shards_.empty() || !error_.empty()) return;
            shard = std::move(shards_.front());
            shards_.pop_front();
        }
        const auto read = read_shard(shard, stop);
        if (read || stop.stop_requested()) continue;
        const std::lock_guard lock(mutex_);
        error_ = read.error().message;
        return;
    }
}

Result<void> AwsBackfillRun::read_shard(AwsBackfillShard& shard, const std::stop_token& stop) {
    S3ListQuery query{.prefix = shard.prefix, .start_after = shard.position, .keys_max = page_keys};
    while (true) {
        const S3ListPage page = TRY(list(query, stop));
        TRY_VOID(read_page(page, stop));
        if (!page.objects.empty()) shard.position = page.objects.back().key;
        shard.done = page.next.empty();
        TRY_VOID(parts_.backfills.keep_shard(backfill_.id, shard));
        if (shard.done) return {};
        query.token = page.next;
    }
}

bool AwsBackfillRun::is_wanted(const S3Listed& object) const {
    if (object.key.ends_with('/') || object.bytes == 0) return false;
    auto written = time_of_key(object.key);
    if (!written) written = object.modified;
    if (!written) return true;
    return !(backfill_.from && *written < *backfill_.from) &&
           !(backfill_.until && *written >= *backfill_.until);
}

// Waits until all that is wanted of the page is durable, or set aside.
Result<void> AwsBackfillRun::read_page(const S3ListPage& listed, const std::stop_token& stop) {
    Page page;
    std::unique_lock lock(mutex_);
    for (const S3Listed& one : listed.objects) {
        if (!is_wanted(one)) continue;
        work_.push_back({{backfill_.region, backfill_.bucket, one.key, one.bytes}, &page});
        page.left++;
        work_came_.notify_one();
    }
    const size_t all = page.left;
    if (!page_done_.wait(lock, stop, [&] { return page.left == 0; })) {
        // What nobody began does not begin; what somebody has in work is waited for.
        page.left -= std::erase_if(work_, [&](const Work& one) { return one.page == &page; });
        page_done_.wait(lock, [&] { return page.left == 0; });
        return error(ErrorKind::Io, "the back-fill was stopped");
    }
    TRY_VOID(page.outcome);
    // As wholes, for a page that was not finished is read again.
    found_ += all;
    done_ += page.done;
    failed_ += page.failed;
    bytes_ += page.bytes;
    return {};
}

void AwsBackfillRun::object_loop(const std::stop_token& stop) {
    name_thread("backfill get");
    while (true) {
        Work one;
        {
            std::unique_lock lock(mutex_);
            if (!work_came_.wait(lock, stop, [&] { return !work_.empty(); }) || stop.stop_requested()) return;
            one = std::move(work_.front());
            work_.pop_front();
        }
        wait_turn(stop);
        const auto read = read_object(one.object, *one.page, stop);
        const std::lock_guard lock(mutex_);
        if (!read) one.page->outcome = read;
        one.page->left--;
        page_done_.notify_all();
    }
}

// By the rate that was asked for, and after live messages.
void AwsBackfillRun::wait_turn(const std::stop_token& stop) {
    if (backfill_.objects_per_second > 0) {
        SteadyTime turn;
        {
            const std::lock_guard lock(mutex_);
            turn = next_turn_ = std::max(next_turn_, steady_now());
            next_turn_ += std::chrono::nanoseconds{std::chrono::seconds{1}} / backfill_.objects_per_second;
        }
        pause(turn - steady_now(), stop);
    }
    for (auto waited = yield_step; waited < yield_max && parts_.is_live_busy() && !stop.stop_requested();
         waited += yield_step)
        pause(yield_step, stop);
}

Result<void> AwsBackfillRun::read_object(const NotifiedObject& object, Page& page,
                                         const std::stop_token& stop) {
    for (int attempts = 1;; attempts++) {
        const auto taken = reader_->take(object, stop);
        if (taken) {
            page.done++;
            page.bytes += *taken;
            return {};
        }
        if (stop.stop_requested()) return std::unexpected(taken.error());
        if (is_transient(taken.error().kind) && attempts < object_attempts_max) {
            pause(failed_wait, stop);
            continue;
        }
        if (taken.error().kind == ErrorKind::Denied) return std::unexpected(taken.error());
        TRY_VOID(parts_.source.dead_letters.put(object_letter(connection_, object, taken.error().message)));
        page.failed++;
        return {};
    }
}

}  // namespace vigia
