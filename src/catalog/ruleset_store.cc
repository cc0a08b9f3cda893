#include "catalog/ruleset_store.h"

#include <fmt/format.h>

#include <set>

#include "base/conflict.h"
#include "base/random.h"

namespace vigia {

namespace {

Result<std::set<std::string>> own_rules(SqlSession& session, const std::string& organisation) {
    const auto rows =
        TRY(session.query("select id from documents where organisation = :organisation and kind = :kind",
                          {organisation, std::string(name(DocumentKind::Rule))}));
    std::set<std::string> ids;
    for (const SqlRow& row : rows) ids.insert(text(row[0]));
    return ids;
}

Draft draft_of(const Ruleset& ruleset) { return {"", ruleset.name, json_of(ruleset)}; }

}  // namespace

Result<void> RulesetStore::check(SqlSession& session, const std::string& organisation,
                                 const Ruleset& ruleset) const {
    if (shipped_.has_ruleset(ruleset.name))
        return std::unexpected(name_taken("a shipped ruleset", ruleset.name));
    const std::set<std::string> own = TRY(own_rules(session, organisation));
    for (const std::string& id : ruleset.rules)
        if (!shipped_.has_rule(id) && !own.contains(id))
            return error(ErrorKind::NotFound, fmt::format("there is no rule '{}'", id));
    return {};
}

Result<Stored<Ruleset>> RulesetStore::add(const Actor& actor, const std::string& organisation,
                                          const Ruleset& ruleset) {
    TRY_VOID(check_body(ruleset));
    return stored<Ruleset>(
        documents_.add(actor, {organisation, DocumentKind::Ruleset, random_uuid()}, draft_of(ruleset),
                       [&](SqlSession& session) { return check(session, organisation, ruleset); }));
}

Result<Stored<Ruleset>> RulesetStore::update(const Actor& actor, const std::string& organisation,
                                             const std::string& id, const Ruleset& ruleset,
                                             Expected expected) {
    TRY_VOID(check_body(ruleset));
    return stored<Ruleset>(
        documents_.change(actor, {organisation, DocumentKind::Ruleset, id}, draft_of(ruleset), expected,
                          [&](SqlSession& session) { return check(session, organisation, ruleset); }));
}

Result<void> RulesetStore::remove(const Actor& actor, const std::string& organisation, const std::string& id,
                                  Expected expected) {
    return documents_.remove(actor, {organisation, DocumentKind::Ruleset, id}, expected);
}

Result<void> RulesetStore::keep_those_there(const std::string& organisation,
                                            std::vector<Stored<Ruleset>>& rulesets) const {
    return database_->snapshot([&](SqlSession& session) -> Result<void> {
        const std::set<std::string> own = TRY(own_rules(session, organisation));
        for (Stored<Ruleset>& one : rulesets)
            std::erase_if(one.body.rules,
                          [&](const std::string& id) { return !shipped_.has_rule(id) && !own.contains(id); });
        return {};
    });
}

Result<Stored<Ruleset>> RulesetStore::find(const std::string& organisation, const std::string& id) const {
    std::vector<Stored<Ruleset>> one;
    one.push_back(TRY(stored<Ruleset>(documents_.find({organisation, DocumentKind::Ruleset, id}))));
    TRY_VOID(keep_those_there(organisation, one));
    return std::move(one[0]);
}

Result<std::vector<Stored<Ruleset>>> RulesetStore::all(const std::string& organisation) const {
    auto rulesets = TRY(all_stored<Ruleset>(documents_.all(organisation, DocumentKind::Ruleset)));
    TRY_VOID(keep_those_there(organisation, rulesets));
    return rulesets;
}

}  // namespace vigia
