#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/login_throttle.h"
#include "catalog/people.h"
#include "sql/database.h"

namespace vigia {

constexpr std::chrono::hours session_length_max{12};
constexpr std::chrono::hours session_idle_max{2};
constexpr std::chrono::minutes session_touch_interval{1};
constexpr size_t sessions_of_user_max = 50;  // the one that was not seen for longest goes
constexpr size_t user_agent_bytes_max = 300;
constexpr size_t origin_bytes_max = 100;
// In how many organisations of an address the password is tried when none is named, by their ids.
constexpr int64_t login_organisations_max = 16;

struct Session {
    std::string id;
    User user;  // as of now, not as of the login
    Time created_at;
    Time last_seen_at;  // as of session_touch_interval before, at worst
    Time expires_at;    // at the latest: an idle one ends before
    std::string origin;
    std::string user_agent;
    std::string proved;  // the accounts that the sign-in proved, as Sessions writes them
};

// An account of the one who is signed in, in one organisation.
struct OwnAccount {
    User user;
    std::string organisation_name;
};

// Both are shown once. The token goes into a cookie; whatever changes something must send the CSRF token
// along, which the cookie alone does not give.
struct NewSession {
    Session session;
    std::string token;
    std::string csrf_token;
};

// The password is right in more than one organisation: which is meant?
struct LoginChoice {
    std::vector<Organisation> organisations;
};

struct LoginRequest {
    std::string email;
    std::string password;
    std::optional<std::string> organisation;  // its id
    std::string origin;                       // the client's address
    std::string user_agent;
};

// Who is logged in. Of tokens only hashes are stored. A password or a role that changes, and a user's
// removal, end all sessions of the user (see Catalog). Safe to use from many threads.
class Sessions {
public:
    // The database is a Catalog's, and outlives it.
    Sessions(Database& database, const Clock& clock);

    // Where the same address has the same password in other organisations, the session may change to those.
    // Denied for a wrong password, and no sooner for an address that nobody has; where an address is in many
    // organisations and none is named, each takes its time. Busy, with the seconds to wait, after too many
    // failures of the account or from the origin.
    Result<std::variant<NewSession, LoginChoice>> log_in(const LoginRequest& request);

    // Denied when no session in force has the token.
    Result<Session> find(std::string_view token) const;
    // The CSRF token that belongs to the session's token, and whether the given one is that.
    static std::string csrf_of(std::string_view token);
    static bool is_csrf(std::string_view token, std::string_view csrf_token);
    // Notes that the session is in use; at most once an interval does it write.
    Result<void> touch(const Session& session);

    // The accounts that the sign-in's password was right for, and still is, by the organisations' names; the
    // session's own is always one of them.
    Result<std::vector<OwnAccount>> accounts(const Session& session) const;
    // Ends the session and begins one of the account in the organisation (its id), which ends no later.
    // NotFound when it is none of accounts().
    Result<NewSession> change_organisation(const Session& session, const std::string& organisation,
                                           const Actor& actor);

    Result<void> log_out(const Actor& actor, std::string_view token);
    // The latest seen first. NotFound for no user of the organisation; so below.
    Result<std::vector<Session>> all(const std::string& organisation, const std::string& user) const;
    Result<void> end(const Actor& actor, const std::string& organisation, const std::string& user,
                     const std::string& session);
    Result<void> end_all(const Actor& actor, const std::string& organisation, const std::string& user);
    // Forgets those that are over; for whoever tidies up from time to time.
    Result<void> drop_expired();

private:
    // A user whose password the given one is, with the hash that says so.
    struct Candidate {
        User user;
        std::string password_hash;
        std::string organisation_name;
        Time organisation_at;
    };
    // Of the address in the one organisation, or in all but the one.
    enum class Where : uint8_t { In, NotIn };
    Result<std::vector<Candidate>> candidates(const LoginRequest& request, Where where) const;
    Result<std::vector<Candidate>> all_candidates(const LoginRequest& request) const;
    Result<NewSession> begin(const LoginRequest& request, const std::vector<Candidate>& proved);
    Result<OwnAccount> proved_account(std::string_view user, std::string_view fingerprint) const;

    Database* database_;
    const Clock* clock_;
    // The hash of nobody's password: compared with when there is no such user, which then takes as long.
    std::string nobody_;
    std::unique_ptr<LoginThrottle> accounts_, origins_;
};

}  // namespace vigia
