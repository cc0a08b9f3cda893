#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_call.h"
#include "app/api_json.h"
#include "app/rule_files.h"
#include "catalog/rule_book.h"

namespace vigia {

namespace json = boost::json;

namespace {

// A rule as the organisation has it.
json::object rule_json(const Rule& rule, const OrganisationBook& book, bool managed, int64_t version) {
    json::object made = json::parse(json_of(rule)).as_object();
    made["id"] = rule.id;
    made["managed"] = managed;
    made["version"] = version;
    if (managed) {
        if (const auto own = book.settings.find(rule.id); own != book.settings.end()) {
            const ManagedSettings& settings = own->second;
            if (settings.enabled) made["enabled"] = *settings.enabled;
            if (settings.severity) made["severity"] = *settings.severity;
            if (settings.threshold) made["threshold"] = *settings.threshold;
            if (settings.window) made["window_s"] = *settings.window / std::chrono::seconds{1};
        }
    }
    return made;
}

Result<OrganisationBook> book_of(const Call& call) {
    OrganisationBook book;
    for (auto& one : TRY(call.platform.rules().all_settings(call.caller.organisation)))
        book.settings.emplace(one.id, one.body);
    book.rules = TRY(call.platform.rules().rules(call.caller.organisation));
    return book;
}

Answered rules(Call& call) {
    const OrganisationBook book = TRY(book_of(call));
    json::array all;
    for (const auto& own : book.rules) all.push_back(rule_json(own.body, book, false, own.version));
    call.platform.shipped().each([&](const Rule& rule) { all.push_back(rule_json(rule, book, true, 0)); });
    return answer(json::object{{"rules", std::move(all)}});
}

Answered rule(Call& call) {
    const OrganisationBook book = TRY(book_of(call));
    if (const Rule* const shipped = call.platform.shipped().find(call.arguments[0]))
        return answer(rule_json(*shipped, book, true, 0));
    const auto own = TRY(call.platform.rules().rule(call.caller.organisation, call.arguments[0]));
    return answer(rule_json(own.body, book, false, own.version));
}

// Runs `work` with the body as a rule that can be in force.
Answered with_rule(const Call& call, const std::function<Answered(const Rule& rule)>& work) {
    Rule rule;
    if (auto refused = refuse_body(call, rule, "bad_rule")) return std::move(*refused);
    TRY_VOID(check_body(rule));
    const CheckedRuleResult checked = check_rule(rule, all_catalogues(), call.platform.shipped().lists());
    if (!checked.rule) return bad_filter(checked.diagnostics);
    return work(rule);
}

HttpAnswer rule_answer(const Stored<Rule>& stored, unsigned status) {
    HttpAnswer made = answer(rule_json(stored.body, {}, false, stored.version), status);
    made.headers.emplace_back("ETag", fmt::format("\"{}\"", stored.version));
    return made;
}

Answered add_rule(Call& call) {
    return with_rule(call, [&](const Rule& rule) -> Answered {
        const auto stored =
            TRY(call.platform.rules().add_rule(call.caller.actor, call.caller.organisation, rule));
        TRY_VOID(call.platform.take_rules());
        return rule_answer(stored, 201);
    });
}

Answered change_rule(Call& call) {
    return with_rule(call, [&](const Rule& rule) -> Answered {
        const auto stored =
            TRY(call.platform.rules().update_rule(call.caller.actor, call.caller.organisation,
                                                  call.arguments[0], rule, expected_version(call.request)));
        TRY_VOID(call.platform.take_rules());
        return rule_answer(stored, 200);
    });
}

Answered remove_rule(Call& call) {
    TRY_VOID(call.platform.rules().remove_rule(call.caller.actor, call.caller.organisation, call.arguments[0],
                                               expected_version(call.request)));
    TRY_VOID(call.platform.take_rules());
    return no_content();
}

Answered set_rule_settings(Call& call) {
    ManagedSettings settings;
    if (auto refused = refuse_body(call, settings, "bad_settings")) return std::move(*refused);
    TRY(call.platform.rules().set_settings(call.caller.actor, call.caller.organisation, call.arguments[0],
                                           settings, expected_version(call.request)));
    TRY_VOID(call.platform.take_rules());
    return rule(call);
}

Answered add_suppression(Call& call) {
    Suppression suppression;
    if (auto refused = refuse_body(call, suppression, "bad_suppression")) return std::move(*refused);
    suppression.rule = call.arguments[0];
    const auto made = SearchFilter::make(suppression.filter, call.platform.shipped().lists());
    if (!made.filter) return bad_filter(made.diagnostics);
    const auto stored =
        TRY(call.platform.rules().add_suppression(call.caller.actor, call.caller.organisation, suppression));
    TRY_VOID(call.platform.take_rules());
    json::object body = json::parse(json_of(stored.body)).as_object();
    body["id"] = stored.id;
    return answer(body, 201);
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/rules", Access::Reader, rules},
    {Method::Post, "/api/v1/rules", Access::User, add_rule},
    {Method::Get, "/api/v1/rules/{id}", Access::Reader, rule},
    {Method::Put, "/api/v1/rules/{id}", Access::User, change_rule},
    {Method::Delete, "/api/v1/rules/{id}", Access::User, remove_rule},
    {Method::Put, "/api/v1/rules/{id}/settings", Access::User, set_rule_settings},
    {Method::Post, "/api/v1/rules/{id}/suppressions", Access::User, add_suppression},
});

}  // namespace

std::span<const Route> rule_routes() { return routes; }

}  // namespace vigia
