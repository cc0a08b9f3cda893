#pragma once

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vigia {

// What the system said by its number: NotFound when there is nothing, Busy when the disk takes no writes (it
// is full, or read-only), else Io.
inline std::unexpected<Error> io_error(std::string_view what, const std::string& path, int number) {
    const bool is_refused = number == ENOSPC || number == EDQUOT || number == EROFS;
    const ErrorKind kind = number == ENOENT ? ErrorKind::NotFound
                           : is_refused     ? ErrorKind::Busy
                                            : ErrorKind::Io;
    return error(kind, fmt::format("cannot {} {}: {}", what, path, std::strerror(number)));
}

}  // namespace vigia
