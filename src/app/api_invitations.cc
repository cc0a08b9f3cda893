// Invitations: how people come into an organisation.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_call.h"

namespace vigia {

namespace json = boost::json;

namespace {

json::object invitation_json(const Invitation& one) {
    return {{"id", one.id},
            {"email", one.email},
            {"role", std::string(name(one.role))},
            {"created_at", format_rfc3339(one.created_at)},
            {"created_by", one.created_by},
            {"expires_at", format_rfc3339(one.expires_at)}};
}

Answered invitations(Call& call) {
    const Paging asked = TRY(paging(call.request, page_max));
    std::vector<Listed> all;
    for (const Invitation& one : TRY(call.platform.invitations().all(call.caller.organisation)))
        all.push_back({one.email, invitation_json(one)});
    return page_of("invitations", std::move(all), asked);
}

constexpr auto invite_members = std::to_array<std::string_view>({"email", "role"});

// The token is in this answer only.
Answered invite(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    TRY_VOID(check_members(body, invite_members));
    const std::string email = TRY(needed_text(body, "email"));
    const std::string role_text = TRY(needed_text(body, "role"));
    const Role role = TRY(role_given(role_text));
    const NewInvitation made =
        TRY(call.platform.invitations().add(call.caller.actor, call.caller.organisation, email, role));
    json::object shown = invitation_json(made.invitation);
    shown["token"] = made.token;
    return answer(shown, 201);
}

Answered revoke_invitation(Call& call) {
    TRY_VOID(
        call.platform.invitations().revoke(call.caller.actor, call.caller.organisation, call.arguments[0]));
    return no_content();
}

constexpr auto accept_members = std::to_array<std::string_view>({"token", "password"});
constexpr auto look_members = std::to_array<std::string_view>({"token"});

// What the token is for, so that whoever was invited sees it before they choose a password. The token comes
// in the body: addresses stand in logs.
Answered look_at_invitation(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    TRY_VOID(check_members(body, look_members));
    const std::string token = TRY(needed_text(body, "token"));
    const Invitation found = TRY(call.platform.invitations().find(token));
    const Organisation organisation = TRY(call.platform.catalog().organisation(found.organisation));
    return answer(json::object{{"email", found.email},
                               {"role", std::string(name(found.role))},
                               {"organisation", organisation.name},
                               {"expires_at", format_rfc3339(found.expires_at)}});
}

// The user is there afterwards, and signs in as others do.
Answered accept_invitation(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    TRY_VOID(check_members(body, accept_members));
    const std::string token = TRY(needed_text(body, "token"));
    const std::string password = TRY(needed_text(body, "password"));
    const User made = TRY(call.platform.invitations().accept(call.request.remote, token, password));
    return with_etag(answer(json_of(made), 201), made.version);
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/invitations", Access::Owner, invitations},
    {Method::Post, "/api/v1/invitations", Access::Owner, invite},
    {Method::Post, "/api/v1/invitations/look", Access::Public, look_at_invitation},
    {Method::Post, "/api/v1/invitations/accept", Access::Public, accept_invitation},
    {Method::Delete, "/api/v1/invitations/{id}", Access::Owner, revoke_invitation},
});

}  // namespace

std::span<const Route> invitation_routes() { return routes; }

}  // namespace vigia
