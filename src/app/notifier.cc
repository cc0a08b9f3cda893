#include "app/notifier.h"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/catalog.h"

namespace vigia {

std::string_view source_of(std::string_view rule_type) {
    const auto type = rule_type_of(rule_type);
    if (!type) return rule_type;
    switch (*type) {
        case RuleType::CloudTrail:
            return "CloudTrail";
        case RuleType::AwsEvent:
            return "AWS";
        case RuleType::KubernetesAudit:
        case RuleType::KubernetesConfig:
            return "Kubernetes";
        case RuleType::Host:
        case RuleType::File:
        case RuleType::Container:
        case RuleType::ThreatIntel:
        case RuleType::Winsec:
            return "Host";
    }
    return rule_type;
}

Result<void> Notifier::raised(SqlSession& session, const StoredAlert& alert) {
    const auto channels = TRY(Channels::listening(session, alert.organisation, alert.severity));
    if (channels.empty()) return {};
    const std::string organisation_name = TRY(name_of_organisation(session, alert.organisation));
    const Notification notification = notification_of(alert, organisation_name);
    for (const Channel& channel : channels) {
        const bool wanted = TRY(listens(session, channel, alert));
        if (!wanted) continue;
        const bool put = TRY(parts_.outbox.put(session, channel.id, notification));
        if (put) has_put_ = true;
    }
    return {};
}

void Notifier::committed() {
    if (has_put_.exchange(false)) parts_.outbox.announce();
}

void Notifier::set_public_url(const std::string& url) {
    const std::lock_guard lock(mutex_);
    public_url_ = url;
    while (public_url_.ends_with('/')) public_url_.pop_back();
}

std::string Notifier::alert_url(const std::string& alert) const {
    const std::lock_guard lock(mutex_);
    return public_url_.empty() ? "" : fmt::format("{}/alerts/{}", public_url_, alert);
}

Result<bool> Notifier::listens(SqlSession& session, const Channel& channel, const StoredAlert& alert) {
    if (channel.filter.empty()) return true;
    const auto rows =
        TRY(session.query("select record from alert_events where alert = :alert order by time desc, event_id "
                          "desc limit 1",
                          {alert.id}));
    const std::string record = rows.empty() ? "" : text(rows[0][0]);
    const std::lock_guard lock(mutex_);
    AlertFilter* const asked = filter(channel);
    return asked == nullptr || asked->holds(alert, record);
}

AlertFilter* Notifier::filter(const Channel& channel) {
    if (const auto held = filters_.find(channel.filter); held != filters_.end()) return held->second.get();
    if (filters_.size() >= held_filters_max) filters_.clear();
    AlertFilter::Made made = AlertFilter::make(channel.filter, parts_.shipped.lists());
    if (!made.filter)
        parts_.complain(
            fmt::format("the filter of the channel '{}' is not understood, so it gets every alert: {}",
                        channel.name, made.diagnostics.empty() ? "" : print(made.diagnostics.front())));
    return filters_.emplace(channel.filter, std::move(made.filter)).first->second.get();
}

Notification Notifier::notification_of(const StoredAlert& alert, const std::string& organisation_name) const {
    Notification made{.alert = alert.id,
                      .organisation = alert.organisation,
                      .organisation_name = organisation_name,
                      .title = alert.title,
                      .severity = alert.severity,
                      .rule = alert.rule_id,
                      .rule_name = alert.rule_name,
                      .description = description_of(alert.rule_id),
                      .server_or_region = alert.host.empty() ? alert.region : alert.host,
                      .source = std::string(source_of(alert.rule_type)),
                      .created_at = alert.created_at,
                      .count = static_cast<int64_t>(alert.count),
                      .url = alert_url(alert.id)};
    for (const NamedValue& one : alert.aggregates) made.aggregates.push_back({one.name, one.value});
    return made;
}

// Of a rule that is no longer in force, nothing.
std::string Notifier::description_of(const std::string& rule_id) const {
    if (const Rule* const shipped = parts_.shipped.find(rule_id)) return shipped->description;
    const auto in_force = parts_.rules.get();
    const auto rules = in_force->rules->rules();
    const auto at = std::ranges::find(rules, rule_id, [](const CheckedRule& one) { return one.rule.id; });
    return at == rules.end() ? "" : at->rule.description;
}

}  // namespace vigia
