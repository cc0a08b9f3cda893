#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "catalog/bodies.h"
#include "catalog/documents.h"

namespace vigia {

// A body as it is kept.
template <typename Body>
struct Stored {
    std::string id;
    int64_t version = 0;  // what a client sends back as the one it saw: an ETag
    Time created_at;
    Time updated_at;
    std::string updated_by;
    Body body;
};

// What Vigia ships, which no database holds: the caller has the files. Asked inside transactions, so that it
// must not ask the database in turn.
struct Shipped {
    std::function<bool(const std::string& id)> has_rule;
    std::function<bool(const std::string& name)> has_ruleset;
};

// Corrupt when the document's JSON is no such body.
template <typename Body>
Result<Stored<Body>> stored(const Document& document) {
    Stored<Body> one{document.key.id,     document.version,    document.created_at,
                     document.updated_at, document.updated_by, {}};
    TRY_VOID(read_body(document.draft.body, one.body));
    if constexpr (std::is_same_v<Body, Rule>) one.body.id = document.key.id;
    return one;
}

template <typename Body>
Result<Stored<Body>> stored(const Result<Document>& document) {
    if (!document) return std::unexpected(document.error());
    return stored<Body>(*document);
}

template <typename Body>
Result<std::vector<Stored<Body>>> all_stored(const Result<std::vector<Document>>& documents) {
    if (!documents) return std::unexpected(documents.error());
    std::vector<Stored<Body>> all;
    for (const Document& one : *documents) all.push_back(TRY(stored<Body>(one)));
    return all;
}

// NotFound unless the rule is shipped or the organisation's own.
Result<void> check_rule_there(SqlSession& session, const Shipped& shipped, const std::string& organisation,
                              const std::string& rule);

// Nothing to look at.
inline Result<void> no_check(SqlSession& session) {
    (void)session;
    return {};
}

}  // namespace vigia
