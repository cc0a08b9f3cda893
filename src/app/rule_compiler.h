#pragma once

#include <memory>
#include <set>
#include <span>
#include <string>

#include "app/rules_in_force.h"
#include "app/shipped_rules.h"
#include "catalog/rule_book.h"

namespace vigia {

// The rules that Vigia ships together with what organisations have of their own, as one set. What cannot be
// compiled is left out and named in `problems`; the rest is in force.
std::shared_ptr<const RulesInForce> compile_rules(const RuleBook& book, const ShippedRules& shipped);

// The lists that filters of an organisation may call: those that Vigia ships, with its own in their place.
NamedLists lists_of(const ShippedRules& shipped, std::span<const Stored<NamedList>> own);

// The names of the lists that the filter calls.
std::set<std::string> lists_called(std::string_view filter);

// A filter's text in which the organisation's own lists have names that no other organisation's have.
std::string with_own_lists(std::string_view filter, const OrganisationBook& book);

}  // namespace vigia
