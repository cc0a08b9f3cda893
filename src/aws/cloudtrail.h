#pragma once

#include <string>
#include <vector>

#include "aws/client.h"
#include "aws/endpoint.h"
#include "base/time.h"

namespace vigia {

// The answers of ListPublicKeys, page by page: the keys with which CloudTrail signed digests of that time in
// the region. Errors as AwsClient::call(). Source: AWS CloudTrail API Reference, ListPublicKeys.
Result<std::vector<std::string>> list_public_keys(AwsClient& client, const AwsEndpoints& endpoints,
                                                  const std::string& region, Time from, Time until,
                                                  const std::stop_token& stop);

}  // namespace vigia
