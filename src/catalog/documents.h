#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/people.h"
#include "sql/database.h"

namespace vigia {

// What an organisation writes about detection. Each is kept as it stands, and with every version that it had.
enum class DocumentKind : uint8_t { Rule, Settings, Suppression, Tags, Ruleset, List };

// "rule", "settings" …, as entries of the log have it: "rule changed".
std::string_view name(DocumentKind kind);
std::optional<DocumentKind> document_kind_of(std::string_view name);

// Settings and tags have the id of their rule.
struct DocumentKey {
    std::string organisation;
    DocumentKind kind = DocumentKind::Rule;
    std::string id;
};

// What is written of a document: the rule it belongs to, if any; the name that no other of its kind has in
// the organisation, if any; and its JSON.
struct Draft {
    std::string parent;
    std::optional<std::string> name;
    std::string body;
};

struct Document {
    DocumentKey key;
    Draft draft;
    int64_t version = 0;
    Time created_at;
    Time updated_at;
    std::string updated_by;
};

enum class DocumentAction : uint8_t { Added, Changed, Removed, Restored };
std::string_view name(DocumentAction action);

// One version. Of a removal, the body is what was removed.
struct DocumentVersion {
    int64_t version = 0;
    DocumentAction action = DocumentAction::Added;
    std::string body;
    Time time;
    Actor actor;
};

// Of each document, the latest; older ones go when new ones come.
constexpr int64_t document_versions_max = 1000;

// The one table under rules, settings, suppressions, tags, rulesets and lists. Every change is one
// transaction with its version, its entry in the log and, where detection follows it, the next rules
// generation. A version is never given twice, also when a document was removed and came back. `expected` is
// the version that the caller saw; Conflict when another is there by now. Without it, the change is made
// whatever was there.
class Documents {
public:
    Documents(Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

    // Looks, in the same transaction, whether the change may be made: whether what it refers to is there.
    using Check = std::function<Result<void>(SqlSession&)>;
    using Expected = std::optional<int64_t>;

    // Conflict when the name is taken, and when there are as many as there may be.
    Result<Document> add(const Actor& actor, const DocumentKey& key, const Draft& draft, const Check& check);
    // A draft that says what is there already changes nothing, and makes no version.
    Result<Document> change(const Actor& actor, const DocumentKey& key, const Draft& draft, Expected expected,
                            const Check& check);
    // Adds it or changes it. The version of what is not there is 0.
    Result<Document> put(const Actor& actor, const DocumentKey& key, const Draft& draft, Expected expected,
                         const Check& check);
    Result<void> remove(const Actor& actor, const DocumentKey& key, Expected expected);

    Result<Document> find(const DocumentKey& key) const;
    // By name, then by the time of their making; those of one parent, when one is given.
    Result<std::vector<Document>> all(const std::string& organisation, DocumentKind kind,
                                      const std::optional<std::string>& parent = std::nullopt) const;

    // The newest first. NotFound when there never was such a document.
    Result<std::vector<DocumentVersion>> history(const DocumentKey& key, size_t versions_max) const;
    // Makes the version the one that stands, as a new version, whether the document is there or was removed.
    // The check is given what would stand then.
    using RestoreCheck = std::function<Result<void>(SqlSession&, const Draft&)>;
    Result<Document> restore(const Actor& actor, const DocumentKey& key, int64_t version, Expected expected,
                             const RestoreCheck& check);

private:
    Result<Document> insert(SqlSession& session, const Actor& actor, const DocumentKey& key,
                            const Draft& draft, DocumentAction action) const;
    Result<Document> overwrite(SqlSession& session, const Actor& actor, const Document& before,
                               const Draft& draft, DocumentAction action) const;

    Database* database_;
    const Clock* clock_;
};

// The documents of the kinds that detection follows, of all organisations.
Result<std::vector<Document>> detection_documents(SqlSession& session);
// The document, when it is there.
Result<std::optional<Document>> find_document(SqlSession& session, const DocumentKey& key);

}  // namespace vigia
