// What the console keeps for the user who is signed in: preferences and saved searches.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_call.h"
#include "app/api_rule_view.h"

namespace vigia {

namespace json = boost::json;

namespace {

Answered preferences(Call& call) {
    const std::string user = TRY(user_of(call));
    const Preferences found = TRY(call.platform.workspace().preferences(call.caller.organisation, user));
    return with_etag(answer(json_object(found.body)), found.version);
}

// The body is kept as it is: any JSON object.
Answered set_preferences(Call& call) {
    const std::string user = TRY(user_of(call));
    const Preferences after =
        TRY(call.platform.workspace().set_preferences(call.caller.actor, call.caller.organisation, user,
                                                      call.request.body, expected_version(call.request)));
    return with_etag(answer(json_object(after.body)), after.version);
}

json::object search_json(const SavedSearch& one, const std::string& user) {
    return {{"id", one.id},
            {"name", one.name},
            {"shared", one.shared},
            {"own", one.user == user},
            {"body", json_object(one.body)},
            {"version", one.version},
            {"created_at", format_rfc3339(one.created_at)},
            {"updated_at", format_rfc3339(one.updated_at)}};
}

HttpAnswer search_answer(const SavedSearch& one, const std::string& user, unsigned status) {
    return with_etag(answer(search_json(one, user), status), one.version);
}

Answered searches(Call& call) {
    const Paging asked = TRY(paging(call.request, page_max));
    const std::string user = TRY(user_of(call));
    std::vector<Listed> all;
    for (const SavedSearch& one : TRY(call.platform.workspace().searches(call.caller.organisation, user)))
        all.push_back({list_key(one.name, one.id), search_json(one, user)});
    return page_of("searches", std::move(all), asked);
}

Answered search_of_user(Call& call) {
    const std::string user = TRY(user_of(call));
    const SavedSearch found =
        TRY(call.platform.workspace().search(call.caller.organisation, user, call.arguments[0]));
    return search_answer(found, user, 200);
}

// Those of a GET that a PUT does not change are passed over.
constexpr auto search_members = std::to_array<std::string_view>(
    {"name", "shared", "body", "id", "own", "version", "created_at", "updated_at"});

Result<SearchDraft> search_draft(const Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    TRY_VOID(check_members(body, search_members));
    SearchDraft draft;
    draft.name = TRY(needed_text(body, "name"));
    draft.shared = TRY(truth_member(body, "shared")).value_or(false);
    const json::value* const content = body.if_contains("body");
    if (content == nullptr || !content->is_object())
        return error(ErrorKind::BadInput, "'body' must be a JSON object");
    draft.body = json::serialize(*content);
    return draft;
}

Answered add_search(Call& call) {
    const std::string user = TRY(user_of(call));
    const SearchDraft draft = TRY(search_draft(call));
    const SavedSearch made =
        TRY(call.platform.workspace().add_search(call.caller.actor, call.caller.organisation, user, draft));
    return search_answer(made, user, 201);
}

Answered change_search(Call& call) {
    const std::string user = TRY(user_of(call));
    const SearchDraft draft = TRY(search_draft(call));
    const SavedSearch after = TRY(
        call.platform.workspace().update_search(call.caller.actor, call.caller.organisation, user,
                                                call.arguments[0], draft, expected_version(call.request)));
    return search_answer(after, user, 200);
}

Answered remove_search(Call& call) {
    const std::string user = TRY(user_of(call));
    TRY_VOID(call.platform.workspace().remove_search(call.caller.actor, call.caller.organisation, user,
                                                     call.arguments[0], expected_version(call.request)));
    return no_content();
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/preferences", Access::Reader, preferences},
    {Method::Put, "/api/v1/preferences", Access::Reader, set_preferences},
    {Method::Get, "/api/v1/searches", Access::Reader, searches},
    {Method::Post, "/api/v1/searches", Access::Reader, add_search},
    {Method::Get, "/api/v1/searches/{id}", Access::Reader, search_of_user},
    {Method::Put, "/api/v1/searches/{id}", Access::Reader, change_search},
    {Method::Delete, "/api/v1/searches/{id}", Access::Reader, remove_search},
});

}  // namespace

std::span<const Route> workspace_routes() { return routes; }

}  // namespace vigia
