// What the agent of a host reports.
#include "normalise/catalogue_tables.h"

namespace vigia {

namespace {

using enum FieldType;

constexpr auto audit_own = std::to_array<FieldSpec>({
    {"domain", Text, "The name that was looked up."},
    {"dst_ip", Address, "As connection.dst_addr, in records of old agents."},
    {"dst_port", Number, "As connection.port, in records of old agents."},
    {"exit", Text, "What the system call answered; 0 or more when it succeeded.", true},
    {"filename", Text, "The file that the system call is about."},
    {"header", Object, "The numbers that the kernel's audit gives a record."},
    {"path", Text, "The files that the system call touched."},
    {"protocol", Text, "tcp, udp or icmp.", true},
    {"src_ip", Address, "As connection.src_addr, in records of old agents."},
    {"src_port", Number, "As connection.src_port, in records of old agents."},
    {"success", Boolean, "Whether the system call succeeded.", true},
    {"syscall", Text, "The system call: execve, connect, ptrace …", true},
    {"type", Text, "start when a process starts a program, else the system call: connect, accept, ptrace …",
     true},
});
constexpr auto audit_fields =
    joined(common_fields, process_fields, connection_fields, container_fields, audit_own);
constexpr auto audit_aliases = joined(common_aliases, connection_aliases);

constexpr auto file_own = std::to_array<FieldSpec>({
    {"dst_user", Text, "Who owns the file afterwards, when that changed."},
    {"filename", Text, "The file, with its full path."},
    {"new_filename", Text, "The name that a moved file has afterwards."},
    {"src_user", Text, "Who owned the file before, when that changed."},
    {"success", Boolean, "Whether it succeeded.", true},
    {"type", Text, "open, create, modify, delete, move or attrib.", true},
});
constexpr auto file_fields = joined(common_fields, process_fields, container_fields, file_own);

constexpr auto nothing_connected = std::to_array<AliasSpec>({
    {"ip", "An address; these events record none.", {}},
    {"src_ip", "The address that a connection came from; these events record none.", {}},
    {"dst_ip", "The address that a connection went to; these events record none.", {}},
    {"port", "A port; these events record none.", {}},
    {"src_port", "The port that a connection came from; these events record none.", {}},
    {"dst_port", "The port that a connection went to; these events record none.", {}},
});
constexpr auto file_aliases = joined(common_aliases, nothing_connected);

// What a log line says, as its signature takes it apart.
constexpr auto log_addresses = std::to_array<AliasReading>({{"src_ip"}, {"dst_ip"}});
constexpr auto log_ports = std::to_array<AliasReading>({{"src_port"}, {"dst_port"}});
constexpr auto log_aliases = std::to_array<AliasSpec>({
    {"ip", "An address that the line names.", log_addresses, Yield::Every},
    {"port", "A port that the line names.", log_ports, Yield::Every},
});
constexpr auto log_users = std::to_array<AliasReading>({{"user"}, {"dst_user"}, {"src_user"}});
constexpr auto host_user = std::to_array<AliasSpec>({
    {"user", "The user that the line is about.", log_users},
});

constexpr auto host_fields_own = std::to_array<FieldSpec>({
    {"arguments", Text, "The arguments that the line names."},
    {"command", Text, "The program that the line names."},
    {"comment", Text, "What the line means, in the signature's words."},
    {"dst_ip", Address, "The address that a connection in the line went to."},
    {"dst_port", Number, "The port that a connection in the line went to."},
    {"dst_user", Text, "The user that something was done to."},
    {"exe", Text, "The program that the line names, with its full path."},
    {"filename", Text, "A file that the line names."},
    {"group", Text, "The signature's groups: invalid_login, authentication_failed …"},
    {"groups", Text, "As group."},
    {"level", Number, "How grave the signature is, from 0 to 15.", true},
    {"location", Text, "The log that the line stands in: /var/log/auth.log.", true},
    {"log", Text, "The line itself."},
    {"pid", Number, "The process that wrote the line."},
    {"session", Number, "The login session that the line names."},
    {"sigid", Number, "The signature that holds of the line: 5710 for a login of no known user."},
    {"src_ip", Address, "The address that a connection in the line came from."},
    {"src_port", Number, "The port that a connection in the line came from."},
    {"src_user", Text, "The user who did something."},
});
constexpr auto host_fields = joined(common_fields, host_fields_own);
constexpr auto host_aliases = joined(common_aliases, log_aliases, host_user);

constexpr auto login_own = std::to_array<FieldSpec>({
    {"dst_ip", Address, "The address that was logged in to."},
    {"dst_port", Number, "The port that was logged in to."},
    {"exe", Text, "The program that let the user in, with its full path."},
    {"method", Text, "How the user proved who it is: publickey, password …", true},
    {"pid", Number, "The process that let the user in."},
    {"session", Number, "The login session."},
    {"src_host", Text, "The host that the user came from, by its name."},
    {"src_ip", Address, "The address that the user came from; null at the console."},
    {"src_port", Number, "The port that the user came from."},
    {"success", Boolean, "Whether the user was let in.", true},
    {"tty", Text, "The terminal: pts0.", true},
    {"type", Text, "login, logout or failed.", true},
    {"uid", Number, "The id of the user.", true},
    {"user", Text, "The name of the user."},
});
constexpr auto login_fields = joined(common_fields, login_own);
constexpr auto login_aliases = joined(common_aliases, log_aliases);

constexpr auto container_own = std::to_array<FieldSpec>({
    {"arguments", Text, "The arguments of what was run in the container, as one text."},
    {"capabilities", Text, "The capabilities that the container was given beyond the usual ones."},
    {"command", Text, "The program that the container runs, or that was run in it."},
    {"exit_code", Number, "What the container ended with."},
    {"mounts", Text, "The host's files and folders that the container sees."},
    {"namespace", Text, "The Kubernetes namespace of its pod."},
    {"network_mode", Text, "bridge, host, none …", true},
    {"pid_mode", Text, "host when the container sees the host's processes.", true},
    {"pod", Text, "The Kubernetes pod that it is part of."},
    {"privileged", Boolean, "Whether the container has all rights of the host.", true},
    {"runtime", Text, "docker, containerd, crio or podman.", true},
    {"type", Text, "create, start, exec, die or destroy.", true},
    {"user", Text, "The user that the container runs as.", true},
});
constexpr auto container_all = joined(common_fields, container_fields, container_own);

constexpr auto threat_intel_own = std::to_array<FieldSpec>({
    {"domain", Text, "The name that was looked up."},
    {"dst_ip", Address, "As connection.dst_addr."},
    {"dst_port", Number, "As connection.port."},
    {"protocol", Text, "tcp, udp or icmp.", true},
    {"src_ip", Address, "As connection.src_addr."},
    {"src_port", Number, "As connection.src_port."},
    {"syscall", Text, "The system call: connect or accept.", true},
    {"threatintel_reason", Text, "Why the address is known: what was seen of it."},
    {"threatintel_source", Text, "The feed that knows the address.", true},
    {"threatintel_type", Text, "What kind of threat the feed takes it for.", true},
    {"type", Text, "connect or accept.", true},
});
constexpr auto threat_intel_fields =
    joined(common_fields, process_fields, connection_fields, container_fields, threat_intel_own);

}  // namespace

constinit const FieldCatalogue audit_catalogue{"audit",   false,        "type",
                                               "command", audit_fields, audit_aliases};
constinit const FieldCatalogue file_catalogue{"file", false, "type", "command", file_fields, file_aliases};
// Signatures are numbers, so that a log line's event has no kind.
constinit const FieldCatalogue host_catalogue{"host", false, "", "", host_fields, host_aliases};
constinit const FieldCatalogue login_catalogue{"login", false, "type", "method", login_fields, login_aliases};
constinit const FieldCatalogue container_catalogue{"container", false,         "type",
                                                   "runtime",   container_all, file_aliases};
constinit const FieldCatalogue threat_intel_catalogue{
    "threatintel", false, "type", "threatintel_type", threat_intel_fields, audit_aliases};

}  // namespace vigia
