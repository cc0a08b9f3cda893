// Named lists: what filters call `$name`.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_rule_view.h"
#include "app/rule_compiler.h"
#include "catalog/list_store.h"

namespace vigia {

namespace json = boost::json;

namespace {

// Those of a GET that a PUT does not change are passed over.
constexpr auto list_members =
    std::to_array<std::string_view>({"name", "description", "items", "id", "managed", "version", "count",
                                     "created_at", "updated_at", "updated_by"});

// Without its items, of which there may be many.
json::object list_head(const Stored<NamedList>& stored) {
    return {{"id", stored.id},
            {"name", stored.body.name},
            {"description", stored.body.description},
            {"count", stored.body.items.size()},
            {"managed", false},
            {"version", stored.version},
            {"created_at", format_rfc3339(stored.created_at)},
            {"updated_at", format_rfc3339(stored.updated_at)},
            {"updated_by", stored.updated_by}};
}

json::array texts(const std::vector<std::string>& items) {
    json::array all;
    for (const std::string& one : items) all.emplace_back(one);
    return all;
}

HttpAnswer list_answer(const Stored<NamedList>& stored, unsigned status) {
    json::object body = list_head(stored);
    body["items"] = texts(stored.body.items);
    return with_etag(answer(body, status), stored.version);
}

// One that Vigia ships has its name as id, and is not changed: an own one of the name takes its place.
json::object shipped_head(const std::string& name, const ValueList& list) {
    return {{"id", name},           {"name", name}, {"description", ""},     {"count", list.items().size()},
            {"managed", true},      {"version", 0}, {"created_at", nullptr}, {"updated_at", nullptr},
            {"updated_by", nullptr}};
}

Answered lists(Call& call) {
    const Paging asked = TRY(paging(call.request, page_max));
    std::vector<Listed> all;
    for (const auto& one : TRY(call.platform.lists().all(call.caller.organisation)))
        all.push_back({list_key(one.body.name, one.id), list_head(one)});
    for (const auto& [name, list] : call.platform.shipped().lists())
        all.push_back({list_key(name, name), shipped_head(name, *list)});
    return page_of("lists", std::move(all), asked);
}

Answered list(Call& call) {
    const NamedLists shipped = call.platform.shipped().lists();
    if (const auto one = shipped.find(call.arguments[0]); one != shipped.end()) {
        json::object body = shipped_head(one->first, *one->second);
        body["items"] = texts(one->second->items());
        return with_etag(answer(body), 0);
    }
    const auto stored = TRY(call.platform.lists().find(call.caller.organisation, call.arguments[0]));
    return list_answer(stored, 200);
}

// Conflict when a filter of the organisation calls the list, and no shipped one has its name.
Result<void> check_unused(const Call& call, const std::string& name) {
    if (call.platform.shipped().lists().contains(name)) return {};
    const auto calls = [&](const std::string& filter) { return lists_called(filter).contains(name); };
    for (const auto& one : TRY(call.platform.rules().rules(call.caller.organisation))) {
        if (calls(one.body.filter) || std::ranges::any_of(one.body.suppressions, calls))
            return error(ErrorKind::Conflict,
                         fmt::format("rule '{}' calls ${}; change the rule first", one.body.name, name));
    }
    for (const auto& one : TRY(call.platform.rules().all_suppressions(call.caller.organisation))) {
        if (calls(one.body.filter))
            return error(ErrorKind::Conflict,
                         fmt::format("suppression {} calls ${}; change it first", one.id, name));
    }
    return {};
}

Answered add_list(Call& call) {
    NamedList list;
    if (auto refused = refuse_body(call, list, "bad_list", list_members)) return std::move(*refused);
    const auto stored = TRY(call.platform.lists().add(call.caller.actor, call.caller.organisation, list));
    TRY_VOID(call.platform.take_rules());
    return list_answer(stored, 201);
}

Answered change_list(Call& call) {
    NamedList list;
    if (auto refused = refuse_body(call, list, "bad_list", list_members)) return std::move(*refused);
    const auto before = TRY(call.platform.lists().find(call.caller.organisation, call.arguments[0]));
    if (before.body.name != list.name) TRY_VOID(check_unused(call, before.body.name));
    const auto stored =
        TRY(call.platform.lists().update(call.caller.actor, call.caller.organisation, call.arguments[0], list,
                                         expected_version(call.request)));
    TRY_VOID(call.platform.take_rules());
    return list_answer(stored, 200);
}

Answered remove_list(Call& call) {
    const auto before = TRY(call.platform.lists().find(call.caller.organisation, call.arguments[0]));
    TRY_VOID(check_unused(call, before.body.name));
    TRY_VOID(call.platform.lists().remove(call.caller.actor, call.caller.organisation, call.arguments[0],
                                          expected_version(call.request)));
    TRY_VOID(call.platform.take_rules());
    return no_content();
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/lists", Access::Reader, lists},
    {Method::Post, "/api/v1/lists", Access::User, add_list},
    {Method::Get, "/api/v1/lists/{id}", Access::Reader, list},
    {Method::Put, "/api/v1/lists/{id}", Access::User, change_list},
    {Method::Delete, "/api/v1/lists/{id}", Access::User, remove_list},
});

}  // namespace

std::span<const Route> list_routes() { return routes; }

}  // namespace vigia
