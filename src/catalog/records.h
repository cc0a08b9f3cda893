#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/names.h"
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

// The entry of a login, whose subject is the user.
constexpr std::string_view login_action = "logged in";

// A body in an entry of the log; of a longer one its length and hash stand there, and the history has it.
constexpr size_t audit_body_bytes_max = 128 * 1024;

Result<void> log_change(SqlSession& session, const Actor& actor, Time now, const Change& change);

// Says that what detection follows is another now; in the transaction that changes it, last of all.
Result<void> bump_rules_generation(SqlSession& session);

// What the database says of a conflict, said in words of the catalogue; other errors as they are.
Error in_words(Error failure, Error conflict);

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
    "users.id, users.organisation, users.email, users.role, users.created_at, users.disabled, users.version";
constexpr size_t user_column_count = 7;
User user_of(const SqlRow& row);
// As the audit log keeps it.
std::string audit_json(const User& user);
Result<User> find_user(SqlSession& session, const std::string& organisation, const std::string& user);
// Conflict when the address has an account in the organisation, or there is no such organisation.
Result<void> insert_user(SqlSession& session, const User& user, const std::string& password_hash);
// changed_meanwhile() unless the version is the one that the caller saw; who names none does not mind.
Result<void> check_version(std::string_view what, int64_t version, std::optional<int64_t> expected);
// Ends every session of the user.
Result<void> drop_sessions(SqlSession& session, const std::string& user);
Result<Organisation> insert_organisation(SqlSession& session, const Actor& actor, const std::string& name,
                                         Time now);

// A random token that scanners of secrets know by its beginning.
std::string new_token();

}  // namespace vigia
