// Alerts in numbers, and what belongs to one of them.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "app/alert_context.h"
#include "app/api_alert_query.h"
#include "app/api_call.h"
#include "app/api_json.h"
#include "app/api_values.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr size_t group_buckets = 24;
constexpr size_t rule_days_max = 366;
constexpr size_t rule_days = 30;
constexpr size_t activity_days_max = 90;
// A histogram that names no range is of this long until now.
constexpr std::chrono::days histogram_span{7};

json::object counts_json(const SeverityCounts& counts) {
    json::object made;
    for (size_t i = 0; i < counts.size(); i++) made[fmt::format("severity_{}", i + 1)] = counts[i];
    return made;
}

json::value number_or_null(const std::optional<uint64_t>& number) {
    return number ? json::value(*number) : json::value(nullptr);
}

// What became of a rule's matches, day by day.
struct RuleLines {
    std::vector<uint64_t> matched, suppressed, alerted;
    uint64_t matches = 0, suppressions = 0, alerts = 0;

    explicit RuleLines(size_t days) : matched(days), suppressed(days), alerted(days) {}
    void add(size_t at, const RuleDay& day) {
        matches += matched[at] = day.matched;
        suppressions += suppressed[at] = day.suppressed;
        alerts += alerted[at] = day.alerted;
    }
    void add_sums(const RuleLines& other) {
        matches += other.matches;
        suppressions += other.suppressions;
        alerts += other.alerts;
    }
    json::object sums_json() const {
        return {{"matched", matches}, {"suppressed", suppressions}, {"alerted", alerts}};
    }
    json::object days_json() const {
        return {{"matched", json::value_from(matched)},
                {"suppressed", json::value_from(suppressed)},
                {"alerted", json::value_from(alerted)}};
    }
};

Answered alert_counts(Call& call) {
    const AlertQuery query = TRY(alert_query(call));
    const SeverityCounts counts = TRY(call.platform.alerts().severity_counts(query));
    json::array all;
    for (size_t i = 0; i < counts.size(); i++)
        all.push_back(json::object{{"severity", i + 1}, {"count", counts[i]}});
    return answer(json::object{{"counts", std::move(all)}});
}

Answered histogram(Call& call) {
    AlertQuery query = TRY(alert_query(call));
    if (!query.until) query.until = call.platform.clock().now();
    if (!query.from) query.from = *query.until - histogram_span;
    const auto width = parse_duration(call.request.parameter("width").value_or("1h"));
    if (!width) return error(ErrorKind::BadInput, "'width' must be a duration as 5m, 1h or 1d");
    json::array bars;
    for (const AlertBucket& one : TRY(call.platform.alerts().histogram(query, *width)))
        bars.push_back(
            json::object{{"begin", format_rfc3339(one.begin)}, {"counts", counts_json(one.counts)}});
    return answer(json::object{{"width", format_duration(*width)}, {"bars", std::move(bars)}});
}

// The rules by which groups are named, as they are now.
struct RuleNames {
    const ShippedRules& shipped;
    std::shared_ptr<const RulesInForce> in_force;

    const Rule* find(const std::string& id) const {
        if (const Rule* const known = shipped.find(id)) return known;
        const auto rules = in_force->rules->rules();
        const auto at = std::ranges::find(rules, id, [](const CheckedRule& one) { return one.rule.id; });
        return at == rules.end() ? nullptr : &at->rule;
    }
};

json::object json_of(const AlertGroup& group, const Rule* rule) {
    json::array line;
    for (const uint64_t count : group.alerts) line.push_back(count);
    return {{"rule_id", group.rule_id},
            {"rule_name", rule == nullptr ? group.rule_name : rule->name},
            {"ruleset", group.ruleset},
            {"rule_type", group.rule_type},
            {"title", rule == nullptr ? json::value(nullptr) : json::value(rule->title)},
            {"alerts", group.counts[0] + group.counts[1] + group.counts[2]},
            {"counts", counts_json(group.counts)},
            {"events", group.events},
            {"first_at", format_rfc3339(group.first_at)},
            {"last_at", format_rfc3339(group.last_at)},
            {"created_at", format_rfc3339(group.created_at)},
            {"line", std::move(line)}};
}

Answered groups(Call& call) {
    const AlertQuery query = TRY(alert_query(call));
    const size_t buckets = TRY(count_parameter(call.request, "buckets", group_buckets, group_buckets_max));
    const AlertGroupPage page = TRY(call.platform.alerts().groups(query, buckets));
    const RuleNames names{call.platform.shipped(), call.platform.rules_in_force()};
    json::array all;
    for (const AlertGroup& one : page.groups) all.push_back(json_of(one, names.find(one.rule_id)));
    const bool none = page.groups.empty();
    const auto width_ms = std::chrono::ceil<std::chrono::milliseconds>(page.bucket).count();
    return answer(json::object{{"groups", std::move(all)},
                               {"from", none ? json::value() : json::value(format_rfc3339(page.from))},
                               {"bucket_ms", none ? json::value() : json::value(width_ms)},
                               {"next", page.next.empty() ? json::value() : json::value(page.next)}});
}

Answered similar(Call& call) {
    const size_t limit = TRY(limit_parameter(call.request, 50, alerts_page_max));
    json::array all;
    for (const StoredAlert& one :
         TRY(call.platform.alerts().similar(call.caller.organisation, call.arguments[0], limit)))
        all.push_back(json_of(one));
    return answer(json::object{{"alerts", std::move(all)}});
}

// Each of the last days, the last of them today, also those on which nothing happened.
Answered days_of_rule(Call& call) {
    const std::string& rule = call.arguments[0];
    if (call.platform.shipped().find(rule) == nullptr)
        TRY(call.platform.rules().rule(call.caller.organisation, rule));
    const size_t count = TRY(count_parameter(call.request, "days", rule_days, rule_days_max));
    const auto today = std::chrono::floor<std::chrono::days>(call.platform.clock().now());
    const auto first = today - std::chrono::days{count - 1};
    const auto found =
        TRY(call.platform.alerts().daily(call.caller.organisation, {rule}, day_of(Time(first))));
    json::array days;
    for (auto day = first; day <= today; day += std::chrono::days{1}) {
        const std::string name = day_of(Time(day));
        const auto at = std::ranges::find(found, name, &RuleDay::day);
        const RuleDay counts = at == found.end() ? RuleDay{} : *at;
        days.push_back(json::object{{"day", name},
                                    {"matched", counts.matched},
                                    {"suppressed", counts.suppressed},
                                    {"alerted", counts.alerted}});
    }
    return answer(json::object{{"rule_id", rule}, {"days", std::move(days)}});
}

// Of all rules at once, for a table of them: those that did nothing are left out.
Answered activity(Call& call) {
    const size_t count = TRY(count_parameter(call.request, "days", rule_days, activity_days_max));
    const auto today = std::chrono::floor<std::chrono::days>(call.platform.clock().now());
    const auto first = today - std::chrono::days{count - 1};
    std::map<std::string, size_t> places;
    json::array days;
    for (auto day = first; day <= today; day += std::chrono::days{1}) {
        places.emplace(day_of(Time(day)), places.size());
        days.emplace_back(day_of(Time(day)));
    }
    std::map<std::string, RuleLines> by_rule;
    for (const RuleDay& one :
         TRY(call.platform.alerts().daily(call.caller.organisation, day_of(Time(first))))) {
        const auto place = places.find(one.day);
        if (place != places.end())
            by_rule.try_emplace(one.rule_id, count).first->second.add(place->second, one);
    }
    const auto last = TRY(call.platform.alerts().last_alerts(call.caller.organisation, Time(first)));
    RuleLines all(0);
    json::array rules;
    for (const auto& [rule, lines] : by_rule) {
        all.add_sums(lines);
        json::object shown = lines.sums_json();
        shown["rule_id"] = rule;
        shown["days"] = lines.days_json();
        const auto fired = last.find(rule);
        shown["last_alert_at"] =
            fired == last.end() ? json::value() : json::value(format_rfc3339(fired->second));
        rules.push_back(std::move(shown));
    }
    return answer(
        json::object{{"days", std::move(days)}, {"totals", all.sums_json()}, {"rules", std::move(rules)}});
}

json::object json_of(const UsualValue& value) {
    return {{"field", value.field},
            {"value", value.value},
            {"rule_alerts", value.rule_alerts},
            {"rule_days", value.rule_days},
            {"alerts", value.alerts},
            {"days", value.days},
            {"first_at", time_or_null(value.first_at)}};
}

json::value json_of(const std::optional<UsualEvents>& events) {
    if (!events) return nullptr;
    json::value hours(nullptr);
    if (events->user_hours) {
        json::array all;
        for (const uint64_t count : *events->user_hours) all.push_back(count);
        hours = std::move(all);
    }
    return json::object{{"event_type", events->event_type},
                        {"source", events->source},
                        {"name", events->name},
                        {"user", events->user},
                        {"host", events->host},
                        {"by_user", number_or_null(events->by_user)},
                        {"user_days", number_or_null(events->user_days)},
                        {"user_hours", std::move(hours)},
                        {"of_name", number_or_null(events->of_name)},
                        {"of_name_by_user", number_or_null(events->of_name_by_user)},
                        {"by_user_on_host", number_or_null(events->by_user_on_host)},
                        {"user_first_at", time_or_null(events->user_first_at)},
                        {"name_by_user_first_at", time_or_null(events->name_by_user_first_at)},
                        {"complete", events->complete}};
}

Answered context(Call& call) {
    AlertContexts contexts(call.platform.alerts(), call.platform.searcher());
    const AlertContext found = TRY(contexts.of(call.caller.organisation, call.arguments[0]));
    json::array values;
    for (const UsualValue& one : found.values) values.push_back(json_of(one));
    return answer(json::object{{"since", format_rfc3339(found.since)},
                               {"until", format_rfc3339(found.until)},
                               {"alerts_complete", found.alerts_complete},
                               {"values", std::move(values)},
                               {"events", json_of(found.events)}});
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/alerts/severity-counts", Access::Reader, alert_counts},
    {Method::Get, "/api/v1/alerts/histogram", Access::Reader, histogram},
    {Method::Get, "/api/v1/alerts/groups", Access::Reader, groups},
    {Method::Get, "/api/v1/alerts/{id}/similar", Access::Reader, similar},
    {Method::Get, "/api/v1/alerts/{id}/context", Access::Reader, context},
    {Method::Get, "/api/v1/rules/activity", Access::Reader, activity},
    {Method::Get, "/api/v1/rules/{id}/days", Access::Reader, days_of_rule},
});

}  // namespace

std::span<const Route> alert_view_routes() { return routes; }

}  // namespace vigia
