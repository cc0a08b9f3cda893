// What is reported of Windows hosts and of Kubernetes clusters: as much of it as is known, and open beyond.
#include "normalise/catalogue_tables.h"

namespace vigia {

namespace {

using enum FieldType;

constexpr auto winsec_own = std::to_array<FieldSpec>({
    {"_subtype", Text, "What happened, in words: Process Termination."},
    {"arguments", Text, "The arguments of the program, as one text."},
    {"command", Text, "The program, without its folder."},
    {"correlation", Text, "The id that events of one activity share."},
    {"dns_host", Text, "The name that was looked up."},
    {"domain", Text, "The Windows domain of the user."},
    {"dst_host", Text, "The host that a connection went to, by its name."},
    {"dst_ip", Address, "The address that a connection went to."},
    {"dst_ipv6", Address, "The same in IPv6."},
    {"dst_port", Number, "The port that a connection went to."},
    {"exe", Text, "The program, with its full path."},
    {"guid", Text, "The id that an object of the event has."},
    {"pid", Number, "The id of the process."},
    {"record_number", Number, "The event's number in its log."},
    {"sam_account", Text, "The account that the event is about."},
    {"session", Text, "The login session.", true},
    {"sid", Text, "The security id of the user."},
    {"src_addr", Address, "The address that a connection came from, as the log spells it."},
    {"src_ip", Address, "The address that a connection came from."},
    {"src_ipv6", Address, "The same in IPv6."},
    {"src_port", Number, "The port that a connection came from."},
    {"status", Text, "The code with which it ended: 0x0.", true},
    {"summary", Text, "What happened, in a sentence."},
    {"user", Text, "The name of the user."},
    {"win_event_id", Number, "The number of the event in Windows: 4689."},
});
constexpr auto winsec_fields = joined(common_fields, winsec_own);
constexpr auto winsec_source = std::to_array<AliasReading>({{"src_ip"}, {"src_ipv6"}, {"src_addr"}});
constexpr auto winsec_target = std::to_array<AliasReading>({{"dst_ip"}, {"dst_ipv6"}});
constexpr auto winsec_either = joined(winsec_source, winsec_target);
constexpr auto winsec_ports = std::to_array<AliasReading>({{"src_port"}, {"dst_port"}});
constexpr auto winsec_aliases = joined(
    common_aliases, std::to_array<AliasSpec>({
                        {"ip", "The address at either end of a connection.", winsec_either, Yield::Every},
                        {"port", "The port at either end of a connection.", winsec_ports, Yield::Every},
                    }));

constexpr auto kubernetes_audit_own = std::to_array<FieldSpec>({
    {"action", Text, "The verb of the request: create, delete, exec …", true},
    {"annotations", Object, "What the API server notes of the request."},
    {"name", Text, "The object that the request is about."},
    {"namespace", Text, "The namespace that the request is about."},
    {"node_name", Text, "The node that the object runs on."},
    {"objectRef", Object, "The object that the request is about, as the API server names it."},
    {"requestObject", Object, "What the request asked for; any path below it."},
    {"resource", Text, "The kind of object: pods, secrets, clusterrolebindings …", true},
    {"responseObject", Object, "What the API server answered; any path below it."},
    {"responseStatus", Object, "How the request ended."},
    {"responseStatus.code", Number, "The HTTP status of the answer.", true},
    {"sourceIPs", Address, "The addresses that the request came through."},
    {"type", Text, "The kind of event.", true},
    {"userAgent", Text, "The program that made the request, as it names itself."},
});
constexpr auto kubernetes_audit_fields = joined(common_fields, kubernetes_audit_own);
constexpr auto kubernetes_user = std::to_array<AliasReading>({{"user.username"}, {"user"}});
constexpr auto kubernetes_ip = std::to_array<AliasReading>({{"sourceIPs"}, {"src_ip"}});
constexpr auto kubernetes_audit_aliases =
    joined(common_aliases, std::to_array<AliasSpec>({
                               {"user", "Who made the request.", kubernetes_user},
                               {"ip", "The addresses that the request came through.", kubernetes_ip},
                               {"src_ip", "The addresses that the request came through.", kubernetes_ip},
                               {"dst_ip", "The address asked; the API server does not record it.", {}},
                               {"port", "A port; the API server records none.", {}},
                               {"src_port", "The caller's port; the API server records none.", {}},
                               {"dst_port", "The port asked; the API server records none.", {}},
                           }));

constexpr auto kubernetes_config_own = std::to_array<FieldSpec>({
    {"labels", Object, "The object's labels; any path below it."},
    {"name", Text, "The object that is configured."},
    {"namespace", Text, "The namespace that it is in."},
    {"node_name", Text, "The node that it runs on."},
    {"role_name", Text, "The role that a binding gives."},
    {"role_type", Text, "Role or ClusterRole.", true},
    {"spec", Object, "How the object is configured; any path below it."},
    {"subjects", Object, "Whom a binding gives the role."},
    {"type", Text, "The kind of object: Pod, Role, ClusterRoleBinding …", true},
    {"verbs", Text, "What a role allows: get, list, * …"},
});
constexpr auto kubernetes_config_fields = joined(common_fields, kubernetes_config_own);
constexpr auto kubernetes_config_aliases =
    joined(common_aliases, std::to_array<AliasSpec>({
                               {"user", "Who configured it; the configuration does not say.", {}},
                               {"ip", "An address; the configuration records none.", {}},
                               {"port", "A port; the configuration records none.", {}},
                           }));

}  // namespace

constinit const FieldCatalogue winsec_catalogue{"winsec", true,          "_subtype",
                                                "",       winsec_fields, winsec_aliases};
constinit const FieldCatalogue kubernetes_audit_catalogue{
    "kubernetes_audit", true, "resource", "action", kubernetes_audit_fields, kubernetes_audit_aliases};
constinit const FieldCatalogue kubernetes_config_catalogue{
    "kubernetes_config", true, "type", "", kubernetes_config_fields, kubernetes_config_aliases};

}  // namespace vigia
