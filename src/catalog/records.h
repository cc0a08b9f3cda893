#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/people.h"
#include "sql/database.h"

// What the classes of the control plane share: how they read rows, check texts and write the log.
namespace vigia {

// One entry of the log. `before` and `after` are JSON, or empty where there is none.
struct Change {
    std::string_view action;
    std::string organisation;
    std::string subject;
    std::string before;
    std::string after;
};

// A body in an entry of the log; of a longer one its length and hash stand there, and the history has it.
constexpr size_t audit_body_bytes_max = 128 * 1024;

Result<void> log_change(SqlSession& session, const Actor& actor, Time now, const Change& change);

// Says that what detection follows is another now; in the transaction that changes it, last of all.
Result<void> bump_rules_generation(SqlSession& session);

// A conflict said in words of the catalogue, and other errors as they are.
Error in_words(Error failure, std::string conflict);

// BadInput unless it is UTF-8 with no NUL, and not longer: both databases keep it then, and alike.
Result<void> check_text(std::string_view what, std::string_view given, size_t bytes_max);
// BadInput unless it has 1 to name_characters_max characters, none of them a control character.
Result<void> check_name(std::string_view what, std::string_view given);
// An address as the product needs it, to tell people apart and to write to them; in lower case.
Result<std::string> check_email(const std::string& given);
// What somebody outside says of itself, made fit to be kept: no control characters, cut at a character.
std::string cut_text(std::string_view given, size_t bytes_max);

bool has_control(std::string_view text);

// NotFound unless there is the organisation.
Result<void> check_organisation(SqlSession& session, const std::string& organisation);

// The columns that user_of() reads. `users` is named in full, for joins.
constexpr std::string_view user_columns =
    "users.id, users.organisation, users.email, users.role, users.created_at";
constexpr size_t user_column_count = 5;
User user_of(const SqlRow& row);
std::string json_of(const User& user);
Result<User> find_user(SqlSession& session, const std::string& organisation, const std::string& user);
// Conflict when the address has an account in the organisation, or there is no such organisation.
Result<void> insert_user(SqlSession& session, const User& user, const std::string& password_hash);
// Ends every session of the user.
Result<void> drop_sessions(SqlSession& session, const std::string& user);
Result<Organisation> insert_organisation(SqlSession& session, const Actor& actor, const std::string& name,
                                         Time now);

inline int64_t nanoseconds(Time time) { return time.time_since_epoch().count(); }
inline Time time_of(const SqlValue& value) { return Time{Duration{number(value)}}; }
inline std::optional<Time> optional_time_of(const SqlValue& value) {
    if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
    return time_of(value);
}
inline SqlValue value_of(const std::optional<Time>& time) {
    return time ? SqlValue(nanoseconds(*time)) : SqlValue();
}

template <typename Of>
auto all_of(const std::vector<SqlRow>& rows, Of of) {
    std::vector<decltype(of(rows[0]))> all;
    for (const SqlRow& row : rows) all.push_back(of(row));
    return all;
}

// Tables of a closed set's words: pairs of name and value.
template <typename Table>
std::string_view name_in(const Table& table, auto value) {
    return std::ranges::find(table, value, &Table::value_type::second)->first;
}
template <typename Table>
auto value_in(const Table& table, std::string_view name) {
    const auto at = std::ranges::find(table, name, &Table::value_type::first);
    return at == table.end() ? std::nullopt : std::optional(at->second);
}

// A random token that scanners of secrets know by its beginning.
std::string new_token();

}  // namespace vigia
