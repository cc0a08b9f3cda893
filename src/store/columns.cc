#include "store/columns.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "model/event_rows.h"

namespace vigia {

namespace {

constexpr auto columns = std::to_array<EventColumn>({
    {"source", "eventSource", "The service that was called."},
    {"name", "eventName", "What was called."},
    {"account", "accountId", "The account that the event is about."},
    {"region", "region", "The AWS region."},
    {"user", "user", "Who acted."},
    {"ip", "ip", "From where, or the two ends of a connection."},
    {"identity_type", "userIdentity.type", "Root, IAMUser, AssumedRole …"},
    {"actor_arn", "userIdentity.arn", "Who acted, by ARN."},
    {"principal_id", "userIdentity.principalId", "Who acted, by unique id."},
    {"access_key", "userIdentity.accessKeyId", "The access key that signed the call."},
    {"issuer_arn", "userIdentity.sessionContext.sessionIssuer.arn", "The role behind a session."},
    {"user_agent", "userAgent", "The program that called."},
    {"error_code", "errorCode", "Why the call was refused."},
    {"read_only", "readOnly", "Whether the call only reads."},
    {"bucket", "bucketName", "The S3 bucket that the call is about."},
    {"aws_source", "source", "The source of an EventBridge event."},
    {"detail_type", "detail-type", "The kind of an EventBridge event."},
    {"host", "hostname", "The host of a runtime event."},
    {"agent", "agent_id", "The agent that sent it."},
    {"container", "containerId", "The container that it came from."},
    {"kind", "type", "What a process did: start, connect …"},
    {"pid", "pid", "The process."},
    {"ppid", "ppid", "The process that started it."},
    {"exe", "exe", "The program, full path."},
    {"command", "command", "The program, as it is called."},
    {"arguments", "arguments", "The command line."},
    {"session", "session", "The login session of a process."},
    {"tty", "tty", "The terminal of a process."},
    {"login_user", "auser", "Who logged in."},
    {"dst_ip", "dst_ip", "The far end of a connection."},
    {"dst_port", "dst_port", "Its port."},
    {"filename", "filename", "The file that was touched."},
});

static_assert(columns.size() <= event_columns_max);

}  // namespace

std::span<const EventColumn> event_columns() { return columns; }

size_t column_index(std::string_view name) {
    const auto at = std::ranges::find(columns, name, &EventColumn::name);
    VIGIA_ASSERT(at != columns.end());
    return static_cast<size_t>(at - columns.begin());
}

}  // namespace vigia
