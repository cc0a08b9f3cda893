#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "catalog/stored.h"

namespace vigia {

// Every version of what an organisation writes about detection, and the way back to one. Safe to use from
// many threads.
class History {
public:
    // The database is a Catalog's, and outlives the history.
    History(Database& database, const Clock& clock, Shipped shipped)
        : documents_(database, clock), shipped_(std::move(shipped)) {}

    // The newest first, at most so many. NotFound when the organisation never had such a document.
    Result<std::vector<DocumentVersion>> of(const DocumentKey& key, size_t versions_max) const {
        return documents_.history(key, versions_max);
    }

    // What stood in the version stands again, as a new version, also when it was removed meanwhile: the
    // removal's own version brings back what it took. Conflict when the name was given to another since,
    // NotFound when the rule that it belongs to is gone. What stands already is not made again.
    Result<Document> restore(const Actor& actor, const DocumentKey& key, int64_t version,
                             Documents::Expected expected);

private:
    Documents documents_;
    Shipped shipped_;
};

}  // namespace vigia
