#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/endpoint.h"
#include "catalog/aws_connections.h"

namespace vigia {

// "Acme=https://sqs.eu-west-1.amazonaws.com/111122223333/vigia;role_arn=arn:…;external_id=…;region=…;name=…":
// a connection as the configuration has it. All but the organisation, by its name, and the queue may be left
// out. BadInput or NotFound, with the remedy, for any other text.
Result<AwsConnections::Configured> parse_aws_queue(std::string_view text,
                                                   const std::vector<Organisation>& organisations,
                                                   const AwsEndpoints& endpoints);

}  // namespace vigia
