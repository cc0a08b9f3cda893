// The organisation itself and its settings.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_call.h"
#include "app/api_values.h"
#include "base/match.h"
#include "catalog/settings.h"

namespace vigia {

namespace json = boost::json;

namespace {

HttpAnswer organisation_answer(const Organisation& one) {
    return with_etag(answer(json::object{{"id", one.id},
                                         {"name", one.name},
                                         {"created_at", format_rfc3339(one.created_at)},
                                         {"version", one.version}}),
                     one.version);
}

Answered organisation(Call& call) {
    const Organisation found = TRY(call.platform.catalog().organisation(call.caller.organisation));
    return organisation_answer(found);
}

constexpr auto organisation_members =
    std::to_array<std::string_view>({"name", "id", "created_at", "version"});

Answered rename_organisation(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    TRY_VOID(check_members(body, organisation_members));
    const std::string name = TRY(needed_text(body, "name"));
    const Organisation after = TRY(call.platform.catalog().rename_organisation(
        call.caller.actor, call.caller.organisation, name, expected_version(call.request)));
    return organisation_answer(after);
}

// Each setting by its name.
Answered settings(Call& call) {
    const int64_t version = TRY(call.platform.settings().version(call.caller.organisation));
    json::object all;
    for (const Setting& one : TRY(call.platform.settings().all(call.caller.organisation)))
        std::visit([&](const auto& value) { all[one.name] = value; }, one.value);
    return with_etag(answer(all), version);
}

// Settings that the body does not name stay as they are.
Answered change_settings(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    std::vector<std::string_view> known;
    for (const SettingKind& kind : setting_kinds()) known.push_back(kind.name);
    TRY_VOID(check_members(body, known));
    std::vector<Setting> wanted;
    for (const auto& member : body) {
        Setting one{.name = std::string(member.key()), .value = {}};
        if (member.value().is_int64())
            one.value = member.value().as_int64();
        else if (member.value().is_string())
            one.value = std::string(member.value().as_string());
        else
            return error(ErrorKind::BadInput, fmt::format("'{}' must be a number or a text", one.name));
        wanted.push_back(std::move(one));
    }
    TRY_VOID(call.platform.settings().set_all(call.caller.actor, call.caller.organisation, wanted,
                                              expected_version(call.request)));
    return settings(call);
}

// What is stored, and for how long.
Answered store_facts(Call& call) {
    const std::string& organisation = call.caller.organisation;
    const StoredFacts facts = TRY(call.platform.events().facts(organisation));
    return answer(json::object{
        {"events", facts.events},
        {"events_in_memory", facts.events_in_memory},
        {"parts", facts.parts},
        {"disk_bytes", facts.part_bytes},
        {"first", time_or_null(facts.first)},
        {"last", time_or_null(facts.last)},
        {"event_retention_days", TRY(call.platform.settings().event_retention_days(organisation))},
        {"alert_retention_days", alert_retention_days}});
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/organisation", Access::Reader, organisation},
    {Method::Put, "/api/v1/organisation", Access::Owner, rename_organisation},
    {Method::Get, "/api/v1/store", Access::Reader, store_facts},
    {Method::Get, "/api/v1/settings", Access::Reader, settings},
    {Method::Put, "/api/v1/settings", Access::Owner, change_settings},
});

}  // namespace

std::span<const Route> organisation_routes() { return routes; }

}  // namespace vigia
