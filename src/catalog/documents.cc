#include "catalog/documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/conflict.h"
#include "catalog/records.h"

namespace vigia {

namespace {

struct KindRow {
    DocumentKind kind;
    std::string_view name;
    bool detection;  // whether detection follows it
    int64_t most;    // of one organisation, or of one parent when the document has one
};

constexpr auto kinds = std::to_array<KindRow>({
    {DocumentKind::Rule, "rule", true, 10'000},
    {DocumentKind::Settings, "settings", true, 1},
    {DocumentKind::Suppression, "suppression", true, 1000},
    {DocumentKind::Tags, "tags", true, 1},
    {DocumentKind::Ruleset, "ruleset", false, 1000},
    {DocumentKind::List, "list", true, 1000},
});

constexpr auto actions =
    std::to_array<std::pair<std::string_view, DocumentAction>>({{"added", DocumentAction::Added},
                                                                {"changed", DocumentAction::Changed},
                                                                {"removed", DocumentAction::Removed},
                                                                {"restored", DocumentAction::Restored}});

const KindRow& row_of(DocumentKind kind) { return *std::ranges::find(kinds, kind, &KindRow::kind); }

constexpr std::string_view columns =
    "organisation, kind, id, parent, name, body, version, created_at, updated_at, updated_by";
constexpr std::string_view by_key = "organisation = :organisation and kind = :kind and id = :id";

std::string word(DocumentKind kind) { return std::string(name(kind)); }

std::optional<std::string> optional_text(const SqlValue& value) {
    if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
    return text(value);
}
SqlValue value_of_name(const Draft& draft) { return draft.name ? SqlValue(*draft.name) : SqlValue(); }

// What the schema holds of kinds was written by this program.
DocumentKind kind_in(const SqlValue& value) {
    return document_kind_of(text(value)).value_or(DocumentKind::Rule);
}

Document document_of(const SqlRow& row) {
    return {.key = {text(row[0]), kind_in(row[1]), text(row[2])},
            .draft = {text(row[3]), optional_text(row[4]), text(row[5])},
            .version = number(row[6]),
            .created_at = time_of(row[7]),
            .updated_at = time_of(row[8]),
            .updated_by = text(row[9])};
}

DocumentVersion version_of(const SqlRow& row) {
    return {number(row[0]),
            value_in(actions, text(row[1])).value_or(DocumentAction::Changed),
            text(row[2]),
            time_of(row[3]),
            {text(row[4]), text(row[5])}};
}

Error unknown(DocumentKind kind) {
    return {ErrorKind::NotFound, fmt::format("there is no such {}", name(kind))};
}

Error changed_meanwhile(DocumentKind kind) {
    return vigia::changed_meanwhile(fmt::format("the {}", name(kind)));
}

Result<void> check_expected(const DocumentKey& key, int64_t version, Documents::Expected expected) {
    if (expected && *expected != version) return std::unexpected(changed_meanwhile(key.kind));
    return {};
}

Error in_words_of(const DocumentKey& key, const Draft& draft, const Error& failure) {
    return in_words(failure, draft.name ? name_taken(fmt::format("a {}", name(key.kind)), *draft.name)
                                        : changed_meanwhile(key.kind));
}

Result<void> check_count(SqlSession& session, const DocumentKey& key, const Draft& draft) {
    const auto rows = TRY(
        session.query("select count(*) from documents where organisation = :organisation and kind = :kind "
                      "and parent = :parent",
                      {key.organisation, word(key.kind), draft.parent}));
    const int64_t most = row_of(key.kind).most;
    if (number(rows[0][0]) >= most)
        return error(ErrorKind::Conflict,
                     fmt::format("there are {} of kind {} already, which is the most", most, name(key.kind)));
    return {};
}

// The last version that the document had, also before it was removed, and when it was made; 0 for a new one.
struct LastVersion {
    int64_t number = 0;
    Time created_at;
};

Result<LastVersion> last_version(SqlSession& session, const DocumentKey& key, Time now) {
    const auto rows = TRY(session.query(
        fmt::format(
            "select version, created_at from document_versions where {} order by version desc limit 1",
            by_key),
        {key.organisation, word(key.kind), key.id}));
    if (rows.empty()) return LastVersion{0, now};
    return LastVersion{number(rows[0][0]), time_of(rows[0][1])};
}

// The version, its entry in the log, and the generation: what every change writes beside the document itself.
Result<void> record(SqlSession& session, const Actor& actor, const Document& after, DocumentAction action,
                    const std::string& before) {
    const DocumentKey& key = after.key;
    TRY_VOID(session.execute(
        "insert into document_versions (organisation, kind, id, version, action, parent, name, body, "
        "created_at, time, who, origin) values (:organisation, :kind, :id, :version, :action, :parent, "
        ":name, "
        ":body, :created_at, :time, :who, :origin)",
        {key.organisation, word(key.kind), key.id, after.version, std::string(name(action)),
         after.draft.parent, value_of_name(after.draft), after.draft.body, nanoseconds(after.created_at),
         nanoseconds(after.updated_at), actor.who, actor.origin}));
    TRY_VOID(
        session.execute(fmt::format("delete from document_versions where {} and version <= :oldest", by_key),
                        {key.organisation, word(key.kind), key.id, after.version - document_versions_max}));
    const std::string what = fmt::format("{} {}", name(key.kind), name(action));
    TRY_VOID(log_change(
        session, actor, after.updated_at,
        {what, key.organisation, key.id, before, action == DocumentAction::Removed ? "" : after.draft.body}));
    if (!row_of(key.kind).detection) return {};
    return bump_rules_generation(session);
}

}  // namespace

std::string_view name(DocumentKind kind) { return row_of(kind).name; }
std::optional<DocumentKind> document_kind_of(std::string_view name) {
    const auto at = std::ranges::find(kinds, name, &KindRow::name);
    return at == kinds.end() ? std::nullopt : std::optional(at->kind);
}
std::string_view name(DocumentAction action) { return name_in(actions, action); }

Result<std::optional<Document>> find_document(SqlSession& session, const DocumentKey& key) {
    const auto rows = TRY(session.query(fmt::format("select {} from documents where {}", columns, by_key),
                                        {key.organisation, word(key.kind), key.id}));
    if (rows.empty()) return std::nullopt;
    return document_of(rows[0]);
}

Result<std::vector<Document>> detection_documents(SqlSession& session) {
    std::string wanted;
    for (const KindRow& row : kinds)
        if (row.detection) wanted += fmt::format("{}'{}'", wanted.empty() ? "" : ", ", row.name);
    const auto rows = TRY(session.query(
        fmt::format("select {} from documents where kind in ({}) order by created_at, id", columns, wanted)));
    return all_of(rows, document_of);
}

Result<Document> Documents::insert(SqlSession& session, const Actor& actor, const DocumentKey& key,
                                   const Draft& draft, DocumentAction action) const {
    TRY_VOID(check_organisation(session, key.organisation));
    TRY_VOID(check_count(session, key, draft));
    const Time now = clock_->now();
    const LastVersion last = TRY(last_version(session, key, now));
    Document made{key, draft, last.number + 1, last.created_at, now, actor.who};
    const auto done = session.execute(
        "insert into documents (organisation, kind, id, parent, name, body, version, created_at, updated_at, "
        "updated_by) values (:organisation, :kind, :id, :parent, :name, :body, :version, :created_at, "
        ":updated_at, :updated_by)",
        {key.organisation, word(key.kind), key.id, draft.parent, value_of_name(draft), draft.body,
         made.version, nanoseconds(made.created_at), nanoseconds(now), actor.who});
    if (!done) return std::unexpected(in_words_of(key, draft, done.error()));
    TRY_VOID(record(session, actor, made, action, ""));
    return made;
}

Result<Document> Documents::overwrite(SqlSession& session, const Actor& actor, const Document& before,
                                      const Draft& draft, DocumentAction action) const {
    if (before.draft.body == draft.body && before.draft.name == draft.name) return before;
    const DocumentKey& key = before.key;
    const Time now = clock_->now();
    Document after{key, draft, before.version + 1, before.created_at, now, actor.who};
    const auto changed = session.execute(
        fmt::format("update documents set name = :name, body = :body, version = :next, updated_at = "
                    ":updated_at, updated_by = :updated_by where {} and version = :version",
                    by_key),
        {value_of_name(draft), draft.body, after.version, nanoseconds(now), actor.who, key.organisation,
         word(key.kind), key.id, before.version});
    if (!changed) return std::unexpected(in_words_of(key, draft, changed.error()));
    if (*changed == 0) return std::unexpected(changed_meanwhile(key.kind));
    TRY_VOID(record(session, actor, after, action, before.draft.body));
    return after;
}

Result<Document> Documents::add(const Actor& actor, const DocumentKey& key, const Draft& draft,
                                const Check& check) {
    Document made;
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(check(session));
        made = TRY(insert(session, actor, key, draft, DocumentAction::Added));
        return {};
    }));
    return made;
}

Result<Document> Documents::change(const Actor& actor, const DocumentKey& key, const Draft& draft,
                                   Expected expected, const Check& check) {
    Document after;
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        const auto before = TRY(find_document(session, key));
        if (!before) return std::unexpected(unknown(key.kind));
        TRY_VOID(check_expected(key, before->version, expected));
        TRY_VOID(check(session));
        after = TRY(overwrite(session, actor, *before, draft, DocumentAction::Changed));
        return {};
    }));
    return after;
}

Result<Document> Documents::put(const Actor& actor, const DocumentKey& key, const Draft& draft,
                                Expected expected, const Check& check) {
    Document after;
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(check(session));
        const auto before = TRY(find_document(session, key));
        TRY_VOID(check_expected(key, before ? before->version : 0, expected));
        if (before)
            after = TRY(overwrite(session, actor, *before, draft, DocumentAction::Changed));
        else
            after = TRY(insert(session, actor, key, draft, DocumentAction::Added));
        return {};
    }));
    return after;
}

Result<void> Documents::remove(const Actor& actor, const DocumentKey& key, Expected expected) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        auto gone = TRY(find_document(session, key));
        if (!gone) return std::unexpected(unknown(key.kind));
        TRY_VOID(check_expected(key, gone->version, expected));
        const uint64_t removed =
            TRY(session.execute(fmt::format("delete from documents where {} and version = :version", by_key),
                                {key.organisation, word(key.kind), key.id, gone->version}));
        if (removed == 0) return std::unexpected(changed_meanwhile(key.kind));
        gone->version++;
        gone->updated_at = clock_->now();
        return record(session, actor, *gone, DocumentAction::Removed, gone->draft.body);
    });
}

Result<Document> Documents::find(const DocumentKey& key) const {
    const auto rows = TRY(database_->query(fmt::format("select {} from documents where {}", columns, by_key),
                                           {key.organisation, word(key.kind), key.id}));
    if (rows.empty()) return std::unexpected(unknown(key.kind));
    return document_of(rows[0]);
}

Result<std::vector<Document>> Documents::all(const std::string& organisation, DocumentKind kind,
                                             const std::optional<std::string>& parent) const {
    const std::string sql = fmt::format(
        "select {} from documents where organisation = :organisation and kind = :kind{} "
        "order by name, created_at, id",
        columns, parent ? " and parent = :parent" : "");
    const auto rows = TRY(parent ? database_->query(sql, {organisation, word(kind), *parent})
                                 : database_->query(sql, {organisation, word(kind)}));
    return all_of(rows, document_of);
}

Result<std::vector<DocumentVersion>> Documents::history(const DocumentKey& key, size_t versions_max) const {
    const auto rows = TRY(database_->query(
        fmt::format("select version, action, body, time, who, origin from document_versions where {} "
                    "order by version desc limit :most",
                    by_key),
        {key.organisation, word(key.kind), key.id, static_cast<int64_t>(versions_max)}));
    if (rows.empty()) return std::unexpected(unknown(key.kind));
    return all_of(rows, version_of);
}

Result<Document> Documents::restore(const Actor& actor, const DocumentKey& key, int64_t version,
                                    Expected expected, const RestoreCheck& check) {
    Document after;
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        const auto rows = TRY(session.query(
            fmt::format("select parent, name, body from document_versions where {} and version = :version",
                        by_key),
            {key.organisation, word(key.kind), key.id, version}));
        if (rows.empty()) return error(ErrorKind::NotFound, "there is no such version");
        const Draft draft{text(rows[0][0]), optional_text(rows[0][1]), text(rows[0][2])};
        TRY_VOID(check(session, draft));
        const auto before = TRY(find_document(session, key));
        TRY_VOID(check_expected(key, before ? before->version : 0, expected));
        if (before)
            after = TRY(overwrite(session, actor, *before, draft, DocumentAction::Restored));
        else
            after = TRY(insert(session, actor, key, draft, DocumentAction::Restored));
        return {};
    }));
    return after;
}

}  // namespace vigia
