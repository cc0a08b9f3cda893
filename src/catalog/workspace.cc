#include "catalog/workspace.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/random.h"
#include "catalog/records.h"
#include "model/quote.h"

namespace vigia {

namespace {

constexpr std::string_view search_columns = "id, user_id, name, body, shared, created_at, updated_at";

SavedSearch search_of(const SqlRow& row) {
    return {text(row[0]),        text(row[1]),    text(row[2]),   text(row[3]),
            number(row[4]) != 0, time_of(row[5]), time_of(row[6])};
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

Result<std::string> read_preferences(SqlSession& session, const std::string& user) {
    const auto rows = TRY(session.query("select body from preferences where user_id = :user_id", {user}));
    return rows.empty() ? "{}" : text(rows[0][0]);
}

// A search that the user may change.
Result<SavedSearch> find_own(SqlSession& session, const User& user, const std::string& id) {
    const auto rows = TRY(session.query(
        fmt::format("select {} from saved_searches where organisation = :organisation and id = :id and "
                    "(user_id = :user_id or shared = 1)",
                    search_columns),
        {user.organisation, id, user.id}));
    if (rows.empty()) return error(ErrorKind::NotFound, "there is no such search");
    SavedSearch found = search_of(rows[0]);
    if (found.user != user.id && user.role != Role::Owner)
        return error(ErrorKind::Denied, "another shared this search; only they and owners change it");
    return found;
}

}  // namespace

Result<std::string> Workspace::preferences(const std::string& organisation, const std::string& user) const {
    std::string body;
    TRY_VOID(database_->snapshot([&](SqlSession& session) -> Result<void> {
        TRY_VOID(find_user(session, organisation, user));
        body = TRY(read_preferences(session, user));
        return {};
    }));
    return body;
}

Result<void> Workspace::set_preferences(const Actor& actor, const std::string& organisation,
                                        const std::string& user, const std::string& body) {
    TRY_VOID(check_object("preferences", body, preferences_bytes_max));
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        TRY_VOID(find_user(session, organisation, user));
        const std::string before = TRY(read_preferences(session, user));
        if (before == body) return {};
        TRY_VOID(
            session.execute("insert into preferences (user_id, body) values (:user_id, :body) "
                            "on conflict (user_id) do update set body = excluded.body",
                            {user, body}));
        return log_change(session, actor, clock_->now(),
                          {"preferences changed", organisation, user, before, body});
    });
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

Result<SavedSearch> Workspace::update_search(const Actor& actor, const std::string& organisation,
                                             const std::string& user, const std::string& id,
                                             const SearchDraft& draft) {
    TRY_VOID(check_draft(draft));
    SavedSearch after;
    TRY_VOID(database_->transaction([&](SqlSession& session) -> Result<void> {
        const User who = TRY(find_user(session, organisation, user));
        const SavedSearch before = TRY(find_own(session, who, id));
        after = before;
        after.name = draft.name;
        after.body = draft.body;
        after.shared = draft.shared;
        after.updated_at = clock_->now();
        TRY_VOID(session.execute(
            "update saved_searches set name = :name, body = :body, shared = :shared, "
            "updated_at = :updated_at where id = :id",
            {after.name, after.body, int64_t{after.shared}, nanoseconds(after.updated_at), id}));
        return log_change(session, actor, after.updated_at,
                          {"search changed", organisation, id, json_of(before), json_of(after)});
    }));
    return after;
}

Result<void> Workspace::remove_search(const Actor& actor, const std::string& organisation,
                                      const std::string& user, const std::string& id) {
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        const User who = TRY(find_user(session, organisation, user));
        const SavedSearch before = TRY(find_own(session, who, id));
        TRY_VOID(session.execute("delete from saved_searches where id = :id", {id}));
        return log_change(session, actor, clock_->now(),
                          {"search removed", organisation, id, json_of(before), ""});
    });
}

}  // namespace vigia
