#include "catalog/records.h"

#include <fmt/format.h>

#include <array>

#include "base/conflict.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/utf8.h"
#include "model/quote.h"

namespace vigia {

namespace {

constexpr size_t organisation_id_bytes = 12;  // 24 digits
constexpr size_t token_bytes = 32;
constexpr std::string_view token_prefix = "vigia_";

constexpr auto roles = std::to_array<std::pair<std::string_view, Role>>(
    {{"owner", Role::Owner}, {"user", Role::User}, {"reader", Role::Reader}});

std::string logged(const std::string& body) {
    if (body.size() <= audit_body_bytes_max) return body;
    return fmt::format(R"({{"bytes":{},"sha256":"{}"}})", body.size(), hex(sha256(body)));
}

}  // namespace

std::string_view name(Role role) { return name_in(roles, role); }
std::optional<Role> role_of(std::string_view name) { return value_in(roles, name); }

Result<void> log_change(SqlSession& session, const Actor& actor, Time now, const Change& change) {
    TRY_VOID(session.execute(
        "insert into audit_log (id, organisation, time, who, origin, action, subject, before_change, "
        "after_change) "
        "values (:id, :organisation, :time, :who, :origin, :action, :subject, :before_change, :after_change)",
        {random_uuid(), change.organisation, nanoseconds(now), actor.who, actor.origin,
         std::string(change.action), change.subject, logged(change.before), logged(change.after)}));
    return {};
}

Result<void> bump_rules_generation(SqlSession& session) {
    TRY_VOID(session.execute("update rules_generation set value = value + 1"));
    return {};
}

Error in_words(Error failure, Error conflict) {
    return failure.kind == ErrorKind::Conflict && failure.message.starts_with("database:")
               ? std::move(conflict)
               : std::move(failure);
}

bool has_control(std::string_view text) { return std::ranges::any_of(text, is_control); }

Result<void> check_text(std::string_view what, std::string_view given, size_t bytes_max) {
    if (given.size() > bytes_max)
        return error(ErrorKind::BadInput,
                     fmt::format("{} has {} bytes; {} is the most", what, given.size(), bytes_max));
    if (!is_utf8(given) || given.find('\0') != std::string_view::npos)
        return error(ErrorKind::BadInput, fmt::format("{} is no UTF-8 text", what));
    return {};
}

Result<void> check_name(std::string_view what, std::string_view given) {
    if (given.empty() || characters(given) > name_characters_max || has_control(given) || !is_utf8(given))
        return error(ErrorKind::BadInput,
                     fmt::format("{} has a name of 1 to {} characters, none of them a control character",
                                 what, name_characters_max));
    return {};
}

Result<std::string> check_email(const std::string& given) {
    const size_t at = given.find('@');
    const bool good = at != std::string::npos && at > 0 && at + 1 < given.size() &&
                      given.find('@', at + 1) == std::string::npos && given.size() <= email_bytes_max &&
                      given.find(' ') == std::string::npos && !has_control(given) && is_utf8(given);
    if (!good) return error(ErrorKind::BadInput, "an e-mail address has one @ with something on both sides");
    return lower_ascii(given);
}

std::string cut_text(std::string_view given, size_t bytes_max) {
    const bool readable = is_utf8(given);
    std::string text(given);
    for (char& c : text) {
        if (is_control(c) || (!readable && static_cast<unsigned char>(c) > 0x7f)) c = '?';
    }
    if (text.size() <= bytes_max) return text;
    size_t end = bytes_max;
    while (end > 0 && continues_character(text[end])) end--;
    text.resize(end);
    return text;
}

Result<void> check_organisation(SqlSession& session, const std::string& organisation) {
    const auto rows = TRY(session.query("select id from organisations where id = :id", {organisation}));
    if (rows.empty()) return error(ErrorKind::NotFound, "there is no such organisation");
    return {};
}

User user_of(const SqlRow& row) {
    return {text(row[0]),    text(row[1]),        text(row[2]),  role_of(text(row[3])).value_or(Role::Reader),
            time_of(row[4]), number(row[5]) != 0, number(row[6])};
}

std::string audit_json(const User& user) {
    return fmt::format(R"({{"email":{},"role":{}{}}})", quote(user.email), quote(name(user.role)),
                       user.disabled ? R"(,"disabled":true)" : "");
}

Result<void> check_version(std::string_view what, int64_t version, std::optional<int64_t> expected) {
    if (!expected || *expected == version) return {};
    return std::unexpected(changed_meanwhile(what));
}

Result<User> find_user(SqlSession& session, const std::string& organisation, const std::string& user) {
    const auto rows = TRY(session.query(
        fmt::format("select {} from users where organisation = :organisation and id = :id", user_columns),
        {organisation, user}));
    if (rows.empty()) return error(ErrorKind::NotFound, "there is no such user");
    return user_of(rows[0]);
}

Result<void> insert_user(SqlSession& session, const User& user, const std::string& password_hash) {
    const auto done = session.execute(
        "insert into users (id, organisation, email, role, password, created_at) "
        "values (:id, :organisation, :email, :role, :password, :created_at)",
        {user.id, user.organisation, user.email, std::string(name(user.role)), password_hash,
         nanoseconds(user.created_at)});
    if (!done)
        return std::unexpected(in_words(
            done.error(),
            {ErrorKind::Conflict,
             fmt::format("{} has an account already, or there is no such organisation", user.email)}));
    return {};
}

Result<void> drop_sessions(SqlSession& session, const std::string& user) {
    TRY_VOID(session.execute("delete from sessions where user_id = :user_id", {user}));
    return {};
}

Result<Organisation> insert_organisation(SqlSession& session, const Actor& actor, const std::string& name,
                                         Time now) {
    Organisation made{hex(random_bytes(organisation_id_bytes)), name, now};
    const auto done =
        session.execute("insert into organisations (id, name, created_at) values (:id, :name, :created_at)",
                        {made.id, made.name, nanoseconds(now)});
    if (!done) return std::unexpected(in_words(done.error(), name_taken("an organisation", name)));
    TRY_VOID(log_change(
        session, actor, now,
        {"organisation added", made.id, made.id, "", fmt::format(R"({{"name":{}}})", quote(name))}));
    TRY_VOID(bump_rules_generation(session));
    return made;
}

std::string new_token() { return std::string(token_prefix) + hex(random_bytes(token_bytes)); }

}  // namespace vigia
