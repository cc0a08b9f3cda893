#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "aws/client.h"
#include "aws/credentials.h"

namespace vigia {

struct WebIdentity {
    std::string role_arn;
    std::string token;
    std::string session_name;
};

// AssumeRole. Denied when the role's trust policy, or the external id in it, says so.
Result<AwsCredentials> assume_role(const AwsSurroundings& from, const std::shared_ptr<CredentialCache>& base,
                                   const AssumedRole& role, const std::stop_token& stop);

// AssumeRoleWithWebIdentity, which is not signed: the token tells who asks.
Result<AwsCredentials> assume_role_with_web_identity(const AwsSurroundings& from, const std::string& region,
                                                     const WebIdentity& identity,
                                                     const std::stop_token& stop);

// GetCallerIdentity: the ARN of whose credentials they are.
Result<std::string> caller_identity(AwsClient& client, const AwsEndpoints& endpoints,
                                    const std::string& region, const std::stop_token& stop);

// Whom a trust policy names to let the caller in: of a session of a role that role, without its path, which a
// session's ARN does not have; else the ARN itself.
std::string principal_of(std::string_view arn);

}  // namespace vigia
