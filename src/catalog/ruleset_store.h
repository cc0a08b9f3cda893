#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/stored.h"

namespace vigia {

// The rulesets that an organisation made: names for rules, shipped and own, any of which may be in many.
// Those that Vigia ships are the program's, and their names are taken. Safe to use from many threads.
class RulesetStore {
public:
    using Expected = Documents::Expected;

    // The database is a Catalog's, and outlives the store.
    RulesetStore(Database& database, const Clock& clock, Shipped shipped)
        : documents_(database, clock), database_(&database), shipped_(std::move(shipped)) {}

    // Conflict when the name is taken, NotFound when a rule is neither shipped nor the organisation's own.
    Result<Stored<Ruleset>> add(const Actor& actor, const std::string& organisation, const Ruleset& ruleset);
    Result<Stored<Ruleset>> update(const Actor& actor, const std::string& organisation, const std::string& id,
                                   const Ruleset& ruleset, Expected expected);
    Result<void> remove(const Actor& actor, const std::string& organisation, const std::string& id,
                        Expected expected);
    // Of its rules, those that are there: one that was removed is in it again when it comes back.
    Result<Stored<Ruleset>> find(const std::string& organisation, const std::string& id) const;
    Result<std::vector<Stored<Ruleset>>> all(const std::string& organisation) const;

private:
    Result<void> check(SqlSession& session, const std::string& organisation, const Ruleset& ruleset) const;
    Result<void> keep_those_there(const std::string& organisation,
                                  std::vector<Stored<Ruleset>>& rulesets) const;

    Documents documents_;
    Database* database_;
    Shipped shipped_;
};

}  // namespace vigia
