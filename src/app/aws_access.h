#pragma once

#include <memory>
#include <string>

#include "aws/client.h"
#include "aws/credentials.h"
#include "aws/s3.h"
#include "aws/sqs.h"
#include "catalog/aws_connections.h"

namespace vigia {

// What the operator says of AWS for all connections.
struct AwsSettings {
    AwsEndpoints endpoints;
    std::chrono::seconds visibility{
        120};                        // how long a received message is nobody else's, unless it is extended
    size_t objects_in_flight = 128;  // of one connection
};

// The clients of one connection, with credentials of its role.
class AwsReach {
public:
    AwsReach(const AwsSurroundings& from, std::shared_ptr<CredentialCache> credentials, SqsQueue queue)
        : credentials_(std::move(credentials)),
          client_({from.transfers, credentials_, from.clock, from.endpoints.ca_file}),
          s3_(client_, from.endpoints),
          sqs_(client_, from.endpoints, queue),
          region_(queue.region) {}
    CredentialCache& credentials() { return *credentials_; }
    AwsClient& client() { return client_; }
    S3Client& s3() { return s3_; }
    SqsClient& sqs() { return sqs_; }
    // Where objects are looked for whose region nobody says.
    const std::string& region() const { return region_; }

private:
    std::shared_ptr<CredentialCache> credentials_;
    AwsClient client_;
    S3Client s3_;
    SqsClient sqs_;
    std::string region_;
};

struct AwsIdentity {
    std::string arn;
    std::string from;  // where the credentials are from
    std::string region;
};

// The way to AWS that all connections share: the connections of the network, and the service's own
// credentials.
class AwsAccess {
public:
    AwsAccess(AwsSettings settings, const Clock& clock)
        : settings_(std::move(settings)),
          from_{process_environment(), transfers_, clock,
                with_environment(settings_.endpoints, process_environment())},
          own_(std::make_shared<CredentialCache>(default_credentials(from_), clock)) {}

    const AwsSettings& settings() const { return settings_; }
    const AwsSurroundings& surroundings() const { return from_; }
    const std::shared_ptr<CredentialCache>& own_credentials() const { return own_; }

    // Who AWS says the service is, in a region; in the default one when it is empty.
    Result<AwsIdentity> identity(std::string region, const std::stop_token& stop) const;
    // NotFound while it is a draft, BadInput when its queue or its role is none. Must not outlive this.
    Result<std::unique_ptr<AwsReach>> reach(const AwsConnection& connection) const;

private:
    AwsSettings settings_;
    mutable Transfers transfers_;
    AwsSurroundings from_;
    std::shared_ptr<CredentialCache> own_;
};

}  // namespace vigia
