#include "catalog/workspace.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/random.h"
#include "catalog/records.h"
#include "model/quote.h"

namespace vigia {

namespace {

constexpr std::string_view search_columns =
    "id, user_id, name, body, shared, created_at, updated_at, version";

SavedSearch search_of(const SqlRow& row) {
    return {text(row[0]),        text(row[1]),    text(row[2]),    text(row[3]),
            number(row[4]) != 0, time_of(row[5]), time_of(row[6]), number(row[7])};
}

std::string json_of(const SavedSearch& search) {
    return fmt::format(R"({{"name":{},"shared":{},"body":{}}})", quote(search.name), search.shared,
                       search.body);
}

Result<void> check_object(std::string_view what, const std::string& body, size_t bytes_max) {
    TRY_VOID(check_text(what, body, bytes_max));
    boost::json::error_code failure;
    const auto value = boost::json::parse(body, failure);
    if (failure || !value.is_object())
        return error(ErrorKind::BadInput, fmt::format("{} must be a JSON object", what));
    return {};
}

Result<void> check_draft(const SearchDraft& draft) {
    TRY_VOID(check_name("a search", draft.name));
    return check_object("a search", draft.body, search_bytes_max);
}

Result<Preferences> read_preferences(SqlSession& session, const std::string& user) {
    const auto rows =
        TRY(session.query("select body, version from preferences where user_id = :user_id", {user}));
    return rows.empty() ? Preferences() : Preferences{text(rows[0][0]), number(rows[0][1])};
}

// A search that the user sees.
Result<SavedSearch> find_seen(SqlSession& session, const User& user, const std::string& id) {
    const auto rows = TRY(session.query(
        fmt::format("select {} from saved_searches where organisation = :organisation and id = :id and "
                    "(user_id = :user_id or shared = 1)",
                    search_columns),
        {user.organisation, id, user.id}));
    if (rows.empty()) return error(ErrorKind::NotFound, "there is no such search");
    return search_of(rows[0]);
}

// One that the user may change, of the version that they saw.
Result<SavedSearch> find_own(SqlSession& session, const User& user, const std::string& id,
                             Workspace::Expected expected) {
    SavedSearch found = TRY(find_seen(session, user, id));
    if (found.user != user.id && user.role != Role::Owner)
        return error(ErrorKind::Denied, "another shared this search; only they and owners change it");
    TRY_VOID(check_version("the search", found.version, expected));
    return found;
}

}  // namespace

Result<Preferences> Workspace::preferences(const std::string& organisation, const std::string& user) const {
    Preferences found;
    TRY_VOID(database_->snapshot([&](SqlSession& session) -> Result<void> {
        TRY_VOID(find_user(session, organisation, user));
        found = TRY(read_preferences(session, user));
        return {};
    }));
    return found;
}

Result<Preferences> Workspace::set_preferences(const Actor& actor, const std::string& organisation,
                                               const std::string& user, const std::string& body,
                                               Expected expected) {
    TRY_VOID(check_object("preferences", body, preferences_bytes_max));
    Preferences after;
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        // Holds the user, so that two changes follow each other.
        TRY_VOID(
            session.execute("update users set role = role where organisation = :organisation and id = :id",
                            {organisation, user}));
        TRY_VOID(find_user(session, organisation, user));
        const Preferences before = TRY(read_preferences(session, user));
        TRY_VOID(check_version("your preferences", before.version, expected));
        after = before;
        if (before.body == body) return {};
        after = {body, before.version + 1};
        TRY_VOID(session.execute(
            "insert into preferences (user_id, body, version) values (:user_id, :body, :version) "
            "on conflict (user_id) do update set body = excluded.body, version = excluded.version",
            {user, body, after.version}));
        return log_change(session, actor, clock_->now(),
                          {"preferences changed", organisation, user, before.body, body});
    }));
    return after;
}

Result<std::vector<SavedSearch>> Workspace::searches(const std::string& organisation,
                                                     const std::string& user) const {
    std::vector<SavedSearch> found;
    TRY_VOID(database_->snapshot([&](SqlSession& session) -> Result<void> {
        TRY_VOID(find_user(session, organisation, user));
        const auto rows = TRY(
            session.query(fmt::format("select {} from saved_searches where organisation = :organisation and "
                                      "(user_id = :user_id or shared = 1) order by name, id",
                                      search_columns),
                          {organisation, user}));
        found = all_of(rows, search_of);
        return {};
    }));
    return found;
}

Result<SavedSearch> Workspace::add_search(const Actor& actor, const std::string& organisation,
                                          const std::string& user, const SearchDraft& draft) {
    TRY_VOID(check_draft(draft));
    const Time now = clock_->now();
    SavedSearch made{random_uuid(), user, draft.name, draft.body, draft.shared, now, now};
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(find_user(session, organisation, user));
        const auto rows =
            TRY(session.query("select count(*) from saved_searches where user_id = :user_id", {user}));
        if (number(rows[0][0]) >= searches_of_user_max)
            return error(ErrorKind::Conflict,
                         fmt::format("there are {} searches; remove some first", searches_of_user_max));
        TRY_VOID(session.execute(
            "insert into saved_searches (id, organisation, user_id, name, body, shared, created_at, "
            "updated_at) values (:id, :organisation, :user_id, :name, :body, :shared, :created_at, "
            ":updated_at)",
            {made.id, organisation, user, made.name, made.body, int64_t{made.shared}, nanoseconds(now),
             nanoseconds(now)}));
        return log_change(session, actor, now, {"search added", organisation, made.id, "", json_of(made)});
    }));
    return made;
}

Result<SavedSearch> Workspace::search(const std::string& organisation, const std::string& user,
                                      const std::string& id) const {
    SavedSearch found;
    TRY_VOID(database_->snapshot([&](SqlSession& session) -> Result<void> {
        const User who = TRY(find_user(session, organisation, user));
        found = TRY(find_seen(session, who, id));
        return {};
    }));
    return found;
}

Result<SavedSearch> Workspace::update_search(const Actor& actor, const std::string& organisation,
                                             const std::string& user, const std::string& id,
                                             const SearchDraft& draft, Expected expected) {
    TRY_VOID(check_draft(draft));
    SavedSearch after;
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        const User who = TRY(find_user(session, organisation, user));
        const SavedSearch before = TRY(find_own(session, who, id, expected));
        after = before;
        after.name = draft.name;
        after.body = draft.body;
        after.shared = draft.shared;
        after.updated_at = clock_->now();
        after.version++;
        const uint64_t changed = TRY(session.execute(
            "update saved_searches set name = :name, body = :body, shared = :shared, "
            "updated_at = :updated_at, version = version + 1 where id = :id and version = :version",
            {after.name, after.body, int64_t{after.shared}, nanoseconds(after.updated_at), id,
             before.version}));
        if (changed == 0) return check_version("the search", after.version, before.version);
        return log_change(session, actor, after.updated_at,
                          {"search changed", organisation, id, json_of(before), json_of(after)});
    }));
    return after;
}

Result<void> Workspace::remove_search(const Actor& actor, const std::string& organisation,
                                      const std::string& user, const std::string& id, Expected expected) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        const User who = TRY(find_user(session, organisation, user));
        const SavedSearch before = TRY(find_own(session, who, id, expected));
        TRY_VOID(session.execute("delete from saved_searches where id = :id", {id}));
        return log_change(session, actor, clock_->now(),
                          {"search removed", organisation, id, json_of(before), ""});
    });
}

}  // namespace vigia
