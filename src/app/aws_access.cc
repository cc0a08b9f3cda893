#include "app/aws_access.h"

#include "aws/sts.h"

namespace vigia {

Result<std::unique_ptr<AwsReach>> AwsAccess::reach(const AwsConnection& connection) const {
    if (connection.is_draft()) return error(ErrorKind::NotFound, "the queue or the role is not there yet");
    SqsQueue queue = TRY(SqsQueue::parse(connection.queue_url, connection.region, from_.endpoints));
    std::shared_ptr<CredentialCache> credentials = own_;
    if (!connection.role_arn.empty()) {
        if (!is_role_arn(connection.role_arn))
            return error(ErrorKind::BadInput,
                         "the role's ARN is none: it is as arn:aws:iam::111122223333:role/vigia");
        AssumedRole role{.arn = connection.role_arn,
                         .external_id = connection.external_id,
                         .session_name = "vigia",
                         .region = queue.region};
        credentials =
            std::make_shared<CredentialCache>(assumed_role(from_, own_, std::move(role)), from_.clock);
    }
    return std::make_unique<AwsReach>(from_, std::move(credentials), std::move(queue));
}

Result<AwsIdentity> AwsAccess::identity(std::string region, const std::stop_token& stop) const {
    const AwsCredentials own = TRY(own_->get(stop));
    if (region.empty()) region = default_region(from_);
    if (region.empty()) region = "us-east-1";
    AwsClient client({from_.transfers, own_, from_.clock, from_.endpoints.ca_file});
    std::string arn = TRY(caller_identity(client, from_.endpoints, region, stop));
    return AwsIdentity{std::move(arn), own.from, std::move(region)};
}

}  // namespace vigia
