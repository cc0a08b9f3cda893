#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "app/aws_access.h"
#include "app/aws_objects.h"
#include "app/intake.h"
#include "catalog/aws_connections.h"
#include "catalog/aws_dead_letters.h"

namespace vigia {

// The object, set aside.
AwsDeadLetter object_letter(const AwsConnection& connection, const NotifiedObject& object,
                            const std::string& reason);

// How a connection does, since the process began.
struct AwsSourceStatus {
    std::string error;  // what stands in its way now; empty when nothing does
    std::optional<Time> error_at;
    std::string failure;  // the last of an object
    std::optional<Time> failure_at;
    std::optional<Time> last_message;
    std::optional<NotifiedObject> last_object;  // that was begun
    std::optional<double> lag_s;  // of the last message: from when it was sent until it was done
    uint64_t messages = 0;
    uint64_t objects = 0;
    uint64_t bytes = 0;
    uint64_t failures = 0;  // attempts that will be made again
    uint64_t dead = 0;      // set aside
    uint64_t tests = 0;     // s3:TestEvent, and what tells of no new object
    size_t in_work = 0;     // messages
    std::optional<SqsClient::Depth> depth;
};

// A queue of SQS that tells of objects. Messages are received while there is room for them, their objects are
// read by many threads, and a message is deleted when all of them are durable and detected, or stand in the
// list of dead letters. Until then the message is kept from others; after a crash it comes again, and its
// events are recognised.
class AwsSource {
public:
    struct Parts {
        Intake& intake;
        AwsConnections& connections;
        AwsDeadLetters& dead_letters;
        const AwsAccess& access;
        const Clock& clock;
        std::function<void(const std::string&)> complain;
        FileArrived taken;  // as AwsObjectReader has it
    };
    // Everything in `parts` must outlive it.
    AwsSource(const Parts& parts, AwsConnection connection);
    ~AwsSource();

    const AwsConnection& connection() const { return connection_; }
    AwsSourceStatus status() const;

private:
    // A message in work, or a dead letter that is tried again.
    struct Message {
        SqsMessage sqs;
        bool is_letter = false;
        AwsDeadLetter letter;
        std::vector<NotifiedObject> objects;
        SteadyTime kept_until;   // until then it is nobody else's
        size_t left = 0;         // objects that are not done
        bool is_failed = false;  // it comes again
        bool is_again = false;   // the letter is one again
    };
    using Held = std::shared_ptr<Message>;
    struct Work {
        Held message;
        size_t object = 0;
    };

    void receive_loop(size_t receiver, const std::stop_token& stop);
    void work_loop(const std::stop_token& stop);
    void keep_loop(const std::stop_token& stop);
    Result<void> receive(const std::stop_token& stop);
    Result<void> begin(const Held& message);
    void enqueue(const Held& message);
    void work(const Work& one, const std::stop_token& stop);
    bool is_hopeless(const Message& message, const Error& why) const;
    // Sets aside an object of the message, or the message.
    Result<void> bury(Message& message, AwsDeadLetter letter);
    Result<void> bury_message(Message& message, const Error& why);
    void done(const Held& message);
    void letter_done(const Message& message);
    Result<void> delete_done(const std::stop_token& stop);
    Result<void> extend(const std::stop_token& stop);
    Result<void> take_letters();
    void tell(const Result<void>& outcome);

    Parts parts_;
    const AwsConnection connection_;
    std::unique_ptr<AwsReach> reach_;  // none: what its error says
    AwsAccountMap accounts_;
    std::optional<AwsObjectReader> reader_;

    mutable std::mutex mutex_;
    std::condition_variable_any work_came_, room_came_;
    std::deque<Work> work_;
    std::set<Held> held_;
    std::set<std::string> letters_;  // in work
    std::vector<std::string> to_delete_;
    std::vector<SqsVisibility> to_release_;
    bool is_full_ = false;  // the last call for messages brought as many as one can
    AwsSourceStatus status_;
    std::vector<std::jthread> threads_;
    std::jthread keeper_;
};

}  // namespace vigia
