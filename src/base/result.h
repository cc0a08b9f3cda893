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

// A name of its own for each line, so that one use may stand inside the lambda of another.
#define VIGIA_JOIN_NAMES(one, two) one##two
#define VIGIA_JOIN(one, two) VIGIA_JOIN_NAMES(one, two)

// The value of a Result, or a return of its error from the function that stands around it. One a
// statement, and never inside a braced list: g++ 12 forgets the parts that were made before it.
#define TRY(...) VIGIA_TRY(VIGIA_JOIN(try_result_, __LINE__), __VA_ARGS__)
#define VIGIA_TRY(result, ...)                                          \
    __extension__({                                                     \
        auto result = (__VA_ARGS__);                                    \
        if (!result) return std::unexpected(std::move(result.error())); \
        *std::move(result);                                             \
    })

// The same for a Result<void>.
#define TRY_VOID(...) VIGIA_TRY_VOID(VIGIA_JOIN(try_void_, __LINE__), __VA_ARGS__)
#define VIGIA_TRY_VOID(result, ...)                                                                  \
    do {                                                                                             \
        if (auto result = (__VA_ARGS__); !result) return std::unexpected(std::move(result.error())); \
    } while (false)
