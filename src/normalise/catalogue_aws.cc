#include "normalise/catalogue_tables.h"

namespace vigia {

namespace {

using enum FieldType;

// Field names and meanings after the CloudTrail record contents reference of the AWS CloudTrail User Guide.
constexpr auto cloudtrail_fields = std::to_array<FieldSpec>({
    {"additionalEventData", Object,
     "What the service adds to the record, such as MFAUsed of a console login."},
    {"addendum", Object, "Why a record was delivered late or again."},
    {"apiVersion", Text, "The version of the service's API."},
    {"awsRegion", Text, "The region that the call was made to.", true},
    {"edgeDeviceDetails", Object, "The edge device that the call was made on."},
    {"errorCode", Text, "The error with which the call failed; null when it succeeded."},
    {"errorMessage", Text, "What the error said."},
    {"eventCategory", Text, "Management, Data, NetworkActivity or Insight.", true},
    {"eventID", Text, "The record's own id, a UUID."},
    {"eventName", Text, "The API call, as AWS spells it: PutImage."},
    {"eventSource", Text, "The service called: ecr.amazonaws.com."},
    {"eventTime", Timestamp, "When the call was completed, in UTC."},
    {"eventType", Text,
     "AwsApiCall, AwsServiceEvent, AwsConsoleAction, AwsConsoleSignIn or AwsCloudTrailInsight.", true},
    {"eventVersion", Text, "The version of the record's format.", true},
    {"insightDetails", Object, "What an Insights event found unusual."},
    {"managementEvent", Boolean, "Whether the call is a management event.", true},
    {"readOnly", Boolean, "Whether the call only reads.", true},
    {"recipientAccountId", Text, "The account that received the record.", true},
    {"requestID", Text, "The id of the request, made by the service."},
    {"requestParameters", Object, "What the caller asked for; any path below it."},
    {"resources", Object, "The resources that the call touched."},
    {"resources.ARN", Text, "The ARN of a resource."},
    {"resources.accountId", Text, "The account that owns a resource."},
    {"resources.type", Text, "The type of a resource, such as AWS::S3::Object."},
    {"responseElements", Object,
     "What the call answered, for calls that change something; any path below it."},
    {"serviceEventDetails", Object, "What a service event is about."},
    {"sessionCredentialFromConsole", Text, "true when the call came from a session of the console.", true},
    {"sharedEventID", Text, "The id that is the same in all accounts that received the event."},
    {"sourceIPAddress", Address, "Where the call came from: an address, a service's name, or AWS Internal."},
    {"tlsDetails", Object, "The TLS version, the cipher suite and the host name of the call."},
    {"tlsDetails.tlsVersion", Text, "The TLS version of the call.", true},
    {"userAgent", Text, "The program that made the call, as it names itself."},
    {"userIdentity", Object, "Who made the call."},
    {"userIdentity.accessKeyId", Text, "The access key that signed the call."},
    {"userIdentity.accountId", Text, "The account of the identity.", true},
    {"userIdentity.arn", Text, "The ARN of the identity."},
    {"userIdentity.identityProvider", Text, "The provider of a federated identity."},
    {"userIdentity.invokedBy", Text, "The service that made the call for the identity."},
    {"userIdentity.principalId", Text,
     "The unique id of the identity; for a role, with the session's name after a colon."},
    {"userIdentity.sessionContext", Object, "The session of temporary credentials."},
    {"userIdentity.sessionContext.attributes.creationDate", Timestamp, "When the session was made."},
    {"userIdentity.sessionContext.attributes.mfaAuthenticated", Boolean,
     "Whether the session was made with a second factor.", true},
    {"userIdentity.sessionContext.sessionIssuer.arn", Text,
     "The ARN of the role or user that the session came from."},
    {"userIdentity.sessionContext.sessionIssuer.userName", Text,
     "The name of the role or user that the session came from."},
    {"userIdentity.type", Text,
     "Root, IAMUser, AssumedRole, FederatedUser, AWSAccount, AWSService, IdentityCenterUser …", true},
    {"userIdentity.userName", Text, "The name of the IAM user."},
    {"vpcEndpointAccountId", Text, "The account of the VPC endpoint that the call went through."},
    {"vpcEndpointId", Text, "The VPC endpoint that the call went through."},
});

constexpr auto cloudtrail_user = std::to_array<AliasReading>({
    {"userIdentity.userName", Reading::Whole},
    {"userIdentity.principalId", Reading::SessionName},
    {"userIdentity.type", Reading::RootName},
    {"userIdentity.invokedBy", Reading::Whole},
});
constexpr auto cloudtrail_ip = std::to_array<AliasReading>({{"sourceIPAddress"}});
constexpr auto cloudtrail_account =
    std::to_array<AliasReading>({{"recipientAccountId"}, {"userIdentity.accountId"}});
constexpr auto cloudtrail_region = std::to_array<AliasReading>({{"awsRegion"}});
constexpr auto cloudtrail_bucket = std::to_array<AliasReading>({{"requestParameters.bucketName"}});
constexpr auto cloudtrail_time = std::to_array<AliasReading>({{"eventTime"}});
constexpr auto cloudtrail_id = std::to_array<AliasReading>({{"eventID"}});

constexpr auto cloudtrail_aliases = std::to_array<AliasSpec>({
    {"user", "Who called: the IAM user, the role session's name, root, or the service that called.",
     cloudtrail_user},
    {"ip", "Where the call came from.", cloudtrail_ip},
    {"src_ip", "Where the call came from.", cloudtrail_ip},
    {"dst_ip", "The address called; CloudTrail does not record it.", {}},
    {"port", "A port; CloudTrail records none.", {}},
    {"src_port", "The caller's port; CloudTrail records none.", {}},
    {"dst_port", "The port called; CloudTrail records none.", {}},
    {"agent", "The host that reported the event; CloudTrail has none.", {}},
    {"accountId", "The account that the event is about.", cloudtrail_account},
    {"region", "The region that the call was made to.", cloudtrail_region},
    {"bucketName", "The S3 bucket asked for.", cloudtrail_bucket},
    {"event_time", "When the call was completed.", cloudtrail_time},
    {"event_id", "The record's own id.", cloudtrail_id},
    {"event_type", "cloudtrail.", {}},
    {"organization_id", "The organisation that the event belongs to; files carry none.", {}},
});

// After the EventBridge event structure reference of the Amazon EventBridge User Guide.
constexpr auto aws_event_fields = std::to_array<FieldSpec>({
    {"account", Text, "The account that the event comes from.", true},
    {"detail", Object, "What happened, as the source tells it; any path below it.", true},
    {"detail-type", Text, "What kind of event it is: ECR Image Scan."},
    {"id", Text, "The event's own id, a UUID."},
    {"region", Text, "The region that the event comes from."},
    {"replay-name", Text, "The replay that sent the event again."},
    {"resources", Text, "The ARNs of the resources that the event is about."},
    {"source", Text, "The service that sent the event: aws.ecr."},
    {"time", Timestamp, "When it happened, in UTC."},
    {"version", Text, "The version of the envelope: 0.", true},
});

constexpr auto aws_event_account = std::to_array<AliasReading>({{"account"}});
constexpr auto aws_event_time = std::to_array<AliasReading>({{"time"}});
constexpr auto aws_event_id = std::to_array<AliasReading>({{"id"}});
constexpr auto aws_event_region = std::to_array<AliasReading>({{"region"}});

constexpr auto aws_event_aliases = std::to_array<AliasSpec>({
    {"user", "Who acted; an EventBridge envelope does not say.", {}},
    {"ip", "Where it came from; an EventBridge envelope does not say.", {}},
    {"accountId", "The account that the event comes from.", aws_event_account},
    {"region", "The region that the event comes from.", aws_event_region},
    {"event_time", "When it happened.", aws_event_time},
    {"event_id", "The event's own id.", aws_event_id},
    {"event_type", "awsevent.", {}},
});

}  // namespace

constinit const FieldCatalogue cloudtrail_catalogue{
    "cloudtrail", true, "eventSource", "eventName", cloudtrail_fields, cloudtrail_aliases};

constinit const FieldCatalogue aws_event_catalogue{
    "awsevent", true, "source", "detail-type", aws_event_fields, aws_event_aliases};

}  // namespace vigia
