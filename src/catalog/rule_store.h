#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/stored.h"

namespace vigia {

// What an organisation has of rules: its own ones, and what it settled about those that Vigia ships, of which
// neither filter nor text is kept, for they follow the program's files. Every change takes the version that
// its caller saw (see Documents), and is in the log, in the history, and in the next rules generation.
//
// A rule's suppressions and tags stay when it is removed, quiet nothing, and come back with it. Safe to use
// from many threads.
class RuleStore {
public:
    using Expected = Documents::Expected;

    // The database is a Catalog's, and outlives the store.
    RuleStore(Database& database, const Clock& clock, Shipped shipped)
        : documents_(database, clock), database_(&database), shipped_(std::move(shipped)) {}

    // The id is a new one, whatever the rule says. Conflict when the organisation has a rule of that name.
    Result<Stored<Rule>> add_rule(const Actor& actor, const std::string& organisation, const Rule& rule);
    // The same with an id that its caller chose. BadInput for one that is no UUID in lower case, Conflict
    // when the rule is there, or Vigia ships one of that id.
    Result<Stored<Rule>> add_rule_as(const Actor& actor, const std::string& organisation,
                                     const std::string& id, const Rule& rule);
    Result<Stored<Rule>> rule(const std::string& organisation, const std::string& id) const;
    Result<std::vector<Stored<Rule>>> rules(const std::string& organisation) const;
    Result<Stored<Rule>> update_rule(const Actor& actor, const std::string& organisation,
                                     const std::string& id, const Rule& rule, Expected expected);
    Result<void> remove_rule(const Actor& actor, const std::string& organisation, const std::string& id,
                             Expected expected);

    // Of a shipped rule. Where none were made: no settings, of version 0.
    Result<Stored<ManagedSettings>> settings(const std::string& organisation, const std::string& rule) const;
    // Those that were made; the id is the rule's.
    Result<std::vector<Stored<ManagedSettings>>> all_settings(const std::string& organisation) const;
    Result<Stored<ManagedSettings>> set_settings(const Actor& actor, const std::string& organisation,
                                                 const std::string& rule, const ManagedSettings& settings,
                                                 Expected expected);
    // The rule is as shipped again. NotFound when it was.
    Result<void> reset_settings(const Actor& actor, const std::string& organisation, const std::string& rule,
                                Expected expected);

    // All of the rule, in force or not (see is_in_force).
    Result<std::vector<Stored<Suppression>>> suppressions(const std::string& organisation,
                                                          const std::string& rule) const;
    // Of all rules, also of those that are gone.
    Result<std::vector<Stored<Suppression>>> all_suppressions(const std::string& organisation) const;
    Result<Stored<Suppression>> suppression(const std::string& organisation, const std::string& id) const;
    Result<Stored<Suppression>> add_suppression(const Actor& actor, const std::string& organisation,
                                                const Suppression& suppression);
    // BadInput when it names another rule: a suppression does not move.
    Result<Stored<Suppression>> update_suppression(const Actor& actor, const std::string& organisation,
                                                   const std::string& id, const Suppression& suppression,
                                                   Expected expected);
    Result<void> remove_suppression(const Actor& actor, const std::string& organisation,
                                    const std::string& id, Expected expected);

    // Where none were made: none, of version 0.
    Result<Stored<RuleTags>> tags(const std::string& organisation, const std::string& rule) const;
    // Those that were made; the id is the rule's.
    Result<std::vector<Stored<RuleTags>>> all_tags(const std::string& organisation) const;
    Result<Stored<RuleTags>> set_tags(const Actor& actor, const std::string& organisation,
                                      const std::string& rule, const RuleTags& tags, Expected expected);

private:
    Result<void> check_there(const std::string& organisation, const std::string& rule) const;
    Result<void> check_shipped(const std::string& rule) const;

    Documents documents_;
    Database* database_;
    Shipped shipped_;
};

}  // namespace vigia
