#include "base/conflict.h"

#include <fmt/format.h>

namespace vigia {

namespace {

constexpr std::string_view changed_end = " changed meanwhile; read it again, then change it";
constexpr std::string_view taken_end = "' already";

}  // namespace

Error changed_meanwhile(std::string_view what) {
    return {ErrorKind::Conflict, fmt::format("{} was{}", what, changed_end)};
}

bool is_changed_meanwhile(const Error& error) {
    return error.kind == ErrorKind::Conflict && error.message.ends_with(changed_end);
}

Error name_taken(std::string_view what, std::string_view name) {
    return {ErrorKind::Conflict, fmt::format("there is {} '{}{}", what, name, taken_end)};
}

bool is_name_taken(const Error& error) {
    return error.kind == ErrorKind::Conflict && error.message.ends_with(taken_end);
}

}  // namespace vigia
