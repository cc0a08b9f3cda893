#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vigia {

// Bytes [begin, end) of the filter's text.
struct Span {
    uint32_t begin = 0;
    uint32_t end = 0;
    bool operator==(const Span&) const = default;
};

// What is wrong with a text, or looks wrong, and where.
struct Diagnostic {
    enum class Level : uint8_t { Error, Warning, Hint };
    Level level = Level::Error;
    Span span;
    std::string message;
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
    bool operator==(const Token&) const = default;
};

// Splits a filter into tokens; the last is End. Never fails: what is no part of the language is a Bad token.
// Comments, from # to the end of the line, and white space make no token.
std::vector<Token> tokenize(std::string_view text);

std::string_view name(TokenKind kind);
std::string_view name(Diagnostic::Level level);

}  // namespace vigia
