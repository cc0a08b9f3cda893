#include "catalog/rule_store.h"

#include "base/random.h"

namespace vigia {

namespace {

Draft draft_of(const Rule& rule) { return {"", rule.name, json_of(rule)}; }

// What was made of a rule, or nothing of version 0.
template <typename Body>
Result<Stored<Body>> stored_or_none(const Result<Document>& document, const std::string& id) {
    if (!document && document.error().kind == ErrorKind::NotFound) return Stored<Body>{.id = id};
    return stored<Body>(document);
}

}  // namespace

Result<void> check_rule_there(SqlSession& session, const Shipped& shipped, const std::string& organisation,
                              const std::string& rule) {
    if (shipped.has_rule(rule)) return {};
    const auto own = TRY(find_document(session, {organisation, DocumentKind::Rule, rule}));
    if (!own) return error(ErrorKind::NotFound, "there is no such rule");
    return {};
}

Result<void> RuleStore::check_there(const std::string& organisation, const std::string& rule) const {
    return database_->snapshot(
        [&](SqlSession& session) { return check_rule_there(session, shipped_, organisation, rule); });
}

Result<void> RuleStore::check_shipped(const std::string& rule) const {
    if (!shipped_.has_rule(rule)) return error(ErrorKind::NotFound, "there is no such shipped rule");
    return {};
}

Result<Stored<Rule>> RuleStore::add_rule(const Actor& actor, const std::string& organisation,
                                         const Rule& rule) {
    TRY_VOID(check_body(rule));
    return stored<Rule>(
        documents_.add(actor, {organisation, DocumentKind::Rule, random_uuid()}, draft_of(rule), no_check));
}

Result<Stored<Rule>> RuleStore::add_rule_as(const Actor& actor, const std::string& organisation,
                                            const std::string& id, const Rule& rule) {
    TRY_VOID(check_body(rule));
    if (!is_uuid(id)) return error(ErrorKind::BadInput, "a rule's id is a UUID in lower case");
    if (shipped_.has_rule(id)) return error(ErrorKind::Conflict, "Vigia ships a rule of this id");
    return stored<Rule>(
        documents_.put(actor, {organisation, DocumentKind::Rule, id}, draft_of(rule), 0, no_check));
}

Result<Stored<Rule>> RuleStore::rule(const std::string& organisation, const std::string& id) const {
    return stored<Rule>(documents_.find({organisation, DocumentKind::Rule, id}));
}

Result<std::vector<Stored<Rule>>> RuleStore::rules(const std::string& organisation) const {
    return all_stored<Rule>(documents_.all(organisation, DocumentKind::Rule));
}

Result<Stored<Rule>> RuleStore::update_rule(const Actor& actor, const std::string& organisation,
                                            const std::string& id, const Rule& rule, Expected expected) {
    TRY_VOID(check_body(rule));
    return stored<Rule>(
        documents_.change(actor, {organisation, DocumentKind::Rule, id}, draft_of(rule), expected, no_check));
}

Result<void> RuleStore::remove_rule(const Actor& actor, const std::string& organisation,
                                    const std::string& id, Expected expected) {
    return documents_.remove(actor, {organisation, DocumentKind::Rule, id}, expected);
}

Result<Stored<ManagedSettings>> RuleStore::settings(const std::string& organisation,
                                                    const std::string& rule) const {
    TRY_VOID(check_shipped(rule));
    return stored_or_none<ManagedSettings>(documents_.find({organisation, DocumentKind::Settings, rule}),
                                           rule);
}

Result<std::vector<Stored<ManagedSettings>>> RuleStore::all_settings(const std::string& organisation) const {
    return all_stored<ManagedSettings>(documents_.all(organisation, DocumentKind::Settings));
}

Result<Stored<ManagedSettings>> RuleStore::set_settings(const Actor& actor, const std::string& organisation,
                                                        const std::string& rule,
                                                        const ManagedSettings& settings, Expected expected) {
    TRY_VOID(check_body(settings));
    TRY_VOID(check_shipped(rule));
    return stored<ManagedSettings>(documents_.put(actor, {organisation, DocumentKind::Settings, rule},
                                                  {rule, std::nullopt, json_of(settings)}, expected,
                                                  no_check));
}

Result<void> RuleStore::reset_settings(const Actor& actor, const std::string& organisation,
                                       const std::string& rule, Expected expected) {
    return documents_.remove(actor, {organisation, DocumentKind::Settings, rule}, expected);
}

Result<std::vector<Stored<Suppression>>> RuleStore::suppressions(const std::string& organisation,
                                                                 const std::string& rule) const {
    TRY_VOID(check_there(organisation, rule));
    return all_stored<Suppression>(documents_.all(organisation, DocumentKind::Suppression, rule));
}

Result<std::vector<Stored<Suppression>>> RuleStore::all_suppressions(const std::string& organisation) const {
    return all_stored<Suppression>(documents_.all(organisation, DocumentKind::Suppression));
}

Result<Stored<Suppression>> RuleStore::suppression(const std::string& organisation,
                                                   const std::string& id) const {
    return stored<Suppression>(documents_.find({organisation, DocumentKind::Suppression, id}));
}

Result<Stored<Suppression>> RuleStore::add_suppression(const Actor& actor, const std::string& organisation,
                                                       const Suppression& suppression) {
    TRY_VOID(check_body(suppression));
    return stored<Suppression>(
        documents_.add(actor, {organisation, DocumentKind::Suppression, random_uuid()},
                       {suppression.rule, std::nullopt, json_of(suppression)}, [&](SqlSession& session) {
                           return check_rule_there(session, shipped_, organisation, suppression.rule);
                       }));
}

Result<Stored<Suppression>> RuleStore::update_suppression(const Actor& actor, const std::string& organisation,
                                                          const std::string& id,
                                                          const Suppression& suppression, Expected expected) {
    TRY_VOID(check_body(suppression));
    const DocumentKey key{organisation, DocumentKind::Suppression, id};
    return stored<Suppression>(
        documents_.change(actor, key, {suppression.rule, std::nullopt, json_of(suppression)}, expected,
                          [&](SqlSession& session) -> Result<void> {
                              const auto before = TRY(find_document(session, key));
                              if (before && before->draft.parent != suppression.rule)
                                  return error(ErrorKind::BadInput, "a suppression stays with its rule");
                              return check_rule_there(session, shipped_, organisation, suppression.rule);
                          }));
}

Result<void> RuleStore::remove_suppression(const Actor& actor, const std::string& organisation,
                                           const std::string& id, Expected expected) {
    return documents_.remove(actor, {organisation, DocumentKind::Suppression, id}, expected);
}

Result<Stored<RuleTags>> RuleStore::tags(const std::string& organisation, const std::string& rule) const {
    TRY_VOID(check_there(organisation, rule));
    return stored_or_none<RuleTags>(documents_.find({organisation, DocumentKind::Tags, rule}), rule);
}

Result<std::vector<Stored<RuleTags>>> RuleStore::all_tags(const std::string& organisation) const {
    return all_stored<RuleTags>(documents_.all(organisation, DocumentKind::Tags));
}

Result<Stored<RuleTags>> RuleStore::set_tags(const Actor& actor, const std::string& organisation,
                                             const std::string& rule, const RuleTags& tags,
                                             Expected expected) {
    TRY_VOID(check_body(tags));
    return stored<RuleTags>(documents_.put(
        actor, {organisation, DocumentKind::Tags, rule}, {rule, std::nullopt, json_of(tags)}, expected,
        [&](SqlSession& session) { return check_rule_there(session, shipped_, organisation, rule); }));
}

}  // namespace vigia
