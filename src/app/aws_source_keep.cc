// What a source of SQS does beside taking messages: it deletes, keeps, and looks what changed.
#include <algorithm>

#include "app/aws_source.h"
#include "base/pause.h"
#include "base/thread_name.h"

namespace vigia {

namespace {

constexpr std::chrono::milliseconds keep_period{50};
constexpr std::chrono::seconds refresh_period{2}, depth_period{15};
constexpr size_t letters_at_once = 50;

}  // namespace

// Deletes messages that are done, keeps those in work from others, and looks what changed.
void AwsSource::keep_loop(const std::stop_token& stop) {
    name_thread("sqs keep");
    SteadyTime refresh_at = steady_now(), depth_at = steady_now();
    const std::stop_token never;
    while (true) {
        const bool is_end = stop.stop_requested();
        Result<void> outcome = delete_done(never);
        if (outcome && !is_end) outcome = extend(stop);
        if (outcome && steady_now() >= refresh_at) {
            refresh_at = steady_now() + refresh_period;
            outcome = accounts_.refresh(parts_.clock.now());
            if (outcome && !is_end) outcome = take_letters();
        }
        if (outcome && !is_end && steady_now() >= depth_at) {
            depth_at = steady_now() + depth_period;
            if (auto depth = reach_->sqs().depth(stop)) {
                const std::lock_guard lock(mutex_);
                status_.depth = *depth;
            }
        }
        if (is_end) {
            (void)accounts_.refresh(parts_.clock.now());
            return;
        }
        if (!outcome) tell(outcome);
        pause(keep_period, stop);
    }
}

// Those that could not be deleted come again, and their events are recognised.
Result<void> AwsSource::delete_done(const std::stop_token& stop) {
    while (true) {
        std::vector<std::string> receipts;
        std::vector<SqsVisibility> released;
        {
            const std::lock_guard lock(mutex_);
            const auto count = static_cast<std::ptrdiff_t>(std::min(to_delete_.size(), sqs_batch_max));
            receipts.assign(to_delete_.begin(), to_delete_.begin() + count);
            to_delete_.erase(to_delete_.begin(), to_delete_.begin() + count);
            const auto others = static_cast<std::ptrdiff_t>(std::min(to_release_.size(), sqs_batch_max));
            released.assign(to_release_.begin(), to_release_.begin() + others);
            to_release_.erase(to_release_.begin(), to_release_.begin() + others);
        }
        if (receipts.empty() && released.empty()) return {};
        if (!released.empty()) TRY_VOID(reach_->sqs().set_visibility(released, stop));
        if (!receipts.empty()) TRY_VOID(reach_->sqs().remove(receipts, stop));
    }
}

Result<void> AwsSource::extend(const std::stop_token& stop) {
    const auto visibility = parts_.access.settings().visibility;
    std::vector<Held> due;
    {
        const std::lock_guard lock(mutex_);
        for (const Held& one : held_)
            if (one->kept_until - steady_now() < visibility / 2) due.push_back(one);
    }
    for (size_t i = 0; i < due.size(); i += sqs_batch_max) {
        std::vector<SqsVisibility> some;
        for (size_t j = i; j < std::min(i + sqs_batch_max, due.size()); j++) {
            some.push_back({due[j]->sqs.receipt, visibility});
            due[j]->kept_until = steady_now() + visibility;
        }
        TRY_VOID(reach_->sqs().set_visibility(some, stop));
    }
    return {};
}

// Dead letters that somebody wants to be tried again.
Result<void> AwsSource::take_letters() {
    for (AwsDeadLetter& letter : TRY(parts_.dead_letters.wanted(connection_.id, letters_at_once))) {
        {
            const std::lock_guard lock(mutex_);
            if (!letters_.insert(letter.id).second) continue;
        }
        const auto message = std::make_shared<Message>();
        message->is_letter = true;
        message->letter = std::move(letter);
        const AwsDeadLetter& tried = message->letter;
        if (tried.kind == AwsDeadLetter::Kind::Object) {
            message->objects = {{tried.region, tried.bucket, tried.key}};
        } else {
            message->sqs.body = tried.body;
            auto parsed = parse_notification(tried.body);
            if (parsed) message->objects = std::move(parsed->objects);
            if (!parsed) TRY_VOID(bury_message(*message, parsed.error()));
        }
        message->left = message->objects.size();
        if (message->left == 0)
            done(message);
        else
            enqueue(message);
    }
    return {};
}

}  // namespace vigia
