#include "app/aws_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "base/pause.h"
#include "base/random.h"
#include "base/thread_name.h"

namespace vigia {

namespace {

constexpr size_t receivers = 4;
constexpr size_t messages_in_work_max = 400;
constexpr std::chrono::seconds receive_wait{20};
constexpr std::chrono::seconds failed_wait{5};
// A message whose object fails comes again after 4 s, then after twice as long each time, 15 minutes at most.
constexpr std::chrono::seconds again_first{4}, again_max{900};
// So often is tried what fails for want of rights, and what fails for other reasons.
constexpr uint64_t denied_receives_max = 5, receives_max = 50;

std::chrono::seconds again_after(uint64_t receives) {
    std::chrono::seconds wait = again_first;
    for (uint64_t i = 1; i < receives && wait < again_max; i++) wait *= 2;
    return std::min(wait, again_max);
}

std::string letter_id(std::string_view connection, std::string_view what) {
    return hex(sha256(fmt::format("{}\n{}", connection, what))).substr(0, 32);
}

}  // namespace

AwsDeadLetter object_letter(const AwsConnection& connection, const NotifiedObject& object,
                            const std::string& reason) {
    return {.id = letter_id(connection.id, object.bucket + "/" + object.key),
            .organisation = connection.organisation,
            .connection = connection.id,
            .kind = AwsDeadLetter::Kind::Object,
            .region = object.region,
            .bucket = object.bucket,
            .key = object.key,
            .reason = reason};
}

AwsSource::AwsSource(const Parts& parts, AwsConnection connection)
    : parts_(parts), connection_(std::move(connection)), accounts_(parts_.connections, connection_) {
    auto reach = parts_.access.reach(connection_);
    if (!reach) {
        tell(std::unexpected(std::move(reach.error())));
        return;
    }
    reach_ = std::move(*reach);
    reader_.emplace(parts_.intake, *reach_, accounts_, connection_.source(), parts_.taken);
    // Whose the accounts are is known before the first message comes.
    tell(accounts_.refresh(parts_.clock.now()));
    keeper_ = std::jthread([this](const std::stop_token& stop) { keep_loop(stop); });
    for (size_t i = 0; i < receivers; i++)
        threads_.emplace_back([this, i](const std::stop_token& stop) { receive_loop(i, stop); });
    for (size_t i = 0; i < parts_.access.settings().objects_in_flight; i++)
        threads_.emplace_back([this](const std::stop_token& stop) { work_loop(stop); });
}

AwsSource::~AwsSource() {
    // All at once: each may wait for the network.
    for (std::jthread& one : threads_) one.request_stop();
    threads_.clear();
    // Last, for it deletes what the others have done.
    keeper_ = {};
}

AwsSourceStatus AwsSource::status() const {
    const std::lock_guard lock(mutex_);
    AwsSourceStatus status = status_;
    status.in_work = held_.size();
    return status;
}

// What stands in the way, once when it begins.
void AwsSource::tell(const Result<void>& outcome) {
    const std::lock_guard lock(mutex_);
    if (outcome) {
        status_.error.clear();
        return;
    }
    if (outcome.error().message != status_.error)
        parts_.complain(fmt::format("the connection {}: {}", connection_.name, outcome.error().message));
    status_.error = outcome.error().message;
    status_.error_at = parts_.clock.now();
}

// One waits for messages; the others help while there are many, for each call costs.
void AwsSource::receive_loop(size_t receiver, const std::stop_token& stop) {
    name_thread("sqs receive");
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(mutex_);
            const bool has_room = room_came_.wait(lock, stop, [&] {
                return held_.size() < messages_in_work_max && (receiver == 0 || is_full_);
            });
            if (!has_room) return;
        }
        const Result<void> received = receive(stop);
        if (stop.stop_requested()) return;
        tell(received);
        if (!received) pause(failed_wait, stop);
    }
}

Result<void> AwsSource::receive(const std::stop_token& stop) {
    const auto visibility = parts_.access.settings().visibility;
    auto messages = TRY(reach_->sqs().receive({sqs_batch_max, receive_wait, visibility}, stop));
    {
        const std::lock_guard lock(mutex_);
        is_full_ = messages.size() == sqs_batch_max;
        if (is_full_) room_came_.notify_all();
    }
    for (SqsMessage& one : messages) {
        const auto held = std::make_shared<Message>();
        held->sqs = std::move(one);
        held->kept_until = steady_now() + visibility;
        {
            const std::lock_guard lock(mutex_);
            held_.insert(held);
            status_.messages++;
            status_.last_message = parts_.clock.now();
        }
        TRY_VOID(begin(held));
    }
    return {};
}

// Puts the objects of the message in work.
Result<void> AwsSource::begin(const Held& message) {
    auto parsed = parse_notification(message->sqs.body);
    if (!parsed) {
        const auto buried = bury_message(*message, parsed.error());
        message->is_failed = !buried;
        done(message);
        return buried;
    }
    message->objects = std::move(parsed->objects);
    // What stands for a folder has no content.
    std::erase_if(message->objects, [](const NotifiedObject& one) { return one.key.ends_with('/'); });
    message->left = message->objects.size();
    if (message->left > 0) {
        enqueue(message);
        return {};
    }
    {
        const std::lock_guard lock(mutex_);
        status_.tests++;
    }
    done(message);
    return {};
}

void AwsSource::enqueue(const Held& message) {
    const std::lock_guard lock(mutex_);
    for (size_t i = 0; i < message->objects.size(); i++) {
        work_.push_back({message, i});
        work_came_.notify_one();
    }
}

void AwsSource::work_loop(const std::stop_token& stop) {
    name_thread("s3 object");
    while (true) {
        Work one;
        {
            std::unique_lock lock(mutex_);
            if (!work_came_.wait(lock, stop, [&] { return !work_.empty(); }) || stop.stop_requested()) return;
            one = std::move(work_.front());
            work_.pop_front();
        }
        work(one, stop);
    }
}

void AwsSource::work(const Work& one, const std::stop_token& stop) {
    const NotifiedObject& object = one.message->objects[one.object];
    {
        const std::lock_guard lock(mutex_);
        status_.last_object = object;
    }
    const auto taken = reader_->take(object, stop);
    bool is_failed = !taken;
    if (!taken && !stop.stop_requested()) {
        const std::string reason = taken.error().message;
        // A dead letter that fails again is one again.
        if (one.message->is_letter || is_hopeless(*one.message, taken.error())) {
            parts_.intake.report(connection_.organisation, connection_.source(),
                                 {fmt::format("s3://{}/{}", object.bucket, object.key), 0, 0, reason});
            const auto buried = bury(*one.message, object_letter(connection_, object, reason));
            is_failed = !buried;
            if (!buried) tell(buried);
        } else {
            const std::lock_guard lock(mutex_);
            status_.failure = reason;
            status_.failure_at = parts_.clock.now();
        }
    }
    bool is_last = false;
    {
        const std::lock_guard lock(mutex_);
        if (taken) {
            status_.objects++;
            status_.bytes += *taken;
        } else if (is_failed) {
            status_.failures++;
        }
        one.message->is_failed = one.message->is_failed || is_failed;
        is_last = --one.message->left == 0;
    }
    if (is_last) done(one.message);
}

// Whether the same would happen each time. What is not there, and what cannot be read, stays so.
bool AwsSource::is_hopeless(const Message& message, const Error& why) const {
    switch (why.kind) {
        case ErrorKind::BadInput:
        case ErrorKind::Corrupt:
        case ErrorKind::NotFound:
            return true;
        case ErrorKind::Denied:
            return message.sqs.receives >= denied_receives_max;
        case ErrorKind::Conflict:
        case ErrorKind::Busy:
        case ErrorKind::Io:
            return message.sqs.receives >= receives_max;
    }
    return false;
}

Result<void> AwsSource::bury(Message& message, AwsDeadLetter letter) {
    TRY_VOID(parts_.dead_letters.put(letter));
    const std::lock_guard lock(mutex_);
    status_.dead++;
    message.is_again = message.is_again || letter.id == message.letter.id;
    return {};
}

Result<void> AwsSource::bury_message(Message& message, const Error& why) {
    return bury(message, {.id = letter_id(connection_.id, message.sqs.body),
                          .organisation = connection_.organisation,
                          .connection = connection_.id,
                          .kind = AwsDeadLetter::Kind::Message,
                          .body = message.sqs.body,
                          .reason = "the message was not understood: " + why.message});
}

// Nothing of the message is in work any more.
void AwsSource::done(const Held& message) {
    if (message->is_letter) {
        letter_done(*message);
        return;
    }
    const std::lock_guard lock(mutex_);
    held_.erase(message);
    room_came_.notify_one();
    if (message->is_failed) {
        to_release_.push_back({message->sqs.receipt, again_after(message->sqs.receives)});
        return;
    }
    if (message->sqs.sent)
        status_.lag_s = std::chrono::duration<double>(parts_.clock.now() - *message->sqs.sent).count();
    to_delete_.push_back(message->sqs.receipt);
}

void AwsSource::letter_done(const Message& message) {
    if (!message.is_failed && !message.is_again) {
        const AwsDeadLetter& letter = message.letter;
        const auto removed = parts_.dead_letters.remove(letter.organisation, letter.connection, letter.id);
        if (!removed && removed.error().kind != ErrorKind::NotFound) tell(removed);
    }
    const std::lock_guard lock(mutex_);
    letters_.erase(message.letter.id);
}

}  // namespace vigia
