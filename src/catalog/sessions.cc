#include "catalog/sessions.h"

#include <fmt/format.h>

#include "base/parts.h"
#include "base/random.h"
#include "catalog/bodies.h"
#include "catalog/records.h"
#include "catalog/secrets.h"
#include "model/quote.h"

namespace vigia {

namespace {

constexpr size_t throwaway_bytes = 32;

constexpr std::string_view session_columns =
    "sessions.id, sessions.created_at, sessions.last_seen_at, sessions.expires_at, sessions.origin, "
    "sessions.user_agent, sessions.proved";

// The user's columns come first.
Session session_of(const SqlRow& row) {
    const std::span<const SqlValue> own = std::span(row).subspan(user_column_count);
    return {text(own[0]),    user_of(row), time_of(own[1]), time_of(own[2]),
            time_of(own[3]), text(own[4]), text(own[5]),    text(own[6])};
}

std::string query_where(std::string_view condition) {
    return fmt::format(
        "select {}, {} from sessions join users on users.id = sessions.user_id where {} and "
        "sessions.expires_at > :now and sessions.last_seen_at > :idle_since and users.disabled = 0 "
        "order by sessions.last_seen_at desc, sessions.id",
        user_columns, session_columns, condition);
}

int64_t idle_since(Time now) { return nanoseconds(now - session_idle_max); }

std::string json_of(const Session& session) {
    return fmt::format(R"({{"session":{},"origin":{},"user_agent":{}}})", quote(session.id),
                       quote(session.origin), quote(session.user_agent));
}

Error wrong() { return {ErrorKind::Denied, "the e-mail address or the password is wrong"}; }

// What an account is counted under: an address that is none is not told from others. Without an organisation
// it is the address alone.
std::string account_name(const std::string& organisation, const std::string& address) {
    return hash_token(organisation + '\n' + address);
}

// "<user>:<hash of the stored hash of its password>", with spaces between them: a password that changes takes
// the proof along.
std::string proof(const std::string& user, const std::string& password_hash) {
    return fmt::format("{}:{}", user, hash_token(password_hash));
}

struct Proof {
    std::string_view user;
    std::string_view fingerprint;
};
std::vector<Proof> proofs_of(std::string_view proved) {
    std::vector<Proof> proofs;
    while (!proved.empty()) {
        std::string_view one = take_part(proved, ' ');
        const std::string_view user = take_part(one, ':');
        proofs.push_back({user, one});
    }
    return proofs;
}

Result<void> insert_session(SqlSession& session, const NewSession& made) {
    const Session& one = made.session;
    TRY_VOID(session.execute(
        "insert into sessions (id, token_hash, user_id, created_at, last_seen_at, expires_at, origin, "
        "user_agent, proved) values (:id, :token_hash, :user_id, :created_at, :last_seen_at, :expires_at, "
        ":origin, :user_agent, :proved)",
        {one.id, hash_token(made.token), one.user.id, nanoseconds(one.created_at),
         nanoseconds(one.last_seen_at), nanoseconds(one.expires_at), one.origin, one.user_agent,
         one.proved}));
    TRY_VOID(session.execute(
        "delete from sessions where user_id = :user_id and id not in (select id from sessions where "
        "user_id = :same_user order by last_seen_at desc, created_at desc, id limit :most)",
        {one.user.id, one.user.id, static_cast<int64_t>(sessions_of_user_max)}));
    return {};
}

// Holds the user: a password that changes now ends the session, or keeps it from beginning.
Result<void> insert_login(SqlSession& session, const NewSession& made, const std::string& password_hash,
                          Time now) {
    const User& user = made.session.user;
    const uint64_t same =
        TRY(session.execute("update users set password = password where id = :id and password = :password "
                            "and disabled = 0",
                            {user.id, password_hash}));
    if (same == 0) return std::unexpected(wrong());
    TRY_VOID(insert_session(session, made));
    return log_change(session, {user.email, made.session.origin}, now,
                      {login_action, user.organisation, user.id, "", json_of(made.session)});
}

Result<void> end_session(SqlSession& session, const Actor& actor, const std::string& organisation,
                         const std::string& user, const std::string& id, Time now) {
    const uint64_t ended =
        TRY(session.execute("delete from sessions where id = :id and user_id = :user_id", {id, user}));
    if (ended == 0) return error(ErrorKind::NotFound, "there is no such session");
    return log_change(
        session, actor, now,
        {"session ended", organisation, user, fmt::format(R"({{"session":{}}})", quote(id)), ""});
}

}  // namespace

Sessions::Sessions(Database& database, const Clock& clock)
    : database_(&database),
      clock_(&clock),
      nobody_(hash_password(hex(random_bytes(throwaway_bytes))).value_or("")),
      accounts_(std::make_unique<LoginThrottle>(clock, account_failures_free)),
      origins_(std::make_unique<LoginThrottle>(clock, origin_failures_free)) {}

Result<std::vector<Sessions::Candidate>> Sessions::candidates(const LoginRequest& request,
                                                              Where where) const {
    const bool fit = check_text("an organisation's id", request.organisation.value_or(""), id_bytes_max) &&
                     request.password.size() <= password_bytes_max;
    if (!fit) return std::vector<Candidate>();
    const std::string address = check_email(request.email).value_or("");
    const std::string sql = fmt::format(
        "select {}, users.password, organisations.name, organisations.created_at from users join "
        "organisations on organisations.id = users.organisation where users.email = :email and "
        "users.disabled = 0 and users.organisation {} :organisation order by organisations.id limit :most",
        user_columns, where == Where::In ? "=" : "<>");
    const auto rows =
        TRY(database_->query(sql, {address, request.organisation.value_or(""), login_organisations_max}));
    if (rows.empty() && (where == Where::In || !request.organisation))
        (void)is_password(request.password, nobody_);
    std::vector<Candidate> right;
    std::optional<Error> held_back;
    for (const SqlRow& row : rows) {
        const std::span<const SqlValue> own = std::span(row).subspan(user_column_count);
        Candidate one{user_of(row), text(own[0]), text(own[1]), time_of(own[2])};
        // The one that is named is counted by who asks. Each of the others is, too: who has an account of the
        // address elsewhere must not guess through it.
        const std::string name = account_name(one.user.organisation, address);
        if (where == Where::NotIn) {
            if (const auto counted = accounts_->begin(name); !counted) {
                held_back = counted.error();
                continue;
            }
        }
        if (!is_password(request.password, one.password_hash)) continue;
        if (where == Where::NotIn) accounts_->forget(name);
        right.push_back(std::move(one));
    }
    if (right.empty() && held_back) return std::unexpected(*held_back);
    return right;
}

// The first is the one that is named, if one is and the password is right there; then come the others.
Result<std::vector<Sessions::Candidate>> Sessions::all_candidates(const LoginRequest& request) const {
    if (!request.organisation) return candidates(request, Where::NotIn);
    auto right = TRY(candidates(request, Where::In));
    if (right.empty()) return right;
    if (auto others = candidates(request, Where::NotIn))
        for (Candidate& one : *others) right.push_back(std::move(one));
    return right;
}

Result<std::variant<NewSession, LoginChoice>> Sessions::log_in(const LoginRequest& request) {
    const std::string origin = cut_text(request.origin, origin_bytes_max);
    const std::string account =
        account_name(request.organisation.value_or(""), check_email(request.email).value_or(""));
    TRY_VOID(origins_->begin(origin));
    if (auto counted = accounts_->begin(account); !counted) {
        origins_->take_back(origin);
        return std::unexpected(counted.error());
    }
    const auto right = all_candidates(request);
    if (right && right->empty()) return std::unexpected(wrong());
    origins_->take_back(origin);
    if (!right) {
        accounts_->take_back(account);
        return std::unexpected(right.error());
    }
    accounts_->forget(account);
    if (request.organisation || right->size() == 1) return TRY(begin(request, *right));
    LoginChoice choice;
    for (const Candidate& one : *right)
        choice.organisations.push_back({one.user.organisation, one.organisation_name, one.organisation_at});
    return choice;
}

Result<NewSession> Sessions::begin(const LoginRequest& request, const std::vector<Candidate>& proved) {
    const Time now = clock_->now();
    const Candidate& candidate = proved.front();
    NewSession made{.session = {random_uuid(), candidate.user, now, now, now + session_length_max,
                                cut_text(request.origin, origin_bytes_max),
                                cut_text(request.user_agent, user_agent_bytes_max)},
                    .token = new_token(),
                    .csrf_token = {}};
    made.csrf_token = csrf_of(made.token);
    for (const Candidate& one : proved)
        made.session.proved += (&one == &candidate ? "" : " ") + proof(one.user.id, one.password_hash);
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        return insert_login(session, made, candidate.password_hash, now);
    }));
    return made;
}

// NotFound when the password is another by now, or the account is gone or disabled.
Result<OwnAccount> Sessions::proved_account(std::string_view user, std::string_view fingerprint) const {
    const auto rows = TRY(database_->query(
        fmt::format("select {}, users.password, organisations.name from users join organisations on "
                    "organisations.id = users.organisation where users.id = :id and users.disabled = 0",
                    user_columns),
        {std::string(user)}));
    const size_t own = user_column_count;
    if (rows.empty() || hash_token(text(rows[0][own])) != fingerprint)
        return error(ErrorKind::NotFound, "the sign-in proved no such account");
    return OwnAccount{user_of(rows[0]), text(rows[0][own + 1])};
}

Result<std::vector<OwnAccount>> Sessions::accounts(const Session& session) const {
    std::vector<OwnAccount> found;
    for (const Proof& one : proofs_of(session.proved)) {
        auto account = proved_account(one.user, one.fingerprint);
        if (account)
            found.push_back(*std::move(account));
        else if (account.error().kind != ErrorKind::NotFound)
            return std::unexpected(account.error());
    }
    // One that began before sessions kept this.
    if (std::ranges::find(found, session.user.id, [](const auto& one) { return one.user.id; }) ==
        found.end()) {
        const auto rows = TRY(
            database_->query("select name from organisations where id = :id", {session.user.organisation}));
        found.push_back({session.user, rows.empty() ? "" : text(rows[0][0])});
    }
    std::ranges::sort(found, {}, [](const OwnAccount& one) {
        return std::pair(one.organisation_name, one.user.organisation);
    });
    return found;
}

Result<NewSession> Sessions::change_organisation(const Session& from, const std::string& organisation,
                                                 const Actor& actor) {
    const Time now = clock_->now();
    for (const Proof& one : proofs_of(from.proved)) {
        auto account = proved_account(one.user, one.fingerprint);
        if (!account || account->user.organisation != organisation) continue;
        NewSession made{.session = from, .token = new_token(), .csrf_token = {}};
        made.csrf_token = csrf_of(made.token);
        made.session.id = random_uuid();
        made.session.user = account->user;
        made.session.created_at = made.session.last_seen_at = now;
        TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
            const auto stored =
                TRY(session.query("select password from users where id = :id", {account->user.id}));
            if (stored.empty() || hash_token(text(stored[0][0])) != one.fingerprint)
                return error(ErrorKind::NotFound, "the sign-in proved no such account");
            TRY_VOID(end_session(session, actor, from.user.organisation, from.user.id, from.id, now));
            return insert_login(session, made, text(stored[0][0]), now);
        }));
        return made;
    }
    return error(ErrorKind::NotFound,
                 "your password was not proved in such an organisation: sign out, and sign in there");
}

Result<Session> Sessions::find(std::string_view token) const {
    const Time now = clock_->now();
    const auto rows = TRY(database_->query(query_where("sessions.token_hash = :token_hash"),
                                           {hash_token(token), nanoseconds(now), idle_since(now)}));
    if (rows.empty()) return error(ErrorKind::Denied, "no session in force has this token");
    return session_of(rows[0]);
}

// Of the token, from which alone it can be had; so it needs no place in the database.
std::string Sessions::csrf_of(std::string_view token) { return hash_token(fmt::format("csrf {}", token)); }

bool Sessions::is_csrf(std::string_view token, std::string_view csrf_token) {
    return same_secret(csrf_of(token), csrf_token);
}

Result<void> Sessions::touch(const Session& one) {
    const Time now = clock_->now();
    if (now - one.last_seen_at < session_touch_interval) return {};
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(session.execute("update sessions set last_seen_at = :last_seen_at where id = :id",
                                 {nanoseconds(now), one.id}));
        return {};
    });
}

Result<void> Sessions::log_out(const Actor& actor, std::string_view token) {
    const Session one = TRY(find(token));
    return end(actor, one.user.organisation, one.user.id, one.id);
}

Result<std::vector<Session>> Sessions::all(const std::string& organisation, const std::string& user) const {
    const Time now = clock_->now();
    std::vector<Session> found;
    TRY_VOID(database_->snapshot([&](SqlSession& session) -> Result<void> {
        TRY_VOID(find_user(session, organisation, user));
        const auto rows = TRY(session.query(query_where("sessions.user_id = :user_id"),
                                            {user, nanoseconds(now), idle_since(now)}));
        found = all_of(rows, session_of);
        return {};
    }));
    return found;
}

Result<void> Sessions::end(const Actor& actor, const std::string& organisation, const std::string& user,
                           const std::string& id) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(find_user(session, organisation, user));
        return end_session(session, actor, organisation, user, id, clock_->now());
    });
}

Result<void> Sessions::end_all(const Actor& actor, const std::string& organisation, const std::string& user) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(find_user(session, organisation, user));
        TRY_VOID(drop_sessions(session, user));
        return log_change(session, actor, clock_->now(), {"sessions ended", organisation, user, "", ""});
    });
}

Result<void> Sessions::drop_expired() {
    const Time now = clock_->now();
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(
            session.execute("delete from sessions where expires_at <= :now or last_seen_at <= :idle_since",
                            {nanoseconds(now), idle_since(now)}));
        return {};
    });
}

}  // namespace vigia
