#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "model/event.h"

namespace vigia {

// What a rule speaks of, as rule files and the product's JSON spell it ("CloudTrail").
enum class RuleType : uint8_t {
    CloudTrail,
    AwsEvent,
    Host,
    File,
    Container,
    ThreatIntel,
    Winsec,
    KubernetesAudit,
    KubernetesConfig,
};

std::string_view name(RuleType type);
std::optional<RuleType> rule_type_of(std::string_view name);
// All names, in the order of the enum.
std::span<const std::string_view> rule_type_names();

// The types of the events that rules of this type are asked of.
std::span<const EventType> event_types_of(RuleType type);

// Whether Threat Stack has rules of this type; the others are ours.
bool is_of_threat_stack(RuleType type);

// Every event type, as a search is asked of all.
std::span<const EventType> all_event_types();

}  // namespace vigia
