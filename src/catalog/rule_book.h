#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/stored.h"

namespace vigia {

// What one organisation has of rules, as detection follows it.
struct OrganisationBook {
    std::string organisation;
    std::vector<Stored<Rule>> rules;                                       // its own
    std::map<std::string, ManagedSettings> settings;                       // by shipped rule
    std::map<std::string, std::vector<Stored<Suppression>>> suppressions;  // by rule, those in force
    std::map<std::string, RuleTags> tags;                                  // by rule
    std::vector<Stored<NamedList>> lists;
};

// What all organisations have, as of one generation. What stands under a rule that is not there (removed, or
// no longer shipped) has no effect.
struct RuleBook {
    int64_t generation = 0;
    std::vector<OrganisationBook> organisations;  // all, by id
    std::optional<Time> changes_at;               // when the first of the suppressions expires, if one does
    std::vector<std::string> problems;            // what could not be read and was left out
};

// A number that grows with every change that detection follows, in the change's own transaction: one cheap
// query tells whether the book is another. (An expiry is no change: see RuleBook::changes_at.)
Result<int64_t> rules_generation(Database& database);

// All of it, from one state of the database.
Result<RuleBook> rule_book(Database& database, Time now);

}  // namespace vigia
