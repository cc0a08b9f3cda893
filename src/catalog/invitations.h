#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/people.h"
#include "sql/database.h"

namespace vigia {

constexpr std::chrono::hours invitation_length{24 * 7};
constexpr int64_t invitations_max = 1000;  // of one organisation, at a time

struct Invitation {
    std::string id;
    std::string organisation;
    std::string email;
    Role role = Role::Reader;
    Time created_at;
    std::string created_by;
    Time expires_at;
};

// The token is shown once.
struct NewInvitation {
    Invitation invitation;
    std::string token;
};

// What the first of all organisations is made of.
struct FirstSetup {
    std::string token;
    std::string organisation;  // its name
    std::string email;         // of its owner
    std::string password;
    std::string origin;
};

// How people come in: by the one-time token of the first set-up, and by invitations afterwards. Of tokens
// only hashes are stored; each opens once. Safe to use from many threads.
class Invitations {
public:
    // The database is a Catalog's, and outlives it.
    Invitations(Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

    // An earlier one of the address goes out of force. Conflict when the address has an account already.
    Result<NewInvitation> add(const Actor& actor, const std::string& organisation, const std::string& email,
                              Role role);
    // Those that may still be accepted.
    Result<std::vector<Invitation>> all(const std::string& organisation) const;
    Result<void> revoke(const Actor& actor, const std::string& organisation, const std::string& id);
    // The one that the token opens, to show what it is for. Denied when none in force has it.
    Result<Invitation> find(std::string_view token) const;
    // Makes the user. Denied when no invitation in force has the token: it was accepted, revoked, or expired.
    Result<User> accept(const std::string& origin, std::string_view token, const std::string& password);

    // A new token, after which earlier ones open nothing. Conflict when there is an organisation.
    Result<std::string> first_setup_token();
    // Makes the organisation and its owner. Denied when the token is not the latest one, or was used, or
    // there is an organisation by now.
    Result<User> set_up(const FirstSetup& setup);

private:
    Database* database_;
    const Clock* clock_;
};

}  // namespace vigia
