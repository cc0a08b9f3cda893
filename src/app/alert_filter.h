#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/stored_alert.h"
#include "detect/rule_set.h"
#include "lang/tree_walk.h"
#include "normalise/normaliser.h"

namespace vigia {

// A filter over alerts: it asks the alert's latest event, as a rule's filter does, and the alert itself by
// the fields of alert_fields(). An empty text holds of every alert. For one thread; it stays where it is.
class AlertFilter {
public:
    // Nothing when a diagnostic is an error.
    struct Made {
        std::unique_ptr<AlertFilter> filter;
        std::vector<RuleDiagnostic> diagnostics;
    };
    static Made make(const std::string& text, NamedLists lists);

    // `record` is the event as it is kept. A record that cannot be read holds nothing.
    bool holds(const StoredAlert& alert, std::string_view record);

private:
    AlertFilter(std::optional<CheckedRule> rule, NamedLists lists)
        : rule_(std::move(rule)), lists_(std::move(lists)) {}

    std::optional<CheckedRule> rule_;
    NamedLists lists_;
    Normaliser normaliser_;
    std::array<EvaluationCache, event_types> caches_;  // fields stand for other paths in each type
};

// What a filter may ask of the alert: "alert.rule", "alert.severity" …
std::span<const FieldSpec> alert_fields();

}  // namespace vigia
