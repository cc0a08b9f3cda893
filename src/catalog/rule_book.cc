#include "catalog/rule_book.h"

#include <fmt/format.h>

#include <algorithm>

namespace vigia {

namespace {

constexpr const char* generation_query = "select value from rules_generation";

// Puts the document where its kind belongs.
class BookWriter {
public:
    BookWriter(RuleBook& book, Time now) : book_(book), now_(now) {}

    Result<void> add(OrganisationBook& organisation, const Document& document) {
        switch (document.key.kind) {
            case DocumentKind::Rule:
                organisation.rules.push_back(TRY(stored<Rule>(document)));
                return {};
            case DocumentKind::Settings:
                return add_body(organisation.settings, document);
            case DocumentKind::Suppression:
                return add_suppression(organisation, document);
            case DocumentKind::Tags:
                return add_body(organisation.tags, document);
            case DocumentKind::List:
                organisation.lists.push_back(TRY(stored<NamedList>(document)));
                return {};
            case DocumentKind::Ruleset:
                return {};
        }
        return {};
    }

private:
    template <typename Body>
    Result<void> add_body(std::map<std::string, Body>& bodies, const Document& document) {
        Body body;
        TRY_VOID(read_body(document.draft.body, body));
        bodies[document.key.id] = std::move(body);
        return {};
    }

    Result<void> add_suppression(OrganisationBook& organisation, const Document& document) {
        auto suppression = TRY(stored<Suppression>(document));
        const auto expires_at = suppression.body.expires_at;
        if (!is_in_force(suppression.body, now_)) return {};
        if (expires_at) book_.changes_at = std::min(book_.changes_at.value_or(*expires_at), *expires_at);
        organisation.suppressions[suppression.body.rule].push_back(std::move(suppression));
        return {};
    }

    RuleBook& book_;
    Time now_;
};

Result<void> read_book(SqlSession& session, Time now, RuleBook& book) {
    const auto generation = TRY(session.query(generation_query));
    book.generation = number(generation.at(0).at(0));
    std::map<std::string, OrganisationBook> organisations;
    for (const SqlRow& row : TRY(session.query("select id from organisations")))
        organisations[text(row[0])].organisation = text(row[0]);
    BookWriter writer(book, now);
    for (const Document& document : TRY(detection_documents(session))) {
        const DocumentKey& key = document.key;
        const auto added = writer.add(organisations[key.organisation], document);
        if (!added)
            book.problems.push_back(fmt::format("organisation {}, {} {}: {}", key.organisation,
                                                name(key.kind), key.id, added.error().message));
    }
    for (auto& [id, organisation] : organisations) book.organisations.push_back(std::move(organisation));
    return {};
}

}  // namespace

Result<int64_t> rules_generation(Database& database) {
    const auto rows = TRY(database.query(generation_query));
    return number(rows.at(0).at(0));
}

Result<RuleBook> rule_book(Database& database, Time now) {
    RuleBook book;
    TRY_VOID(database.snapshot([&](SqlSession& session) { return read_book(session, now, book); }));
    return book;
}

}  // namespace vigia
