#include "app/alert_filter.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/rule_type.h"
#include "normalise/catalogue.h"

namespace vigia {

namespace {

constexpr std::string_view alert_key = "alert";
constexpr std::string_view alert_prefix = "alert.";

constexpr auto fields = std::to_array<FieldSpec>({
    {"alert.rule", FieldType::Text, "The name of the rule that raised the alert."},
    {"alert.rule_id", FieldType::Text, "Its id."},
    {"alert.ruleset", FieldType::Text, "The folder that it came in."},
    {"alert.rule_type", FieldType::Text, "CloudTrail, Host …", true},
    {"alert.title", FieldType::Text, "The alert's title."},
    {"alert.severity", FieldType::Number, "1, 2 or 3; 1 is the highest.", true},
    {"alert.account", FieldType::Text, "The account that it is about.", true},
    {"alert.region", FieldType::Text, "The region.", true},
    {"alert.host", FieldType::Text, "The host."},
});

// The catalogues of events, each with the fields of alerts behind its own.
class AlertCatalogues {
public:
    AlertCatalogues() {
        for (size_t i = 0; i < event_types; i++) {
            const FieldCatalogue& events = catalogue(static_cast<EventType>(i));
            fields_[i].assign(events.fields.begin(), events.fields.end());
            fields_[i].insert(fields_[i].end(), fields.begin(), fields.end());
            catalogues_[i] = events;
            catalogues_[i].fields = fields_[i];
            pointers_[i] = &catalogues_[i];
        }
    }
    const Catalogues& all() const { return pointers_; }

private:
    std::array<std::vector<FieldSpec>, event_types> fields_;
    std::array<FieldCatalogue, event_types> catalogues_{};
    Catalogues pointers_{};
};

const Catalogues& alert_catalogues() {
    static const AlertCatalogues catalogues;
    return catalogues.all();
}

// A text that is not there is no member: `alert.host = null` holds of it.
void add_text(Json& object, std::string_view key, const std::string& text) {
    if (!text.empty()) object.members.push_back({key, {.kind = Json::Kind::Text, .text = text}});
}

// Borrows from the alert and from `severity`.
Json json_of_alert(const StoredAlert& alert, const std::string& severity) {
    Json made{.kind = Json::Kind::Object};
    add_text(made, "rule", alert.rule_name);
    add_text(made, "rule_id", alert.rule_id);
    add_text(made, "ruleset", alert.ruleset);
    add_text(made, "rule_type", alert.rule_type);
    add_text(made, "title", alert.title);
    add_text(made, "account", alert.account);
    add_text(made, "region", alert.region);
    add_text(made, "host", alert.host);
    made.members.push_back({"severity", {.kind = Json::Kind::Number, .text = severity, .raw = severity}});
    return made;
}

}  // namespace

std::span<const FieldSpec> alert_fields() { return fields; }

AlertFilter::Made AlertFilter::make(const std::string& text, NamedLists lists) {
    Made made;
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
        made.filter.reset(new AlertFilter(std::nullopt, {}));
        return made;
    }
    Rule rule{.id = "filter", .name = "filter", .title = "filter", .filter = text};
    CheckedRuleResult checked = check_rule(std::move(rule), all_event_types(), alert_catalogues(), lists);
    made.diagnostics = std::move(checked.diagnostics);
    // An event may have fields that nobody knows; what an alert has is known.
    for (RuleDiagnostic& one : made.diagnostics) {
        const std::string_view rest = std::string_view(one.text).substr(one.diagnostic.span.begin);
        if (!rest.starts_with(alert_prefix)) continue;
        one.diagnostic.level = Diagnostic::Level::Error;
        checked.rule.reset();
    }
    if (checked.rule) made.filter.reset(new AlertFilter(std::move(checked.rule), std::move(lists)));
    return made;
}

bool AlertFilter::holds(const StoredAlert& alert, std::string_view record) {
    if (!rule_) return true;
    const std::string severity = fmt::to_string(alert.severity);
    bool holds = false;
    // A record that was read once is read again; what is none holds nothing.
    (void)normaliser_.normalise(record, [&](const Event& event) {
        if (std::ranges::find(rule_->event_types, event.type) == rule_->event_types.end()) return;
        const auto type = static_cast<size_t>(event.type);
        Json with_alert = *event.record;
        // What the event itself calls so is nobody's word on the alert.
        std::erase_if(with_alert.members, [](const JsonMember& one) { return one.key == alert_key; });
        with_alert.members.push_back({alert_key, json_of_alert(alert, severity)});
        const TreeContext context{*alert_catalogues()[type], lists_, &caches_[type]};
        holds = holds || vigia::holds(rule_->filter, with_alert, context);
    });
    return holds;
}

}  // namespace vigia
