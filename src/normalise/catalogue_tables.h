#pragma once

#include <algorithm>
#include <array>

#include "model/fields.h"

// The tables behind catalogue(), and what those of runtime events share.
namespace vigia {

extern const FieldCatalogue cloudtrail_catalogue, aws_event_catalogue, audit_catalogue, file_catalogue,
    host_catalogue, login_catalogue, container_catalogue, threat_intel_catalogue, winsec_catalogue,
    kubernetes_audit_catalogue, kubernetes_config_catalogue;

template <typename T, size_t... N>
constexpr auto joined(const std::array<T, N>&... parts) {
    std::array<T, (N + ...)> all{};
    auto at = all.begin();
    ((at = std::ranges::copy(parts, at).out), ...);
    return all;
}

// What every runtime event has, or may have.
inline constexpr auto common_fields = std::to_array<FieldSpec>({
    {"_id", FieldType::Text, "The event's own id, a UUID."},
    {"_insert_time", FieldType::Timestamp, "When the event was taken in, in milliseconds since 1970."},
    {"_type", FieldType::Text, "As event_type, in records of old agents.", true},
    {"agent_id", FieldType::Text, "The agent that reported the event."},
    {"agent_metadata", FieldType::Object, "The agent: agent_id, deployment_mode, version."},
    {"agent_metadata.deployment_mode", FieldType::Text, "host, container …", true},
    {"agent_metadata.version", FieldType::Text, "The agent's version.", true},
    {"alert_metadata", FieldType::Object, "What a system that the record passed through made of it."},
    {"host_metadata", FieldType::Object, "The host, as the agent and its cloud describe it."},
    {"host_metadata.image_id", FieldType::Text, "The AMI that the host was started from."},
    {"host_metadata.instance_id", FieldType::Text, "The EC2 instance."},
    {"host_metadata.os_version", FieldType::Text, "The operating system: ubuntu-20.04.", true},
    {"network_metadata", FieldType::Object, "The host's network interfaces."},
    {"organization_id", FieldType::Text, "The organisation that the agent belongs to.", true},
    {"provider_metadata", FieldType::Object, "The cloud that the host runs in."},
    {"provider_metadata.account_id", FieldType::Text, "The account that the host runs in.", true},
    {"provider_metadata.availability_zone", FieldType::Text, "The zone that the host runs in.", true},
    {"provider_metadata.cloud_provider", FieldType::Text, "aws, gcp …", true},
    {"public_ip_address", FieldType::Address, "The host's address on the Internet."},
    {"server", FieldType::Text, "The host's name, as the console shows it."},
    {"timestamp", FieldType::Timestamp, "When it happened, in milliseconds since 1970."},
    {"workloadMetadata", FieldType::Object, "The tags of the host, such as role; any path below it."},
});

inline constexpr auto common_account =
    std::to_array<AliasReading>({{"provider_metadata.account_id"}, {"account_id"}, {"accountId"}});
inline constexpr auto common_region =
    std::to_array<AliasReading>({{"region"},
                                 {"provider_metadata.region"},
                                 {"provider_metadata.availability_zone", Reading::ZoneRegion},
                                 {"availability_zone", Reading::ZoneRegion}});
inline constexpr auto common_zone =
    std::to_array<AliasReading>({{"provider_metadata.availability_zone"}, {"availability_zone"}});
inline constexpr auto common_provider =
    std::to_array<AliasReading>({{"provider_metadata.cloud_provider"}, {"cloud_provider"}});
inline constexpr auto common_hostname =
    std::to_array<AliasReading>({{"hostname"}, {"host_metadata.hostname"}});
inline constexpr auto common_agent = std::to_array<AliasReading>(
    {{"agent"}, {"server"}, {"hostname"}, {"host_metadata.server_name"}, {"host_metadata.hostname"}});
inline constexpr auto common_time = std::to_array<AliasReading>({{"event_time"}, {"timestamp"}});
inline constexpr auto common_id = std::to_array<AliasReading>({{"_id"}, {"event_id"}, {"id"}});

// The short names that mean the same in every runtime event.
inline constexpr auto common_aliases = std::to_array<AliasSpec>({
    {"agent", "The host that reported the event, by its name.", common_agent},
    {"hostname", "The host's name.", common_hostname},
    {"accountId", "The account that the host runs in.", common_account},
    {"account_id", "The account that the host runs in.", common_account},
    {"region", "The region that the host runs in.", common_region},
    {"availabilityZone", "The zone that the host runs in.", common_zone},
    {"availability_zone", "The zone that the host runs in.", common_zone},
    {"cloudProvider", "The cloud that the host runs in.", common_provider},
    {"cloud_provider", "The cloud that the host runs in.", common_provider},
    {"bucketName", "An S3 bucket; only CloudTrail records one.", {}},
    {"event_time", "When it happened.", common_time},
    {"event_id", "The event's own id.", common_id},
    {"event_type", "The type of the event, as its record says.", {}},
});

// Both ends of a connection. An alias over both holds when either does.
inline constexpr auto source_address = std::to_array<AliasReading>({{"connection.src_addr"}, {"src_ip"}});
inline constexpr auto target_address =
    std::to_array<AliasReading>({{"connection.dst_addr"}, {"connection.addr"}, {"dst_ip"}});
// The target first: of most connections it is the other host.
inline constexpr auto either_address = joined(target_address, source_address);
inline constexpr auto source_port = std::to_array<AliasReading>({{"connection.src_port"}, {"src_port"}});
inline constexpr auto target_port =
    std::to_array<AliasReading>({{"connection.port"}, {"connection.dst_port"}, {"dst_port"}});
inline constexpr auto either_port = joined(source_port, target_port);

inline constexpr auto connection_aliases = std::to_array<AliasSpec>({
    {"ip", "The address at either end of the connection.", either_address, Yield::Every},
    {"src_ip", "The address that the connection came from.", source_address},
    {"dst_ip", "The address that the connection went to.", target_address},
    {"port", "The port at either end of the connection.", either_port, Yield::Every},
    {"src_port", "The port that the connection came from.", source_port},
    {"dst_port", "The port that the connection went to.", target_port},
});

inline constexpr auto connection_fields = std::to_array<FieldSpec>({
    {"connection", FieldType::Object, "A network connection, by its two ends."},
    {"connection.addr", FieldType::Address, "The other end, in records of old agents."},
    {"connection.dst_addr", FieldType::Address, "The address that the connection went to."},
    {"connection.dst_port", FieldType::Number, "As connection.port, in records of some agents."},
    {"connection.port", FieldType::Number, "The port that the connection went to."},
    {"connection.protocol", FieldType::Text, "tcp, udp or icmp.", true},
    {"connection.src_addr", FieldType::Address, "The address that the connection came from."},
    {"connection.src_port", FieldType::Number, "The port that the connection came from."},
});

// The container that a process runs in.
inline constexpr auto container_fields = std::to_array<FieldSpec>({
    {"containerId", FieldType::Text, "The container's id; null outside of containers."},
    {"containerImage", FieldType::Text, "The image that the container was made from."},
    {"containerLabels", FieldType::Object, "The container's labels; any path below it."},
    {"containerName", FieldType::Text, "The container's name."},
});

// A process and who runs it.
inline constexpr auto process_fields = std::to_array<FieldSpec>({
    {"args", FieldType::Text, "The arguments one by one, the program's own name first."},
    {"arguments", FieldType::Text, "The arguments as one text: ls -al /my/path."},
    {"auid", FieldType::Number, "The id of the user who logged in; 4294967295 when nobody did."},
    {"auser", FieldType::Text, "The name of the user who logged in."},
    {"command", FieldType::Text, "The program that runs, without its folder."},
    {"cwd", FieldType::Text, "The folder that the process works in."},
    {"egid", FieldType::Number, "The id of the group whose rights the process has.", true},
    {"euid", FieldType::Number, "The id of the user whose rights the process has.", true},
    {"exe", FieldType::Text, "The program that runs, with its full path."},
    {"gid", FieldType::Number, "The id of the group.", true},
    {"group", FieldType::Text, "The name of the group.", true},
    {"parent_metadata", FieldType::Object, "The process that started this one."},
    {"parent_metadata.exe", FieldType::Text, "The program of the process that started this one."},
    {"parent_metadata.pid", FieldType::Number, "The id of the process that started this one."},
    {"pid", FieldType::Number, "The id of the process."},
    {"ppid", FieldType::Number, "The id of the process that started this one."},
    {"session", FieldType::Number, "The login session; 4294967295 when there is none."},
    {"tty", FieldType::Text, "The terminal: pts0; null when there is none.", true},
    {"uid", FieldType::Number, "The id of the user.", true},
    {"user", FieldType::Text, "The name of the user.", true},
});

}  // namespace vigia
