#include "catalog/list_store.h"

#include "base/random.h"

namespace vigia {

namespace {

Draft draft_of(const NamedList& list) { return {"", list.name, json_of(list)}; }

}  // namespace

Result<Stored<NamedList>> ListStore::add(const Actor& actor, const std::string& organisation,
                                         const NamedList& list) {
    TRY_VOID(check_body(list));
    return stored<NamedList>(
        documents_.add(actor, {organisation, DocumentKind::List, random_uuid()}, draft_of(list), no_check));
}

Result<Stored<NamedList>> ListStore::update(const Actor& actor, const std::string& organisation,
                                            const std::string& id, const NamedList& list, Expected expected) {
    TRY_VOID(check_body(list));
    return stored<NamedList>(
        documents_.change(actor, {organisation, DocumentKind::List, id}, draft_of(list), expected, no_check));
}

Result<void> ListStore::remove(const Actor& actor, const std::string& organisation, const std::string& id,
                               Expected expected) {
    return documents_.remove(actor, {organisation, DocumentKind::List, id}, expected);
}

Result<Stored<NamedList>> ListStore::find(const std::string& organisation, const std::string& id) const {
    return stored<NamedList>(documents_.find({organisation, DocumentKind::List, id}));
}

Result<std::vector<Stored<NamedList>>> ListStore::all(const std::string& organisation) const {
    return all_stored<NamedList>(documents_.all(organisation, DocumentKind::List));
}

}  // namespace vigia
