#include "app/admin.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "app/cli.h"
#include "app/data_folder.h"
#include "app/report.h"
#include "base/random.h"
#include "catalog/catalog.h"
#include "catalog/settings.h"

namespace vigia {

namespace {

constexpr size_t made_password_bytes = 12;  // 24 digits

Result<Catalog> open_catalog(const AdminCommand& command) {
    static const SystemClock clock;
    return open_catalog(command.data, command.database, 1, clock);
}

// Whoever may write to the data folder may administrate: the log names the account of the machine.
Actor actor() {
    const char* const login = getlogin();
    return {login != nullptr ? login : fmt::format("user {}", getuid()), "command line"};
}

// Runs the work with the catalogue, and with the organisation when one was named.
template <typename Work>
int with_organisation(const AdminCommand& command, Work work) {
    auto catalog = open_catalog(command);
    if (!catalog) return fail(catalog.error());
    const auto organisation = catalog->organisation_by_name(command.organisation);
    if (!organisation) return fail(organisation.error());
    const Result<void> done = work(*catalog, organisation->id);
    return done ? Nothing : fail(done.error());
}

Result<User> user_by_email(Catalog& catalog, const std::string& organisation, const std::string& email) {
    const std::vector<User> users = TRY(catalog.users(organisation));
    const auto at = std::ranges::find(users, email, &User::email);
    if (at == users.end()) return error(ErrorKind::NotFound, fmt::format("there is no user {}", email));
    return *at;
}

// From standard input, so that it stands in no list of processes and no history; else a new one.
Result<std::string> password_for(const AdminCommand& command) {
    if (!command.password_from_input) return hex(random_bytes(made_password_bytes));
    std::string line;
    if (!std::getline(std::cin, line))
        return error(ErrorKind::BadInput, "no password came on standard input");
    return line;
}

void show_made_password(const AdminCommand& command, const std::string& password) {
    if (!command.password_from_input) fmt::print("password {} (shown this once)\n", password);
}

Result<Role> role_given(const AdminCommand& command) {
    const auto role = role_of(command.role);
    if (!role)
        return error(ErrorKind::BadInput,
                     fmt::format("a role is owner, user or reader, not '{}'", printable(command.role)));
    return *role;
}

// What the words of `key add` give a key of the kind.
Result<KeyGrant> grant_of(Catalog& catalog, const std::string& organisation, KeyKind kind,
                          const AdminCommand& command) {
    KeyGrant grant;
    switch (kind) {
        case KeyKind::Source:
            break;
        case KeyKind::Hawk:
            if (command.email.empty())
                return error(ErrorKind::BadInput, "a hawk key belongs to a user: name one with --user");
            grant.user = TRY(user_by_email(catalog, organisation, command.email)).id;
            break;
        case KeyKind::Api:
            grant.role = TRY(role_given(command));
            break;
    }
    return grant;
}

std::string moment(const std::optional<Time>& time) {
    return time ? format_rfc3339(*time).substr(0, 19) + "Z" : "-";
}

}  // namespace

int organisation_add(const AdminCommand& command) {
    auto catalog = open_catalog(command);
    if (!catalog) return fail(catalog.error());
    const auto made = catalog->add_organisation(actor(), command.name);
    if (!made) return fail(made.error());
    fmt::print("{}  {}\n", made->id, printable(made->name));
    if (command.retention_days == 0) return Nothing;
    const SystemClock clock;
    const auto kept =
        Settings(catalog->database(), clock).set(actor(), made->id, retention_days, command.retention_days);
    return kept ? Nothing : fail(kept.error());
}

int organisation_list(const AdminCommand& command) {
    auto catalog = open_catalog(command);
    if (!catalog) return fail(catalog.error());
    const auto all = catalog->organisations();
    if (!all) return fail(all.error());
    for (const Organisation& one : *all) fmt::print("{}  {}\n", one.id, printable(one.name));
    return Nothing;
}

int user_add(const AdminCommand& command) {
    return with_organisation(command, [&](Catalog& catalog, const std::string& organisation) -> Result<void> {
        const Role role = TRY(role_given(command));
        const std::string password = TRY(password_for(command));
        const User made = TRY(catalog.add_user(actor(), organisation, command.email, role, password));
        fmt::print("{}  {}  {}\n", made.id, name(made.role), printable(made.email));
        show_made_password(command, password);
        return {};
    });
}

int user_list(const AdminCommand& command) {
    return with_organisation(command, [&](Catalog& catalog, const std::string& organisation) -> Result<void> {
        for (const User& one : TRY(catalog.users(organisation)))
            fmt::print("{}  {:<6}  {}\n", one.id, name(one.role), printable(one.email));
        return {};
    });
}

int user_role(const AdminCommand& command) {
    return with_organisation(command, [&](Catalog& catalog, const std::string& organisation) -> Result<void> {
        const Role role = TRY(role_given(command));
        const User user = TRY(user_by_email(catalog, organisation, command.email));
        TRY(catalog.change_user(actor(), organisation, user.id, {.role = role}, std::nullopt));
        return {};
    });
}

int user_password(const AdminCommand& command) {
    return with_organisation(command, [&](Catalog& catalog, const std::string& organisation) -> Result<void> {
        const User user = TRY(user_by_email(catalog, organisation, command.email));
        const std::string password = TRY(password_for(command));
        TRY_VOID(catalog.set_password(actor(), organisation, user.id, password));
        show_made_password(command, password);
        return {};
    });
}

int user_remove(const AdminCommand& command) {
    return with_organisation(command, [&](Catalog& catalog, const std::string& organisation) -> Result<void> {
        const User user = TRY(user_by_email(catalog, organisation, command.email));
        return catalog.remove_user(actor(), organisation, user.id);
    });
}

int key_add(const AdminCommand& command) {
    return with_organisation(command, [&](Catalog& catalog, const std::string& organisation) -> Result<void> {
        const auto kind = key_kind_of(command.kind);
        if (!kind)
            return error(ErrorKind::BadInput, fmt::format("a key is of kind source, hawk or api, not '{}'",
                                                          printable(command.kind)));
        const KeyGrant grant = TRY(grant_of(catalog, organisation, *kind, command));
        const NewApiKey made = TRY(catalog.add_key(actor(), organisation, command.name, *kind, grant));
        fmt::print("id  {}\nkey {} (shown this once)\n", made.key.id, made.token);
        return {};
    });
}

int key_list(const AdminCommand& command) {
    return with_organisation(command, [&](Catalog& catalog, const std::string& organisation) -> Result<void> {
        for (const ApiKey& one : TRY(catalog.keys(organisation)))
            fmt::print("{}  {:<6}  {:<6}  …{}  made {}  used {:<20}  revoked {:<20}  {}\n", one.id,
                       name(one.kind), one.kind == KeyKind::Source ? "-" : name(one.role), one.hint,
                       moment(one.created_at), moment(one.last_used_at), moment(one.revoked_at),
                       printable(one.name));
        return {};
    });
}

int key_revoke(const AdminCommand& command) {
    return with_organisation(command, [&](Catalog& catalog, const std::string& organisation) -> Result<void> {
        return catalog.revoke_key(actor(), organisation, command.id);
    });
}

int audit_list(const AdminCommand& command) {
    return with_organisation(command, [&](Catalog& catalog, const std::string& organisation) -> Result<void> {
        for (const AuditEntry& one : TRY(catalog.audit(organisation, command.entries)))
            fmt::print("{}  {} ({})  {}  {}  {}\n", moment(one.time), printable(one.actor.who),
                       printable(one.actor.origin), one.action, printable(one.subject),
                       one.before.empty() ? one.after : one.before + " -> " + one.after);
        return {};
    });
}

}  // namespace vigia
