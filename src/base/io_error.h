#pragma once

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vigia {

// What the system said by its number: NotFound when there is nothing, else Io.
inline std::unexpected<Error> io_error(std::string_view what, const std::string& path, int number) {
    const ErrorKind kind = number == ENOENT ? ErrorKind::NotFound : ErrorKind::Io;
    return error(kind, fmt::format("cannot {} {}: {}", what, path, std::strerror(number)));
}

}  // namespace vigia
