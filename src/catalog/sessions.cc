#include "catalog/sessions.h"

#include <fmt/format.h>

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
    "sessions.user_agent";

// The user's columns come first.
Session session_of(const SqlRow& row) {
    const std::span<const SqlValue> own = std::span(row).subspan(user_column_count);
    return {text(own[0]),    user_of(row), time_of(own[1]), time_of(own[2]),
            time_of(own[3]), text(own[4]), text(own[5])};
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

// What an account is counted under: an address that is none is not told from others.
std::string account_name(const LoginRequest& request, const std::string& address) {
    return hash_token(request.organisation.value_or("") + '\n' + address);
}

Result<void> insert_session(SqlSession& session, const NewSession& made) {
    const Session& one = made.session;
    TRY_VOID(session.execute(
        "insert into sessions (id, token_hash, user_id, created_at, last_seen_at, expires_at, origin, "
        "user_agent) values (:id, :token_hash, :user_id, :created_at, :last_seen_at, :expires_at, :origin, "
        ":user_agent)",
        {one.id, hash_token(made.token), one.user.id, nanoseconds(one.created_at),
         nanoseconds(one.last_seen_at), nanoseconds(one.expires_at), one.origin, one.user_agent}));
    TRY_VOID(session.execute(
        "delete from sessions where user_id = :user_id and id not in (select id from sessions where "
        "user_id = :same_user order by last_seen_at desc, created_at desc, id limit :most)",
        {one.user.id, one.user.id, static_cast<int64_t>(sessions_of_user_max)}));
    return {};
}

}  // namespace

Sessions::Sessions(Database& database, const Clock& clock)
    : database_(&database),
      clock_(&clock),
      nobody_(hash_password(hex(random_bytes(throwaway_bytes))).value_or("")),
      accounts_(std::make_unique<LoginThrottle>(clock, account_failures_free)),
      origins_(std::make_unique<LoginThrottle>(clock, origin_failures_free)) {}

Result<std::vector<Sessions::Candidate>> Sessions::candidates(const LoginRequest& request) const {
    const bool fit = check_text("an organisation's id", request.organisation.value_or(""), id_bytes_max) &&
                     request.password.size() <= password_bytes_max;
    if (!fit) return std::vector<Candidate>();
    const std::string address = check_email(request.email).value_or("");
    const std::string sql = fmt::format(
        "select {}, users.password, organisations.name, organisations.created_at from users join "
        "organisations on organisations.id = "
        "users.organisation where users.email = :email and users.disabled = 0{} order by organisations.id "
        "limit :most",
        user_columns, request.organisation ? " and users.organisation = :organisation" : "");
    const auto rows =
        TRY(request.organisation
                ? database_->query(sql, {address, *request.organisation, login_organisations_max})
                : database_->query(sql, {address, login_organisations_max}));
    if (rows.empty()) (void)is_password(request.password, nobody_);
    std::vector<Candidate> right;
    for (const SqlRow& row : rows) {
        const std::span<const SqlValue> own = std::span(row).subspan(user_column_count);
        Candidate one{user_of(row), text(own[0]), text(own[1]), time_of(own[2])};
        if (is_password(request.password, one.password_hash)) right.push_back(std::move(one));
    }
    return right;
}

Result<std::variant<NewSession, LoginChoice>> Sessions::log_in(const LoginRequest& request) {
    const std::string origin = cut_text(request.origin, origin_bytes_max);
    const std::string account = account_name(request, check_email(request.email).value_or(""));
    TRY_VOID(origins_->begin(origin));
    if (auto counted = accounts_->begin(account); !counted) {
        origins_->take_back(origin);
        return std::unexpected(counted.error());
    }
    const auto right = candidates(request);
    if (right && right->empty()) return std::unexpected(wrong());
    origins_->take_back(origin);
    if (!right) {
        accounts_->take_back(account);
        return std::unexpected(right.error());
    }
    accounts_->forget(account);
    if (right->size() == 1) return TRY(begin(request, right->front()));
    LoginChoice choice;
    for (const Candidate& one : *right)
        choice.organisations.push_back({one.user.organisation, one.organisation_name, one.organisation_at});
    return choice;
}

Result<NewSession> Sessions::begin(const LoginRequest& request, const Candidate& candidate) {
    const Time now = clock_->now();
    NewSession made{.session = {random_uuid(), candidate.user, now, now, now + session_length_max,
                                cut_text(request.origin, origin_bytes_max),
                                cut_text(request.user_agent, user_agent_bytes_max)},
                    .token = new_token(),
                    .csrf_token = {}};
    made.csrf_token = csrf_of(made.token);
    const User& user = candidate.user;
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        // Holds the user: a password that changes now ends this session, or keeps it from beginning.
        const uint64_t same = TRY(
            session.execute("update users set password = password where id = :id and password = :password "
                            "and disabled = 0",
                            {user.id, candidate.password_hash}));
        if (same == 0) return std::unexpected(wrong());
        TRY_VOID(insert_session(session, made));
        return log_change(session, {user.email, made.session.origin}, now,
                          {login_action, user.organisation, user.id, "", json_of(made.session)});
    }));
    return made;
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
        const uint64_t ended =
            TRY(session.execute("delete from sessions where id = :id and user_id = :user_id", {id, user}));
        if (ended == 0) return error(ErrorKind::NotFound, "there is no such session");
        return log_change(
            session, actor, clock_->now(),
            {"session ended", organisation, user, fmt::format(R"({{"session":{}}})", quote(id)), ""});
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
