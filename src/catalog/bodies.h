#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/rule.h"

namespace vigia {

// What organisations write about detection, as values. Each has a JSON form that gives it back whole:
// json_of() then read_body() is the same value. Members that are missing in the JSON have their defaults, and
// unknown ones are passed over, so that older bodies stay readable. read_body() answers Corrupt otherwise.
//
// check_body() holds what comes from outside to its bounds (BadInput). Whether a filter can be understood is
// not known here: the caller has checked that.

// What an organisation changed of a rule that Vigia ships. What is not there is as shipped.
struct ManagedSettings {
    std::optional<int> severity;
    std::optional<bool> enabled;
    std::optional<uint32_t> threshold;
    std::optional<Duration> window;
    bool operator==(const ManagedSettings&) const = default;
};

// The shipped rule as the settings have it.
inline Rule settled(Rule rule, const ManagedSettings& settings) {
    rule.enabled = settings.enabled.value_or(rule.enabled);
    rule.severity = settings.severity.value_or(rule.severity);
    rule.threshold = settings.threshold.value_or(rule.threshold);
    rule.window = settings.window.value_or(rule.window);
    return rule;
}

// A filter that quiets a rule, an organisation's own or a shipped one, beside those that stand in the rule.
struct Suppression {
    std::string rule;
    std::string filter;
    std::string reason;
    std::string owner;  // who answers for it
    std::optional<Time> expires_at;
    bool operator==(const Suppression&) const = default;
};

// Whether it quiets anything at the time.
inline bool is_in_force(const Suppression& suppression, Time now) {
    return !suppression.expires_at || now < *suppression.expires_at;
}

struct Tag {
    std::string source;  // "ec2"
    std::string key;
    std::string value;
    bool operator==(const Tag&) const = default;
};

// The hosts that a rule is for: those with one of the first, unless they have one of the second.
struct RuleTags {
    std::vector<Tag> inclusion;
    std::vector<Tag> exclusion;
    bool operator==(const RuleTags&) const = default;
};

struct Ruleset {
    std::string name;
    std::string description;
    std::vector<std::string> rules;  // ids, shipped or own; a rule may be in many
    bool operator==(const Ruleset&) const = default;
};

// What a filter calls `$name`.
struct NamedList {
    std::string name;
    std::string description;
    std::vector<std::string> items;
    bool operator==(const NamedList&) const = default;
};

// Beside filter_bytes_max and list_items_max of the language, and aggregate_fields_max.
constexpr size_t title_bytes_max = 1000;
constexpr size_t description_bytes_max = 10'000;
constexpr size_t rule_texts_max = 100;        // suppressions, references and ATT&CK techniques, each
constexpr size_t rule_text_bytes_max = 1000;  // of a reference, a technique, an aggregate field
constexpr size_t reason_bytes_max = 2000;
constexpr size_t owner_bytes_max = 300;
constexpr size_t tags_max = 100;
constexpr size_t tag_bytes_max = 256;
constexpr size_t ruleset_rules_max = 10'000;
constexpr size_t rule_tests_max = 50;
constexpr size_t rule_test_events_max = 100;
constexpr size_t rule_tests_bytes_max = 512 * 1024;  // of the events of all tests of a rule
constexpr size_t id_bytes_max = 100;
constexpr size_t list_name_bytes_max = 100;
constexpr size_t list_item_bytes_max = 1000;
constexpr size_t list_bytes_max = 8 * 1024 * 1024;
constexpr std::chrono::hours window_max{24 * 366};

// Of a rule, all but `file`, which is for messages about files, and `id`, which the store gives.
std::string json_of(const Rule& rule);
std::string json_of(const ManagedSettings& settings);
std::string json_of(const Suppression& suppression);
std::string json_of(const RuleTags& tags);
std::string json_of(const Ruleset& ruleset);
std::string json_of(const NamedList& list);

Result<void> read_body(std::string_view json, Rule& rule);
Result<void> read_body(std::string_view json, ManagedSettings& settings);
Result<void> read_body(std::string_view json, Suppression& suppression);
Result<void> read_body(std::string_view json, RuleTags& tags);
Result<void> read_body(std::string_view json, Ruleset& ruleset);
Result<void> read_body(std::string_view json, NamedList& list);

Result<void> check_body(const Rule& rule);
Result<void> check_body(const ManagedSettings& settings);
Result<void> check_body(const Suppression& suppression);
Result<void> check_body(const RuleTags& tags);
Result<void> check_body(const Ruleset& ruleset);
Result<void> check_body(const NamedList& list);

}  // namespace vigia
