#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vigia {

// Bytes [begin, end) of the filter's text.
struct Span {
    uint32_t begin = 0;
    uint32_t end = 0;
    bool operator==(const Span&) const = default;
};

// What a finding names, by the parameters of its code.
using Params = std::vector<std::pair<std::string_view, std::string>>;

// A finding as a program reads it, to say it in another language or to offer what would mend it: a code that
// does not change, and its parameters. `near` is what was probably meant, `fix` what to write at the place
// instead.
struct Finding {
    std::string_view code;
    Params params;
    bool operator==(const Finding&) const = default;
};

// What is wrong with a text, or looks wrong, and where.
struct Diagnostic {
    enum class Level : uint8_t { Error, Warning, Hint };
    Level level = Level::Error;
    Span span;
    std::string message;
    Finding finding;
};

enum class TokenKind : uint8_t {
    Word,    // an identifier or a keyword: the parser knows which by where it stands
    String,  // `text` is the content, escapes resolved
    Number,
    Symbol,  // ( ) , . [ ] = == != < <= > >= && || ! * $
    Bad,     // no part of the language; `text` says what to do about it
    End,
};

struct Token {
    TokenKind kind = TokenKind::End;
    Span span;
    std::string text;
    Finding finding;  // of a Bad token
    bool operator==(const Token&) const = default;
};

// Splits a filter into tokens; the last is End. Never fails: what is no part of the language is a Bad token.
// Comments, from # to the end of the line, and white space make no token.
std::vector<Token> tokenize(std::string_view text);

std::string_view name(TokenKind kind);
std::string_view name(Diagnostic::Level level);

}  // namespace vigia
