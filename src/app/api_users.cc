// Users of the organisation, their sessions and passwords, and keys.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_call.h"
#include "app/api_values.h"

namespace vigia {

namespace json = boost::json;

namespace {

using Logins = std::map<std::string, Time>;

json::object with_login(const User& user, const Logins& logins) {
    const auto last = logins.find(user.id);
    json::object shown = json_of(user);
    shown["last_login_at"] = time_or_null(last == logins.end() ? std::nullopt : std::optional(last->second));
    return shown;
}

Answered users(Call& call) {
    const Paging asked = TRY(paging(call.request, page_max));
    const Logins logins = TRY(call.platform.catalog().last_logins(call.caller.organisation));
    std::vector<Listed> all;
    for (const User& one : TRY(call.platform.catalog().users(call.caller.organisation)))
        all.push_back({one.email, with_login(one, logins)});
    return page_of("users", std::move(all), asked);
}

// Whom work can be given to: what everybody may know of those who may come in.
Answered people(Call& call) {
    const Paging asked = TRY(paging(call.request, page_max));
    std::vector<Listed> all;
    for (const User& one : TRY(call.platform.catalog().users(call.caller.organisation)))
        if (!one.disabled)
            all.push_back(
                {one.email, json::object{{"email", one.email}, {"role", std::string(name(one.role))}}});
    return page_of("people", std::move(all), asked);
}

Answered user_answer(const Call& call, const User& user) {
    const Logins logins = TRY(call.platform.catalog().last_logins(call.caller.organisation));
    return with_etag(answer(with_login(user, logins)), user.version);
}

Answered user(Call& call) {
    const User found = TRY(call.platform.catalog().user(call.caller.organisation, call.arguments[0]));
    return user_answer(call, found);
}

constexpr auto user_members = std::to_array<std::string_view>(
    {"role", "disabled", "id", "organisation", "email", "created_at", "version", "last_login_at"});

Answered change_user(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    TRY_VOID(check_members(body, user_members));
    UserChange change;
    if (const auto role = TRY(text_member(body, "role"))) change.role = TRY(role_given(*role));
    change.disabled = TRY(truth_member(body, "disabled"));
    const User after =
        TRY(call.platform.catalog().change_user(call.caller.actor, call.caller.organisation,
                                                call.arguments[0], change, expected_version(call.request)));
    return user_answer(call, after);
}

Answered remove_user(Call& call) {
    TRY_VOID(call.platform.catalog().remove_user(call.caller.actor, call.caller.organisation,
                                                 call.arguments[0], expected_version(call.request)));
    return no_content();
}

Answered end_sessions_of(Call& call) {
    TRY_VOID(
        call.platform.sessions().end_all(call.caller.actor, call.caller.organisation, call.arguments[0]));
    return no_content();
}

Answered own_sessions(Call& call) {
    const std::string user = TRY(user_of(call));
    const Session here = TRY(call.platform.sessions().find(call.caller.token));
    json::array all;
    for (const Session& one : TRY(call.platform.sessions().all(call.caller.organisation, user)))
        all.push_back(json::object{{"id", one.id},
                                   {"created_at", format_rfc3339(one.created_at)},
                                   {"last_seen_at", format_rfc3339(one.last_seen_at)},
                                   {"expires_at", format_rfc3339(one.expires_at)},
                                   {"origin", one.origin},
                                   {"user_agent", one.user_agent},
                                   {"current", one.id == here.id}});
    return answer(json::object{{"sessions", std::move(all)}});
}

Answered end_own_session(Call& call) {
    const std::string user = TRY(user_of(call));
    TRY_VOID(
        call.platform.sessions().end(call.caller.actor, call.caller.organisation, user, call.arguments[0]));
    return no_content();
}

constexpr auto password_members = std::to_array<std::string_view>({"current_password", "new_password"});

// All sessions of the user end, and the caller gets a new one. Whoever guesses at the current password is
// slowed down as at the login.
Answered change_password(Call& call) {
    const std::string user = TRY(user_of(call));
    const json::object body = TRY(read_object(call.request.body));
    TRY_VOID(check_members(body, password_members));
    LoginRequest login{.email = call.caller.actor.who,
                       .organisation = call.caller.organisation,
                       .origin = call.request.remote,
                       .user_agent = std::string(call.request.header("User-Agent"))};
    login.password = TRY(needed_text(body, "current_password"));
    const std::string password = TRY(needed_text(body, "new_password"));
    const auto right = call.platform.sessions().log_in(login);
    if (!right && right.error().kind == ErrorKind::Denied)
        return problem(403, "wrong_password", "the current password is wrong");
    if (!right) return std::unexpected(right.error());
    TRY_VOID(
        call.platform.catalog().set_password(call.caller.actor, call.caller.organisation, user, password));
    login.password = password;
    const auto again = TRY(call.platform.sessions().log_in(login));
    return session_answer(std::get<NewSession>(again), call.request);
}

json::object key_json(const ApiKey& key) {
    return {{"id", key.id},
            {"name", key.name},
            {"kind", std::string(name(key.kind))},
            {"role", key.kind == KeyKind::Source ? json::value() : json::value(std::string(name(key.role)))},
            {"user", key.user.empty() ? json::value() : json::value(key.user)},
            {"hint", key.hint},
            {"created_at", format_rfc3339(key.created_at)},
            {"created_by", key.created_by},
            {"last_used_at", time_or_null(key.last_used_at)},
            {"revoked_at", time_or_null(key.revoked_at)}};
}

Answered keys(Call& call) {
    const Paging asked = TRY(paging(call.request, page_max));
    const bool revoked_too = TRY(truth_parameter(call.request, "revoked")).value_or(false);
    std::vector<Listed> all;
    for (const ApiKey& one : TRY(call.platform.catalog().keys(call.caller.organisation))) {
        if (!one.revoked_at || revoked_too) all.push_back({list_key(one.name, one.id), key_json(one)});
    }
    return page_of("keys", std::move(all), asked);
}

Answered revoke_key(Call& call) {
    TRY_VOID(
        call.platform.catalog().revoke_key(call.caller.actor, call.caller.organisation, call.arguments[0]));
    return no_content();
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/people", Access::Reader, people},
    {Method::Get, "/api/v1/users", Access::Owner, users},
    {Method::Get, "/api/v1/users/{id}", Access::Owner, user},
    {Method::Put, "/api/v1/users/{id}", Access::Owner, change_user},
    {Method::Delete, "/api/v1/users/{id}", Access::Owner, remove_user},
    {Method::Delete, "/api/v1/users/{id}/sessions", Access::Owner, end_sessions_of},
    {Method::Get, "/api/v1/sessions", Access::Reader, own_sessions},
    {Method::Delete, "/api/v1/sessions/{id}", Access::Reader, end_own_session},
    {Method::Post, "/api/v1/session/password", Access::Reader, change_password},
    {Method::Get, "/api/v1/keys", Access::Owner, keys},
    {Method::Delete, "/api/v1/keys/{id}", Access::Owner, revoke_key},
});

}  // namespace

std::span<const Route> user_routes() { return routes; }

}  // namespace vigia
