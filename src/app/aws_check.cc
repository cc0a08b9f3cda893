#include "app/aws_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "aws/sts.h"

namespace vigia {

namespace {

// What to change when a step fails in a way. One row, one remedy; the first that fits is told.
struct Remedy {
    std::string_view step;
    std::optional<ErrorKind> kind;  // any, when there is none
    std::string_view code;
    std::string_view text;
};
constexpr auto remedies = std::to_array<Remedy>({
    {"settings", ErrorKind::NotFound, "settings_missing",
     "deploy the template with the external id of this connection, then set the RoleArn and the QueueUrl "
     "that "
     "it puts out"},
    {"settings", {}, "settings_wrong", "change what the message names"},
    {"credentials", ErrorKind::Io, "credentials_unreachable",
     "check that this machine reaches where its credentials come from: the metadata service, the container "
     "endpoint or STS"},
    {"credentials",
     {},
     "credentials_missing",
     "give the service credentials of AWS: docs/aws.md tells the ways"},
    {"role", ErrorKind::Io, "sts_unreachable",
     "check that this machine reaches STS: name resolution, proxy, firewall, endpoint"},
    {"role",
     {},
     "role_refused",
     "let the trust policy of the role name whoever the service is, with the external id of this connection, "
     "and let the service's own policy allow sts:AssumeRole on the role"},
    {"queue", ErrorKind::NotFound, "queue_not_found", "check the queue's URL and its region"},
    {"queue", ErrorKind::Denied, "queue_denied",
     "give the role sqs:GetQueueAttributes on the queue, and check that the queue's policy does not deny it"},
    {"queue",
     {},
     "sqs_unreachable",
     "check that this machine reaches SQS: name resolution, proxy, firewall, endpoint"},
    {"messages", ErrorKind::Denied, "messages_denied",
     "give the role sqs:ReceiveMessage, sqs:DeleteMessage and sqs:ChangeMessageVisibility on the queue, and "
     "kms:Decrypt on the queue's key when it has one"},
    {"messages",
     {},
     "sqs_unreachable",
     "check that this machine reaches SQS: name resolution, proxy, firewall, endpoint"},
    {"files", ErrorKind::Denied, "files_denied",
     "give the role s3:GetObject on the bucket, and kms:Decrypt on the key that its files are encrypted "
     "with"},
    {"files", ErrorKind::NotFound, "files_not_found",
     "check that the bucket is still there, and that files are kept for longer than messages wait"},
    {"files",
     {},
     "s3_unreachable",
     "check that this machine reaches S3: name resolution, proxy, firewall, endpoint"},
});

// For calls on a message that is not: SQS refuses the receipt after it has looked at the rights.
const std::string no_receipt = "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a";

AwsCheckStep failed(std::string_view step, const Error& why) {
    const auto remedy = std::ranges::find_if(remedies, [&](const Remedy& one) {
        return one.step == step && (!one.kind || *one.kind == why.kind);
    });
    AwsCheckStep made{std::string(step), AwsCheckStep::Outcome::Failed, why.message, "", ""};
    if (remedy == remedies.end()) return made;
    made.code = remedy->code;
    made.remedy = remedy->text;
    return made;
}

AwsCheckStep passed(std::string_view step, std::string detail) {
    return {std::string(step), AwsCheckStep::Outcome::Passed, std::move(detail), "", ""};
}

// The messages that were seen: they are for others again at once.
Result<std::vector<SqsMessage>> try_messages(SqsClient& queue, const std::stop_token& stop) {
    auto seen = TRY(queue.receive({1, std::chrono::seconds{0}, std::chrono::seconds{0}}, stop));
    TRY_VOID(queue.set_visibility(std::array{SqsVisibility{no_receipt, std::chrono::seconds{0}}}, stop));
    TRY_VOID(queue.remove(std::array{no_receipt}, stop));
    return seen;
}

std::optional<NotifiedObject> file_of(const std::vector<SqsMessage>& messages) {
    for (const SqsMessage& one : messages)
        if (const auto told = parse_notification(one.body); told && !told->objects.empty())
            return told->objects.front();
    return std::nullopt;
}

AwsCheckStep try_file(AwsReach& reach, const std::optional<NotifiedObject>& file,
                      const std::stop_token& stop) {
    if (!file)
        return {"files", AwsCheckStep::Outcome::Skipped,
                "no message has told of a file yet: try again when one did", "", ""};
    const S3Place place{file->region.empty() ? reach.region() : file->region, file->bucket, file->key};
    const auto piece = reach.s3().get(place, 0, "", stop);
    if (!piece) return failed("files", piece.error());
    return passed("files", fmt::format("s3://{}/{} can be read", file->bucket, file->key));
}

}  // namespace

std::string_view name(AwsCheckStep::Outcome outcome) {
    switch (outcome) {
        case AwsCheckStep::Outcome::Passed:
            return "passed";
        case AwsCheckStep::Outcome::Failed:
            return "failed";
        case AwsCheckStep::Outcome::Skipped:
            return "skipped";
    }
    return "";
}

AwsCheck check_connection(const AwsAccess& access, const AwsConnection& connection,
                          const std::optional<NotifiedObject>& last, const std::stop_token& stop) {
    AwsCheck check;
    const auto with = [&](AwsCheckStep step) {
        check.steps.push_back(std::move(step));
        return check;
    };
    const auto own = access.identity(connection.region, stop);
    if (!own) return with(failed("credentials", own.error()));
    check.principal = principal_of(own->arn);
    with(passed("credentials", fmt::format("{}, from {}", own->arn, own->from)));
    const auto reach = access.reach(connection);
    if (!reach) return with(failed("settings", reach.error()));
    if (!connection.role_arn.empty()) {
        const auto role = (*reach)->credentials().get(stop);
        if (!role) return with(failed("role", role.error()));
        with(passed("role", role->from));
    }
    SqsClient& queue = (*reach)->sqs();
    const auto depth = queue.depth(stop);
    if (!depth) return with(failed("queue", depth.error()));
    with(passed("queue", fmt::format("{} messages wait", depth->waiting)));
    const auto seen = try_messages(queue, stop);
    if (!seen) return with(failed("messages", seen.error()));
    with(passed("messages", fmt::format("{} messages were looked at", seen->size())));
    const auto waiting = file_of(*seen);
    return with(try_file(**reach, waiting ? waiting : last, stop));
}

}  // namespace vigia
