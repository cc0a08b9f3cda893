#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/stored.h"

namespace vigia {

// The named lists of an organisation, which its filters call `$name`; one of the name of a shipped list takes
// its place there. Safe to use from many threads.
class ListStore {
public:
    using Expected = Documents::Expected;

    // The database is a Catalog's, and outlives the store.
    ListStore(Database& database, const Clock& clock) : documents_(database, clock) {}

    // Conflict when the name is taken.
    Result<Stored<NamedList>> add(const Actor& actor, const std::string& organisation, const NamedList& list);
    Result<Stored<NamedList>> update(const Actor& actor, const std::string& organisation,
                                     const std::string& id, const NamedList& list, Expected expected);
    Result<void> remove(const Actor& actor, const std::string& organisation, const std::string& id,
                        Expected expected);
    Result<Stored<NamedList>> find(const std::string& organisation, const std::string& id) const;
    Result<std::vector<Stored<NamedList>>> all(const std::string& organisation) const;

private:
    Documents documents_;
};

}  // namespace vigia
