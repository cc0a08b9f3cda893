#include "model/rule_type.h"

#include <algorithm>
#include <array>

namespace vigia {

namespace {

constexpr auto cloudtrail = std::to_array({EventType::CloudTrail});
constexpr auto aws_event = std::to_array({EventType::AwsEvent});
constexpr auto host =
    std::to_array({EventType::Audit, EventType::Host, EventType::Login, EventType::Container});
constexpr auto file = std::to_array({EventType::File});
constexpr auto container = std::to_array({EventType::Container});
constexpr auto threat_intel = std::to_array({EventType::ThreatIntel});
constexpr auto winsec = std::to_array({EventType::Winsec});
constexpr auto kubernetes_audit = std::to_array({EventType::KubernetesAudit});
constexpr auto kubernetes_config = std::to_array({EventType::KubernetesConfig});

// By RuleType.
constexpr auto names =
    std::to_array<std::string_view>({"CloudTrail", "AwsEvent", "Host", "File", "Container", "ThreatIntel",
                                     "Winsec", "KubernetesAudit", "KubernetesConfig"});
constexpr auto speaks_of =
    std::to_array<std::span<const EventType>>({cloudtrail, aws_event, host, file, container, threat_intel,
                                               winsec, kubernetes_audit, kubernetes_config});
static_assert(names.size() == speaks_of.size());

}  // namespace

std::string_view name(RuleType type) { return names[static_cast<size_t>(type)]; }

std::optional<RuleType> rule_type_of(std::string_view name) {
    const auto at = std::ranges::find(names, name);
    return at == names.end() ? std::nullopt : std::optional(static_cast<RuleType>(at - names.begin()));
}

std::span<const std::string_view> rule_type_names() { return names; }

std::span<const EventType> event_types_of(RuleType type) { return speaks_of[static_cast<size_t>(type)]; }

bool is_of_threat_stack(RuleType type) { return type != RuleType::AwsEvent && type != RuleType::Container; }

std::span<const EventType> all_event_types() {
    static constexpr auto all = [] {
        std::array<EventType, event_types> types{};
        for (size_t i = 0; i < types.size(); i++) types[i] = static_cast<EventType>(i);
        return types;
    }();
    return all;
}

}  // namespace vigia
