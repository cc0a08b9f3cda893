#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/people.h"
#include "sql/database.h"

namespace vigia {

constexpr size_t preferences_bytes_max = 16 * 1024;
constexpr size_t search_bytes_max = 128 * 1024;
constexpr int64_t searches_of_user_max = 500;

struct SavedSearch {
    std::string id;
    std::string user;  // the id of who made it
    std::string name;
    std::string body;  // a JSON object, the console's
    bool shared = false;
    Time created_at;
    Time updated_at;
    int64_t version = 1;  // what a client sends back as the one it saw
};

struct Preferences {
    std::string body = "{}";
    int64_t version = 0;  // where none were set
};

// What is written of a saved search.
struct SearchDraft {
    std::string name;
    std::string body;
    bool shared = false;
};

// What the console keeps for people: preferences and saved searches, JSON objects that mean nothing here. Who
// asks is always a user of the organisation (NotFound otherwise). Safe to use from many threads.
class Workspace {
public:
    // The database is a Catalog's, and outlives it.
    Workspace(Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

    using Expected = std::optional<int64_t>;

    Result<Preferences> preferences(const std::string& organisation, const std::string& user) const;
    // BadInput for what is no JSON object, or too long; Conflict when the version is not the expected one. So
    // with searches.
    Result<Preferences> set_preferences(const Actor& actor, const std::string& organisation,
                                        const std::string& user, const std::string& body,
                                        Expected expected = std::nullopt);

    // Those that the user made and those that others shared, by name.
    Result<std::vector<SavedSearch>> searches(const std::string& organisation, const std::string& user) const;
    Result<SavedSearch> search(const std::string& organisation, const std::string& user,
                               const std::string& id) const;
    Result<SavedSearch> add_search(const Actor& actor, const std::string& organisation,
                                   const std::string& user, const SearchDraft& draft);
    // NotFound for what the user does not see; Denied for what another shared, unless the user is an owner of
    // the organisation. So with remove_search().
    Result<SavedSearch> update_search(const Actor& actor, const std::string& organisation,
                                      const std::string& user, const std::string& id,
                                      const SearchDraft& draft, Expected expected = std::nullopt);
    Result<void> remove_search(const Actor& actor, const std::string& organisation, const std::string& user,
                               const std::string& id, Expected expected = std::nullopt);

private:
    Database* database_;
    const Clock* clock_;
};

}  // namespace vigia
