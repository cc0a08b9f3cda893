#include "catalog/invitations.h"

#include <fmt/format.h>

#include "base/random.h"
#include "catalog/records.h"
#include "catalog/secrets.h"
#include "model/quote.h"

namespace vigia {

namespace {

constexpr std::string_view columns = "id, organisation, email, role, created_at, created_by, expires_at";

Invitation invitation_of(const SqlRow& row) {
    return {text(row[0]),    text(row[1]), text(row[2]),   role_of(text(row[3])).value_or(Role::Reader),
            time_of(row[4]), text(row[5]), time_of(row[6])};
}

std::string json_of(const Invitation& invitation) {
    return fmt::format(R"({{"email":{},"role":{}}})", quote(invitation.email), quote(name(invitation.role)));
}

Error refused() { return {ErrorKind::Denied, "no invitation in force has this token; ask for a new one"}; }
Error refused_setup() {
    return {ErrorKind::Denied, "the token opens no first set-up; it was used, or a later one was made"};
}

Result<bool> any_organisation(SqlSession& session) {
    const auto rows = TRY(session.query("select count(*) from organisations"));
    return number(rows[0][0]) > 0;
}

Result<void> check_not_there(SqlSession& session, const Invitation& made) {
    const auto users =
        TRY(session.query("select id from users where organisation = :organisation and email = :email",
                          {made.organisation, made.email}));
    if (!users.empty())
        return error(ErrorKind::Conflict, fmt::format("{} has an account already", made.email));
    const auto rows = TRY(session.query("select count(*) from invitations where organisation = :organisation",
                                        {made.organisation}));
    if (number(rows[0][0]) >= invitations_max)
        return error(ErrorKind::Conflict,
                     fmt::format("there are {} invitations; revoke some first", invitations_max));
    return {};
}

}  // namespace

Result<NewInvitation> Invitations::add(const Actor& actor, const std::string& organisation,
                                       const std::string& email, Role role) {
    const std::string address = TRY(check_email(email));
    const Time now = clock_->now();
    NewInvitation made{{random_uuid(), organisation, address, role, now, actor.who, now + invitation_length},
                       new_token()};
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(check_organisation(session, organisation));
        TRY_VOID(
            session.execute("delete from invitations where organisation = :organisation and "
                            "(email = :email or expires_at <= :now)",
                            {organisation, address, nanoseconds(now)}));
        TRY_VOID(check_not_there(session, made.invitation));
        TRY_VOID(session.execute(
            "insert into invitations (id, organisation, email, role, token_hash, created_at, created_by, "
            "expires_at) values (:id, :organisation, :email, :role, :token_hash, :created_at, :created_by, "
            ":expires_at)",
            {made.invitation.id, organisation, address, std::string(name(role)), hash_token(made.token),
             nanoseconds(now), actor.who, nanoseconds(made.invitation.expires_at)}));
        return log_change(session, actor, now,
                          {"user invited", organisation, made.invitation.id, "", json_of(made.invitation)});
    }));
    return made;
}

Result<std::vector<Invitation>> Invitations::all(const std::string& organisation) const {
    const auto rows = TRY(database_->query(
        fmt::format("select {} from invitations where organisation = :organisation and expires_at > :now "
                    "order by email",
                    columns),
        {organisation, nanoseconds(clock_->now())}));
    return all_of(rows, invitation_of);
}

Result<void> Invitations::revoke(const Actor& actor, const std::string& organisation, const std::string& id) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        const auto rows = TRY(session.query(
            fmt::format("select {} from invitations where organisation = :organisation and id = :id",
                        columns),
            {organisation, id}));
        if (rows.empty()) return error(ErrorKind::NotFound, "there is no such invitation");
        const uint64_t gone = TRY(session.execute("delete from invitations where id = :id", {id}));
        if (gone == 0) return error(ErrorKind::NotFound, "there is no such invitation");
        return log_change(session, actor, clock_->now(),
                          {"invitation revoked", organisation, id, json_of(invitation_of(rows[0])), ""});
    });
}

Result<Invitation> Invitations::find(std::string_view token) const {
    const auto rows = TRY(database_->query(
        fmt::format("select {} from invitations where token_hash = :token_hash and expires_at > :now",
                    columns),
        {hash_token(token), nanoseconds(clock_->now())}));
    if (rows.empty()) return std::unexpected(refused());
    return invitation_of(rows[0]);
}

Result<User> Invitations::accept(const std::string& origin, std::string_view token,
                                 const std::string& password) {
    // First the cheap question: guesses at tokens must not cost what a password costs.
    const Invitation invitation = TRY(find(token));
    const std::string hash = TRY(hash_password(password));
    const Time now = clock_->now();
    User made{random_uuid(), invitation.organisation, invitation.email, invitation.role, now};
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        const uint64_t taken = TRY(
            session.execute("delete from invitations where token_hash = :token_hash", {hash_token(token)}));
        if (taken == 0) return std::unexpected(refused());
        TRY_VOID(insert_user(session, made, hash));
        return log_change(
            session, {made.email, origin}, now,
            {"invitation accepted", made.organisation, made.id, json_of(invitation), audit_json(made)});
    }));
    return made;
}

Result<std::string> Invitations::first_setup_token() {
    std::string token = new_token();
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        const bool any = TRY(any_organisation(session));
        if (any) return error(ErrorKind::Conflict, "there is an organisation already");
        TRY_VOID(session.execute("delete from setup_tokens"));
        TRY_VOID(session.execute("insert into setup_tokens (token_hash) values (:token_hash)",
                                 {hash_token(token)}));
        return {};
    }));
    return token;
}

Result<User> Invitations::set_up(const FirstSetup& setup) {
    TRY_VOID(check_name("an organisation", setup.organisation));
    User made{.id = random_uuid(), .role = Role::Owner, .created_at = clock_->now()};
    made.email = TRY(check_email(setup.email));
    const std::string token_hash = hash_token(setup.token);
    const auto rows = TRY(
        database_->query("select token_hash from setup_tokens where token_hash = :token_hash", {token_hash}));
    if (rows.empty()) return std::unexpected(refused_setup());
    const std::string hash = TRY(hash_password(setup.password));
    const Actor actor{made.email, setup.origin};
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        const uint64_t taken =
            TRY(session.execute("delete from setup_tokens where token_hash = :token_hash", {token_hash}));
        const bool any = TRY(any_organisation(session));
        if (taken == 0 || any) return std::unexpected(refused_setup());
        const Organisation organisation =
            TRY(insert_organisation(session, actor, setup.organisation, made.created_at));
        made.organisation = organisation.id;
        TRY_VOID(insert_user(session, made, hash));
        return log_change(session, actor, made.created_at,
                          {"user added", made.organisation, made.id, "", audit_json(made)});
    }));
    return made;
}

}  // namespace vigia
