#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/actor.h"

namespace vigia {

// What a user may do, from most to least: owners administrate, users work, readers look.
enum class Role : uint8_t { Owner, User, Reader };

std::string_view name(Role role);
std::optional<Role> role_of(std::string_view name);

struct Organisation {
    std::string id;  // 24 hexadecimal digits, as Threat Stack's
    std::string name;
    Time created_at;
    int64_t version = 1;  // what a client sends back as the one it saw; so below
};

struct User {
    std::string id;
    std::string organisation;
    std::string email;  // in lower case, one in its organisation
    Role role = Role::Reader;
    Time created_at;
    bool disabled = false;  // may not come in, and is as it was when enabled again
    int64_t version = 1;
};

constexpr size_t name_characters_max = 200;
constexpr size_t email_bytes_max = 254;

}  // namespace vigia
