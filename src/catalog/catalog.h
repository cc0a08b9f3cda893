#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/people.h"
#include "catalog/secrets.h"
#include "sql/database.h"

namespace vigia {

// What a key opens: the intake of a source; the API of Threat Stack's clients, who sign with it and never
// send it; or Vigia's own API, whose clients send it with each request.
enum class KeyKind : uint8_t { Source, Hawk, Api };

std::string_view name(KeyKind kind);
std::optional<KeyKind> key_kind_of(std::string_view name);

struct ApiKey {
    std::string id;
    std::string organisation;
    std::string name;
    KeyKind kind = KeyKind::Source;
    std::string hint;  // the last four characters, to tell keys apart
    Time created_at;
    std::string created_by;  // empty for keys that are older than the question
    std::optional<Time> revoked_at;
    std::optional<Time> last_used_at;  // as of key_touch_interval before, at worst
    // What its bearer may do. Of a Hawk key with a user it is the user's role at the time of asking; source
    // keys send events, whatever it says.
    Role role = Role::Reader;
    std::string user;  // the id of the one a Hawk key belongs to; else empty
};

// What a new key gives beside its kind: an Api key has the role, a Hawk key belongs to the user (by id). Who
// makes a key should not give more than they have; that is for the caller to see to.
struct KeyGrant {
    Role role = Role::Reader;
    std::string user;
};

constexpr std::chrono::minutes key_touch_interval{1};

// What changes of a user.
struct UserChange {
    std::optional<Role> role;
    std::optional<bool> disabled;
};

// Shown once, and never to be had again.
struct NewApiKey {
    ApiKey key;
    std::string token;
};

// A Hawk key with what its requests are signed with, and the address of its user.
struct HawkKey {
    ApiKey key;
    std::string secret;
    std::string email;
};

struct AuditEntry {
    Time time;
    std::string organisation;
    Actor actor;
    std::string action;   // "user added"
    std::string subject;  // the id of what was changed
    std::string before;   // JSON, or empty
    std::string after;
    std::string id;
};

constexpr size_t audit_page_max = 1000;
constexpr size_t audit_text_bytes_max = 1000;  // of what entries are asked for by

// Which entries of the log; what is left out holds of all.
struct AuditQuery {
    std::string organisation;
    std::optional<Time> from;  // its time is from `from`, and before `until`
    std::optional<Time> until;
    std::string who;  // empty for anybody; so below
    std::string action;
    std::string subject;
    std::string cursor;  // where the page before it ended
    size_t limit = 50;
};

struct AuditPage {
    std::vector<AuditEntry> entries;  // the latest first
    std::string next;                 // the cursor of the next page; empty when there is none
};

// By its id, for whoever is inside a transaction. NotFound when there is none.
Result<std::string> name_of_organisation(SqlSession& session, const std::string& organisation);

// The control plane: organisations, users, keys, and the log of every change to them. A change and its entry
// are one transaction. What belongs to an organisation is found with its id only: an id of another one is as
// unknown as one that never was. Safe to use from many threads.
//
// The other classes of this folder work over the same database, in which open() has brought the tables to
// their last step: RuleStore, RulesetStore, ListStore, History, Sessions, Invitations, Settings, Workspace.
class Catalog {
public:
    static Result<Catalog> open(Database database, const Vault& vault, const Clock& clock);

    // Stays where it is when the catalog is moved, and is gone with it.
    Database& database() { return *database_; }

    // Conflict when the name is taken.
    Result<Organisation> add_organisation(const Actor& actor, const std::string& name);
    Result<std::vector<Organisation>> organisations();
    Result<Organisation> organisation_by_name(const std::string& name);
    Result<Organisation> organisation(const std::string& id);
    // Conflict when the name is taken, or the version is not the expected one. So below.
    Result<Organisation> rename_organisation(const Actor& actor, const std::string& id,
                                             const std::string& name, std::optional<int64_t> expected);

    Result<User> add_user(const Actor& actor, const std::string& organisation, const std::string& email,
                          Role role, const std::string& password);
    Result<std::vector<User>> users(const std::string& organisation);
    Result<User> user(const std::string& organisation, const std::string& id);
    // Conflict when it would leave an organisation without an owner who may come in. So with remove_user().
    // The user's sessions end: what they began with is not so any more.
    Result<User> change_user(const Actor& actor, const std::string& organisation, const std::string& user,
                             const UserChange& change, std::optional<int64_t> expected);
    // The user's sessions end.
    Result<void> set_password(const Actor& actor, const std::string& organisation, const std::string& user,
                              const std::string& password);
    // Takes the user's sessions, preferences and private searches along, and revokes their Hawk keys. Their
    // shared searches stay.
    Result<void> remove_user(const Actor& actor, const std::string& organisation, const std::string& user,
                             std::optional<int64_t> expected = std::nullopt);

    // BadInput for a Hawk key without a user, and a user for any other; NotFound when there is no such user
    // or organisation; Conflict when the user has a Hawk key in force already.
    Result<NewApiKey> add_key(const Actor& actor, const std::string& organisation, const std::string& name,
                              KeyKind kind, const KeyGrant& grant = {});
    Result<std::vector<ApiKey>> keys(const std::string& organisation);
    Result<void> revoke_key(const Actor& actor, const std::string& organisation, const std::string& key);
    // Denied for a token that no key in force has, and for a Hawk key's: that is never sent. Notes the use.
    Result<ApiKey> key_of_token(std::string_view token);
    // The Hawk key in force that requests are signed with, by the id of its user, as Threat Stack's clients
    // name it, or by its own. Denied when there is none.
    Result<HawkKey> hawk_key(const std::string& organisation, const std::string& id);

    // The latest first.
    Result<std::vector<AuditEntry>> audit(const std::string& organisation, size_t entries_max);
    // BadInput for a cursor that was not given out, or more than audit_page_max at once.
    Result<AuditPage> audit(const AuditQuery& query);
    // When users last logged in, by their ids; those who never did are left out.
    Result<std::map<std::string, Time>> last_logins(const std::string& organisation);

private:
    Catalog(Database database, const Vault& vault, const Clock& clock)
        : database_(std::make_unique<Database>(std::move(database))), vault_(vault), clock_(&clock) {}

    Result<void> note_use(ApiKey& key);
    Time now() const { return clock_->now(); }

    std::unique_ptr<Database> database_;
    Vault vault_;
    const Clock* clock_;
};

}  // namespace vigia
