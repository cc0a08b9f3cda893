#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/secrets.h"
#include "model/actor.h"
#include "sql/database.h"

namespace vigia {

// What a user may do, from most to least: owners administrate, users work, readers look.
enum class Role : uint8_t { Owner, User, Reader };

std::string_view name(Role role);
std::optional<Role> role_of(std::string_view name);

struct Organisation {
    std::string id;  // 24 hexadecimal digits, as Threat Stack's
    std::string name;
    Time created_at;
};

struct User {
    std::string id;
    std::string organisation;
    std::string email;  // in lower case, one in its organisation
    Role role = Role::Reader;
    Time created_at;
};

// What a key opens: the intake of a source, or the API of Threat Stack's clients, who sign with it and never
// send it.
enum class KeyKind : uint8_t { Source, Hawk };

std::string_view name(KeyKind kind);
std::optional<KeyKind> key_kind_of(std::string_view name);

struct ApiKey {
    std::string id;
    std::string organisation;
    std::string name;
    KeyKind kind = KeyKind::Source;
    std::string hint;  // the last four characters, to tell keys apart
    Time created_at;
    std::optional<Time> revoked_at;
};

// Shown once, and never to be had again.
struct NewApiKey {
    ApiKey key;
    std::string token;
};

struct AuditEntry {
    Time time;
    std::string organisation;
    Actor actor;
    std::string action;   // "user added"
    std::string subject;  // the id of what was changed
    std::string before;   // JSON, or empty
    std::string after;
};

constexpr size_t name_characters_max = 200;
constexpr size_t email_bytes_max = 254;

// The control plane: organisations, users, keys, and the log of every change to them. A change and its entry
// are one transaction. What belongs to an organisation is found with its id only: an id of another one is as
// unknown as one that never was. Safe to use from many threads.
class Catalog {
public:
    static Result<Catalog> open(Database database, const Vault& vault, const Clock& clock);

    // Conflict when the name is taken.
    Result<Organisation> add_organisation(const Actor& actor, const std::string& name);
    Result<std::vector<Organisation>> organisations();
    Result<Organisation> organisation_by_name(const std::string& name);

    Result<User> add_user(const Actor& actor, const std::string& organisation, const std::string& email,
                          Role role, const std::string& password);
    Result<std::vector<User>> users(const std::string& organisation);
    // Conflict when it would leave an organisation without an owner. So with remove_user().
    Result<void> set_role(const Actor& actor, const std::string& organisation, const std::string& user,
                          Role role);
    Result<void> set_password(const Actor& actor, const std::string& organisation, const std::string& user,
                              const std::string& password);
    Result<void> remove_user(const Actor& actor, const std::string& organisation, const std::string& user);
    // Denied for a wrong password, and no sooner for a user that is not there.
    Result<User> log_in(const std::string& organisation, const std::string& email,
                        const std::string& password);

    Result<NewApiKey> add_key(const Actor& actor, const std::string& organisation, const std::string& name,
                              KeyKind kind);
    Result<std::vector<ApiKey>> keys(const std::string& organisation);
    Result<void> revoke_key(const Actor& actor, const std::string& organisation, const std::string& key);
    // Denied for a token that no key in force has.
    Result<ApiKey> key_of_token(std::string_view token);
    // Of a Hawk key in force, by its id: what requests are signed with.
    Result<std::string> hawk_secret(const std::string& organisation, const std::string& key);

    // The latest first.
    Result<std::vector<AuditEntry>> audit(const std::string& organisation, size_t entries_max);

private:
    Catalog(Database database, const Vault& vault, const Clock& clock)
        : database_(std::move(database)), vault_(vault), clock_(&clock) {}

    struct Change {
        std::string_view action;
        std::string organisation;
        std::string subject;
        std::string before;
        std::string after;
    };
    Result<void> log(SqlSession& session, const Actor& actor, const Change& change) const;
    int64_t now() const { return clock_->now().time_since_epoch().count(); }

    Database database_;
    Vault vault_;
    const Clock* clock_;
};

}  // namespace vigia
