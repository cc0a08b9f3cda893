#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_call.h"
#include "app/api_json.h"
#include "app/api_values.h"
#include "base/log.h"

namespace vigia {

namespace json = boost::json;

HttpAnswer session_answer(const NewSession& session, const HttpRequest& request) {
    HttpAnswer made = answer(json::object{{"user", json_of(session.session.user)},
                                          {"csrf_token", session.csrf_token},
                                          {"expires_at", format_rfc3339(session.session.expires_at)}});
    made.headers.emplace_back(
        "Set-Cookie", fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict{}", session_cookie, session.token,
                                  request.is_tls ? "; Secure" : ""));
    return made;
}

namespace {

// The address that was typed is left out: now and then it is a password.
void tell_refused(const Call& call) {
    call.platform.metrics().logins_refused.with({}).add();
    log(LogLevel::Warning, "access", "a login was refused",
        {{"remote", call.request.remote}, {"request", call.request.id}});
}

Answered log_in(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    LoginRequest login;
    login.email = TRY(needed_text(body, "email"));
    login.password = TRY(needed_text(body, "password"));
    login.organisation = TRY(text_member(body, "organisation"));
    login.origin = call.request.remote;
    login.user_agent = std::string(call.request.header("User-Agent"));
    auto done = call.platform.sessions().log_in(login);
    if (!done) tell_refused(call);
    if (!done && done.error().kind == ErrorKind::Denied)
        return problem(401, "wrong_password", "the e-mail address or the password is wrong");
    if (!done) return std::unexpected(done.error());
    if (const auto* choice = std::get_if<LoginChoice>(&*done)) {
        json::array organisations;
        for (const Organisation& one : choice->organisations)
            organisations.push_back(json::object{{"id", one.id}, {"name", one.name}});
        return problem(409, "choose_organisation", "the password is right in more than one organisation",
                       {{"organisations", std::move(organisations)}});
    }
    return session_answer(std::get<NewSession>(*done), call.request);
}

Answered log_out(Call& call) {
    if (!call.caller.token.empty())
        TRY_VOID(call.platform.sessions().log_out(call.caller.actor, call.caller.token));
    return no_content();
}

Answered who_am_i(Call& call) {
    json::object body{{"organisation", call.caller.organisation},
                      {"user", call.caller.user.empty() ? json::value() : json::value(call.caller.user)},
                      {"who", call.caller.actor.who},
                      {"role", std::string(name(call.caller.role))}};
    if (!call.caller.token.empty()) body["csrf_token"] = Sessions::csrf_of(call.caller.token);
    return answer(body);
}

Answered own_organisations(Call& call) {
    const std::string user = TRY(user_of(call));
    const Session session = TRY(call.platform.sessions().find(call.caller.token));
    json::array all;
    for (const OwnAccount& one : TRY(call.platform.sessions().accounts(session)))
        all.push_back(json::object{{"id", one.user.organisation},
                                   {"name", one.organisation_name},
                                   {"role", std::string(name(one.user.role))},
                                   {"current", one.user.id == user}});
    return answer(json::object{{"organisations", std::move(all)}});
}

Answered change_organisation(Call& call) {
    TRY(user_of(call));
    const json::object body = TRY(read_object(call.request.body));
    TRY_VOID(check_members(body, std::to_array<std::string_view>({"organisation"})));
    const std::string organisation = TRY(needed_text(body, "organisation"));
    const Session session = TRY(call.platform.sessions().find(call.caller.token));
    return session_answer(
        TRY(call.platform.sessions().change_organisation(session, organisation, call.caller.actor)),
        call.request);
}

Answered set_up(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    FirstSetup setup;
    setup.token = TRY(needed_text(body, "token"));
    setup.organisation = TRY(needed_text(body, "organisation"));
    setup.email = TRY(needed_text(body, "email"));
    setup.password = TRY(needed_text(body, "password"));
    setup.origin = call.request.remote;
    const User owner = TRY(call.platform.invitations().set_up(setup));
    TRY_VOID(call.platform.take_rules());
    return answer(json_of(owner), 201);
}

Answered add_key(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    const std::string label = TRY(needed_text(body, "name"));
    const std::string kind_name = TRY(needed_text(body, "kind"));
    const auto kind = key_kind_of(kind_name);
    if (!kind) return error(ErrorKind::BadInput, "'kind' must be source, api or hawk");
    KeyGrant grant;
    if (const auto role = TRY(text_member(body, "role"))) grant.role = TRY(role_given(*role));
    grant.user = TRY(text_member(body, "user")).value_or("");
    const NewApiKey made = TRY(
        call.platform.catalog().add_key(call.caller.actor, call.caller.organisation, label, *kind, grant));
    return answer(json::object{{"id", made.key.id}, {"name", made.key.name}, {"token", made.token}}, 201);
}

Answered audit(Call& call) {
    AuditQuery query{.organisation = call.caller.organisation};
    query.from = TRY(time_parameter(call.request, "from"));
    query.until = TRY(time_parameter(call.request, "until"));
    query.who = text_parameter(call.request, "who");
    query.action = text_parameter(call.request, "action");
    query.subject = text_parameter(call.request, "subject");
    query.cursor = text_parameter(call.request, "cursor");
    query.limit = TRY(limit_parameter(call.request, 50, audit_page_max));
    const AuditPage page = TRY(call.platform.catalog().audit(query));
    json::array all;
    for (const AuditEntry& one : page.entries)
        all.push_back(json::object{{"id", one.id},
                                   {"time", format_rfc3339(one.time)},
                                   {"who", one.actor.who},
                                   {"origin", one.actor.origin},
                                   {"action", one.action},
                                   {"subject", one.subject},
                                   {"before", one.before},
                                   {"after", one.after}});
    return answer(json::object{{"entries", std::move(all)}, {"next", text_or_null(page.next)}});
}

constexpr auto routes = std::to_array<Route>({
    {Method::Post, "/api/v1/setup", Access::Public, set_up},
    {Method::Post, "/api/v1/session", Access::Public, log_in},
    {Method::Get, "/api/v1/session", Access::Reader, who_am_i},
    {Method::Delete, "/api/v1/session", Access::Reader, log_out},
    {Method::Get, "/api/v1/session/organisations", Access::Reader, own_organisations},
    {Method::Post, "/api/v1/session/organisation", Access::Reader, change_organisation},
    {Method::Post, "/api/v1/keys", Access::Owner, add_key},
    {Method::Get, "/api/v1/audit", Access::Owner, audit},
});

}  // namespace

std::span<const Route> people_routes() { return routes; }

}  // namespace vigia
