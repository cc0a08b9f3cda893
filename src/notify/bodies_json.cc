// The bodies that are JSON.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "notify/bodies.h"

namespace vigia {

namespace {

namespace json = boost::json;

// Slack's and PagerDuty's own limits.
constexpr size_t slack_header_characters_max = 140;
constexpr size_t slack_section_characters_max = 2500;
constexpr size_t slack_field_characters_max = 300;
constexpr size_t slack_fields_max = 10;
constexpr size_t slack_url_characters_max = 2000;
constexpr size_t pagerduty_summary_characters_max = 1024;
constexpr size_t pagerduty_key_characters_max = 255;
constexpr size_t custom_text_characters_max = 1000;

int64_t milliseconds(Time time) {
    return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

// Slack reads &, < and > as the begin of its own marks.
std::string slack_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

json::object slack_plain(std::string_view text, size_t characters_max) {
    return {{"type", "plain_text"}, {"text", slack_text(cut(text, characters_max))}, {"emoji", false}};
}

std::string_view slack_mark(int severity) {
    if (severity <= 1) return "🔴";
    return severity == 2 ? "🟠" : "🟡";
}

json::array slack_fields(const Notification& notification) {
    std::vector<Aggregate> shown{{"Severity", fmt::to_string(notification.severity)},
                                 {"Rule", notification.rule_name},
                                 {"Source", notification.source},
                                 {"Server or region", notification.server_or_region},
                                 {"Matches", fmt::to_string(notification.count)}};
    shown.insert(shown.end(), notification.aggregates.begin(), notification.aggregates.end());
    json::array fields;
    for (const Aggregate& one : shown) {
        if (one.value.empty() || fields.size() == slack_fields_max) continue;
        fields.push_back(slack_plain(fmt::format("{}: {}", one.name, one.value), slack_field_characters_max));
    }
    return fields;
}

// PagerDuty knows critical, error, warning and info.
std::string_view pagerduty_severity(int severity) {
    if (severity <= 1) return "critical";
    return severity == 2 ? "error" : "warning";
}

std::string or_else(const std::string& text, std::string_view other) {
    return text.empty() ? std::string(other) : text;
}

}  // namespace

std::string webhook_body(const Notification& notification) {
    const json::object alert{{"title", notification.title},
                             {"created_at", milliseconds(notification.created_at)},
                             {"severity", notification.severity},
                             {"organization_id", notification.organisation},
                             {"organization_name", notification.organisation_name},
                             {"server_or_region", notification.server_or_region},
                             {"source", notification.source},
                             {"id", notification.alert}};
    return json::serialize(json::object{{"alerts", json::array{alert}}});
}

std::string slack_body(const Notification& notification) {
    const std::string heading = fmt::format("{} {}", slack_mark(notification.severity), notification.title);
    json::array blocks;
    blocks.push_back(
        json::object{{"type", "header"}, {"text", slack_plain(heading, slack_header_characters_max)}});
    if (!notification.description.empty())
        blocks.push_back(
            json::object{{"type", "section"},
                         {"text", slack_plain(notification.description, slack_section_characters_max)}});
    blocks.push_back(json::object{{"type", "section"}, {"fields", slack_fields(notification)}});
    const std::string link = slack_text(notification.url);
    // In a link, | and a blank would end the address.
    if (!link.empty() && link.size() <= slack_url_characters_max &&
        link.find_first_of("| ") == std::string::npos)
        blocks.push_back(json::object{
            {"type", "section"},
            {"text", json::object{{"type", "mrkdwn"}, {"text", fmt::format("<{}|Open the alert>", link)}}}});
    const std::string context =
        fmt::format("{} · {}", notification.organisation_name, format_rfc3339(notification.created_at));
    blocks.push_back(json::object{
        {"type", "context"}, {"elements", json::array{slack_plain(context, slack_field_characters_max)}}});
    // The text is what a phone shows; with no mrkdwn, it is taken as it is.
    const std::string text = fmt::format("[severity {}] {}", notification.severity,
                                         slack_text(cut(notification.title, slack_section_characters_max)));
    return json::serialize(json::object{{"text", text}, {"mrkdwn", false}, {"blocks", blocks}});
}

std::string pagerduty_body(const Notification& notification, std::string_view routing_key) {
    json::object details{{"alert_id", notification.alert},
                         {"organization", notification.organisation_name},
                         {"rule", notification.rule_name},
                         {"rule_id", notification.rule},
                         {"description", cut(notification.description, custom_text_characters_max)},
                         {"severity", notification.severity},
                         {"count", notification.count}};
    for (const Aggregate& one : notification.aggregates)
        details.emplace(cut(one.name, custom_text_characters_max),
                        cut(one.value, custom_text_characters_max));
    json::object payload{
        {"summary",
         cut(or_else(notification.title, notification.rule_name), pagerduty_summary_characters_max)},
        {"source", or_else(notification.server_or_region, "Vigia")},
        {"severity", pagerduty_severity(notification.severity)},
        {"timestamp", format_rfc3339(std::chrono::floor<std::chrono::milliseconds>(notification.created_at))},
        {"component", notification.source},
        {"class", notification.rule_name},
        {"custom_details", std::move(details)}};
    json::object event{{"routing_key", routing_key},
                       {"event_action", "trigger"},
                       {"dedup_key", cut(notification.alert, pagerduty_key_characters_max)},
                       {"client", "Vigia"},
                       {"payload", std::move(payload)}};
    if (!notification.url.empty()) {
        event["client_url"] = notification.url;
        event["links"] = json::array{json::object{{"href", notification.url}, {"text", "Open the alert"}}};
    }
    return json::serialize(event);
}

}  // namespace vigia
