#pragma once

#include <expected>
#include <string>
#include <utility>

namespace vigia {

// Few kinds, because callers branch on them: each has one HTTP status and one exit code, in one table.
enum class ErrorKind { BadInput, NotFound, Conflict, Denied, Busy, Io, Corrupt };

// What the world did to us. The message is lower case, names the thing, and has no full stop.
struct Error {
    ErrorKind kind;
    std::string message;
};

template <typename T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> error(ErrorKind kind, std::string message) {
    return std::unexpected(Error{kind, std::move(message)});
}

}  // namespace vigia

// The value of a Result, or a return of its error from the function that stands around it. One a statement.
#define TRY(...)                                                                  \
    __extension__({                                                               \
        auto try_result_ = (__VA_ARGS__);                                         \
        if (!try_result_) return std::unexpected(std::move(try_result_.error())); \
        *std::move(try_result_);                                                  \
    })

// The same for a Result<void>.
#define TRY_VOID(...)                                               \
    do {                                                            \
        if (auto try_result_ = (__VA_ARGS__); !try_result_)         \
            return std::unexpected(std::move(try_result_.error())); \
    } while (false)
