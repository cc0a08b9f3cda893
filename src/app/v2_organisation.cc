#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>

#include "app/v2_call.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr size_t audit_page_size = 50;

// What an action is of create, read, update and delete, by its last word; the others are updates.
struct Crud {
    std::string_view word;
    std::string_view crud;
};
constexpr auto cruds = std::to_array<Crud>({{"added", "create"},
                                            {"invited", "create"},
                                            {"accepted", "create"},
                                            {"in", "create"},
                                            {"out", "delete"},
                                            {"removed", "delete"},
                                            {"revoked", "delete"},
                                            {"ended", "delete"}});

std::string_view crud_of(std::string_view action) {
    const size_t space = action.rfind(' ');
    const std::string_view word = space == std::string_view::npos ? action : action.substr(space + 1);
    const auto found = std::ranges::find(cruds, word, &Crud::word);
    return found == cruds.end() ? "update" : found->crud;
}

json::value json_or_null(const std::string& text) {
    boost::system::error_code failure;
    json::value value = json::parse(text, failure);
    return failure ? json::value() : value;
}

json::object audit_json(const AuditEntry& entry, const std::map<std::string, std::string>& ids) {
    const auto user = ids.find(entry.actor.who);
    const std::string_view crud = crud_of(entry.action);
    return {{"id", entry.id},
            {"userEmail", entry.actor.who},
            {"userId", user == ids.end() ? json::value() : json::value(user->second)},
            {"organizationId", entry.organisation},
            {"result", "success"},
            {"crud", json::string_view(crud.data(), crud.size())},
            {"action", entry.action},
            {"source", entry.actor.origin},
            {"description", fmt::format("{}: {}", entry.action, entry.subject)},
            {"eventTime", format_v2_time(entry.time)},
            {"context", json::object{{"subject", entry.subject},
                                     {"before", json_or_null(entry.before)},
                                     {"after", json_or_null(entry.after)}}}};
}

Answered audit_logs(Call& call) {
    const V2Query asked = TRY(v2_query(call, "auditlogs"));
    AuditQuery query{.organisation = call.caller.organisation,
                     .from = {},
                     .until = {},
                     .cursor = asked.cursor,
                     .limit = audit_page_size};
    query.from = TRY(v2_time("from", asked.find("from")));
    query.until = TRY(v2_time("until", asked.find("until")));
    std::map<std::string, std::string> ids;  // of users, by their addresses
    for (const User& one : TRY(call.platform.catalog().users(call.caller.organisation)))
        ids.emplace(one.email, one.id);
    const AuditPage page = TRY(call.platform.catalog().audit(query));
    json::array all;
    for (const AuditEntry& one : page.entries) all.push_back(audit_json(one, ids));
    return v2_page(asked, "recs", std::move(all), page.next);
}

int64_t milliseconds(Time time) {
    return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

// When users last signed in or signed a call, by their ids.
Result<std::map<std::string, Time>> last_seen(const Call& call) {
    auto seen = TRY(call.platform.catalog().last_logins(call.caller.organisation));
    for (const ApiKey& key : TRY(call.platform.catalog().keys(call.caller.organisation))) {
        if (key.user.empty() || !key.last_used_at) continue;
        Time& last = seen.emplace(key.user, *key.last_used_at).first->second;
        last = std::max(last, *key.last_used_at);
    }
    return seen;
}

Answered members(Call& call) {
    const auto seen = TRY(last_seen(call));
    json::array all;
    for (const User& one : TRY(call.platform.catalog().users(call.caller.organisation))) {
        const auto last = seen.find(one.id);
        all.push_back(
            json::object{{"id", one.id},
                         {"email", one.email},
                         {"displayName", one.email},
                         {"role", std::string(name(one.role))},
                         {"userEnabled", true},
                         {"ssoEnabled", false},
                         {"mfaEnabled", false},
                         {"lastAuthenticatedAt",
                          last == seen.end() ? json::value() : json::value(milliseconds(last->second))}});
    }
    return answer(json::object{{"members", std::move(all)}, {"token", nullptr}});
}

Answered remove_member(Call& call) {
    TRY_VOID(
        call.platform.catalog().remove_user(call.caller.actor, call.caller.organisation, call.arguments[0]));
    return no_content();
}

// Vigia sends no mail: whoever invites passes the token on.
Answered invite(Call& call) {
    const json::object body = TRY(read_object(call.request.body));
    const std::string role_name = TRY(needed_text(body, "role"));
    const std::string email = TRY(needed_text(body, "email"));
    const auto role = role_of(role_name);
    if (!role || *role == Role::Owner) return error(ErrorKind::BadInput, "'role' must be user or reader");
    const NewInvitation made =
        TRY(call.platform.invitations().add(call.caller.actor, call.caller.organisation, email, *role));
    return answer(json::object{{"sentToEmail", made.invitation.email},
                               {"role", role_name},
                               {"status", "pending"},
                               {"expiresAt", format_v2_time(made.invitation.expires_at)},
                               {"invitationToken", made.token}});
}

// Vigia keeps its events itself and writes none to S3, so that there is no export to speak of.
Answered s3_exports(Call&) { return answer(json::array()); }

Answered add_s3_export(Call&) {
    return error(
        ErrorKind::BadInput,
        "Vigia does not export events to S3: they stand as Parquet files in the folder 'lake' of its "
        "data; copy that");
}

Answered remove_s3_export(Call&) { return error(ErrorKind::NotFound, "there is no export to S3"); }

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/v2/auditlogs", Access::Owner, audit_logs},
    {Method::Get, "/v2/organizations/members", Access::Reader, members},
    {Method::Delete, "/v2/organizations/members/{id}", Access::Owner, remove_member},
    {Method::Put, "/v2/organizations/invites", Access::Owner, invite},
    {Method::Get, "/v2/integrations/s3export", Access::Reader, s3_exports},
    {Method::Put, "/v2/integrations/s3export", Access::Owner, add_s3_export},
    {Method::Delete, "/v2/integrations/s3export", Access::Owner, remove_s3_export},
});

}  // namespace

std::span<const Route> v2_organisation_routes() { return routes; }

}  // namespace vigia
