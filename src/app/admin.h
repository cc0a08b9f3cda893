#pragma once

#include <string>

namespace vigia {

// The words of `vigia organisation|user|key|audit`, read. What a command does not use stays empty.
struct AdminCommand {
    std::string data = "vigia-data";  // the data folder
    std::string database;             // empty: SQLite in the data folder
    std::string organisation;         // by its name
    std::string name;                 // of an organisation or a key
    std::string email;                // of a user, or of the one a Hawk key belongs to
    std::string role;                 // of a user or an Api key
    std::string kind;                 // of a key
    std::string id;                   // of a key
    bool password_from_input = false;
    int64_t retention_days = 0;  // of a new organisation's events; 0: the default
    size_t entries = 50;
};

int organisation_add(const AdminCommand& command);
int organisation_list(const AdminCommand& command);
int user_add(const AdminCommand& command);
int user_list(const AdminCommand& command);
int user_role(const AdminCommand& command);
int user_password(const AdminCommand& command);
int user_remove(const AdminCommand& command);
int key_add(const AdminCommand& command);
int key_list(const AdminCommand& command);
int key_revoke(const AdminCommand& command);
int audit_list(const AdminCommand& command);

}  // namespace vigia
