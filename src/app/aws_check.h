#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/aws_access.h"
#include "aws/s3_notification.h"
#include "catalog/aws_connections.h"

namespace vigia {

// One step of the check of a connection.
struct AwsCheckStep {
    enum class Outcome : uint8_t { Passed, Failed, Skipped };
    std::string name;  // "credentials", "settings", "role", "queue", "messages" or "files"
    Outcome outcome = Outcome::Passed;
    std::string detail;  // what was found, what failed, or why it could not be tried
    std::string code;    // of the remedy, for whoever has texts of its own; empty unless it failed
    std::string remedy;  // what to change; empty unless it failed
};

struct AwsCheck {
    std::vector<AwsCheckStep> steps;
    std::string principal;  // whom the trust policy of the role names; empty when the credentials failed
};

std::string_view name(AwsCheckStep::Outcome outcome);

// Asks AWS, step by step, for all that the connection needs, and ends at the first step that fails. A message
// that waits is looked at and left where it is, no file is taken in. `last` is a file that came by the
// connection, when one did: it is read when no waiting message tells of one.
AwsCheck check_connection(const AwsAccess& access, const AwsConnection& connection,
                          const std::optional<NotifiedObject>& last, const std::stop_token& stop);

}  // namespace vigia
