#include "lang/token.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "base/utf8.h"
#include "model/quote.h"

namespace vigia {

namespace {

struct Replacement {
    std::string_view typographic;
    std::string_view straight;
};

// Quotes that word processors and web pages put in the place of straight ones.
constexpr auto typographic_quotes = std::to_array<Replacement>({
    {"\u201c", "\""},
    {"\u201d", "\""},
    {"\u201e", "\""},
    {"\u00ab", "\""},
    {"\u00bb", "\""},
    {"\u2018", "'"},
    {"\u2019", "'"},
    {"\u201a", "'"},
});

// Longest first, so that `==` is never read as two `=`.
constexpr auto symbols = std::to_array<std::string_view>(
    {"==", "!=", "<=", ">=", "&&", "||", "(", ")", ",", ".", "[", "]", "=", "<", ">", "!", "*", "$"});

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_start(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '@';
}
bool is_word_part(char c) { return is_word_start(c) || is_digit(c) || c == ':' || c == '-'; }

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

void append_utf8(std::string& text, uint32_t code) {
    const auto byte = [&](uint32_t value) { text += static_cast<char>(value); };
    if (code < 0x80) return byte(code);
    if (code < 0x800) {
        byte(0xC0 | code >> 6);
        return byte(0x80 | (code & 0x3F));
    }
    if (code < 0x10000) {
        byte(0xE0 | code >> 12);
    } else {
        byte(0xF0 | code >> 18);
        byte(0x80 | (code >> 12 & 0x3F));
    }
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
}

class Tokenizer {
public:
    explicit Tokenizer(std::string_view text) : text_(text) {}

    std::vector<Token> run() {
        while (true) {
            skip_blank();
            const size_t begin = at_;
            if (at_ == text_.size()) {
                push(TokenKind::End, begin, "");
                return std::move(tokens_);
            }
            const char c = text_[at_];
            if (c == '"' || c == '\'')
                string(c);
            else if (is_digit(c) || (c == '-' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1])))
                number();
            else if (is_word_start(c))
                word();
            else if (!symbol())
                bad();
        }
    }

private:
    void push(TokenKind kind, size_t begin, std::string content, Finding finding = {}) {
        tokens_.push_back({kind,
                           {static_cast<uint32_t>(begin), static_cast<uint32_t>(at_)},
                           std::move(content),
                           std::move(finding)});
    }

    void push_bad(size_t begin, std::string message, Finding finding) {
        push(TokenKind::Bad, begin, std::move(message), std::move(finding));
    }

    std::string_view rest() const { return text_.substr(at_); }

    void skip_blank() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '#') {
                while (at_ < text_.size() && text_[at_] != '\n') at_++;
            } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                at_++;
            } else if (rest().starts_with("\u00a0")) {  // the no-break space that comes with pasted text
                at_ += 2;
            } else {
                return;
            }
        }
    }

    void word() {
        const size_t begin = at_;
        while (at_ < text_.size() && is_word_part(text_[at_])) at_++;
        // `nao` and `não` are the only words with a letter beyond ASCII.
        if (at_ - begin == 1 && (text_[begin] == 'n' || text_[begin] == 'N')) {
            for (const std::string_view tail : {"\u00e3o", "\u00c3O", "\u00e3O", "\u00c3o"}) {
                if (!rest().starts_with(tail)) continue;
                at_ += tail.size();
                return push(TokenKind::Word, begin, "nao");
            }
        }
        push(TokenKind::Word, begin, std::string(text_.substr(begin, at_ - begin)));
    }

    void number() {
        const size_t begin = at_;
        if (text_[at_] == '-') at_++;
        const auto run = [&] {
            while (at_ < text_.size() && is_digit(text_[at_])) at_++;
        };
        run();
        if (at_ + 1 < text_.size() && text_[at_] == '.' && is_digit(text_[at_ + 1])) {
            at_++;
            run();
        }
        if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
            const size_t exponent = at_ + 1;
            const size_t first = exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')
                                     ? exponent + 1
                                     : exponent;
            if (first < text_.size() && is_digit(text_[first])) {
                at_ = first;
                run();
            }
        }
        if (at_ < text_.size() && is_word_part(text_[at_])) {
            while (at_ < text_.size() && is_word_part(text_[at_])) at_++;
            const std::string spelled(text_.substr(begin, at_ - begin));
            return push_bad(begin,
                            fmt::format("{} is no number; as text it is written {}", spelled, quote(spelled)),
                            {"bad_number", {{"text", spelled}, {"fix", quote(spelled)}}});
        }
        push(TokenKind::Number, begin, std::string(text_.substr(begin, at_ - begin)));
    }

    void string(char closing) {
        const size_t begin = at_++;
        std::string content;
        while (at_ < text_.size() && text_[at_] != closing) {
            if (text_[at_] != '\\') {
                content += text_[at_++];
                continue;
            }
            if (!escape(content)) {
                const size_t from = at_;
                // A whole character, so that a span never ends inside one.
                if (++at_ < text_.size()) at_ = next_character(text_, at_);
                const std::string spelled(text_.substr(from, at_ - from));
                push_bad(from,
                         "this escape is not known; there are \\\" \\' \\\\ \\n \\t \\uXXXX, and a "
                         "backslash is written \\\\",
                         {"unknown_escape", {{"text", spelled}, {"fix", "\\" + spelled}}});
            }
        }
        if (at_ == text_.size())
            return push_bad(begin, fmt::format("the string has no closing {}", closing),
                            {"unclosed_string", {{"quote", std::string(1, closing)}}});
        at_++;
        push(TokenKind::String, begin, std::move(content));
    }

    // Appends what the escape at the backslash stands for.
    bool escape(std::string& content) {
        if (at_ + 1 >= text_.size()) return false;
        switch (text_[at_ + 1]) {
            case '"':
                content += '"';
                break;
            case '\'':
                content += '\'';
                break;
            case '\\':
                content += '\\';
                break;
            case 'n':
                content += '\n';
                break;
            case 't':
                content += '\t';
                break;
            case 'u':
                return unicode_escape(content);
            default:
                return false;
        }
        at_ += 2;
        return true;
    }

    std::optional<uint32_t> code_unit(size_t from) const {
        if (from + 6 > text_.size() || text_[from] != '\\' || text_[from + 1] != 'u') return std::nullopt;
        uint32_t code = 0;
        for (size_t i = from + 2; i < from + 6; i++) {
            if (hex_value(text_[i]) < 0) return std::nullopt;
            code = code << 4 | static_cast<uint32_t>(hex_value(text_[i]));
        }
        return code;
    }

    bool unicode_escape(std::string& content) {
        const auto first = code_unit(at_);
        if (!first || (*first >= 0xDC00 && *first < 0xE000)) return false;
        if (*first < 0xD800 || *first >= 0xE000) {
            append_utf8(content, *first);
            at_ += 6;
            return true;
        }
        const auto second = code_unit(at_ + 6);
        if (!second || *second < 0xDC00 || *second >= 0xE000) return false;
        append_utf8(content, 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00));
        at_ += 12;
        return true;
    }

    bool symbol() {
        for (const std::string_view one : symbols) {
            if (!rest().starts_with(one)) continue;
            const size_t begin = at_;
            at_ += one.size();
            push(TokenKind::Symbol, begin, std::string(one));
            return true;
        }
        return false;
    }

    void bad() {
        const size_t begin = at_;
        for (const Replacement& quote_pair : typographic_quotes) {
            if (rest().starts_with(quote_pair.typographic)) return typographic(quote_pair);
        }
        // A whole character, so that a span never ends inside one.
        at_ = next_character(text_, at_);
        const std::string_view character = text_.substr(begin, at_ - begin);
        push_bad(begin, fmt::format("{} is no part of the language", character),
                 {"unknown_character", {{"text", std::string(character)}}});
    }

    // Takes all up to the closing typographic quote, so that one mistake is one message.
    void typographic(const Replacement& opening) {
        const size_t begin = at_;
        at_ += opening.typographic.size();
        const size_t content = at_;
        for (; at_ < text_.size() && text_[at_] != '\n'; at_++) {
            for (const Replacement& closing : typographic_quotes) {
                if (!rest().starts_with(closing.typographic)) continue;
                const std::string_view inside = text_.substr(content, at_ - content);
                at_ += closing.typographic.size();
                const std::string straight = quote(inside);
                return push_bad(begin, "typographic quotes; write straight ones: " + straight,
                                {"typographic_quotes", {{"fix", straight}}});
            }
        }
        push_bad(begin, fmt::format("a typographic quote; write a straight one: {}", opening.straight),
                 {"typographic_quote", {{"straight", std::string(opening.straight)}}});
    }

    std::string_view text_;
    size_t at_ = 0;
    std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view text) { return Tokenizer(text).run(); }

std::string_view name(TokenKind kind) {
    switch (kind) {
        case TokenKind::Word:
            return "word";
        case TokenKind::String:
            return "string";
        case TokenKind::Number:
            return "number";
        case TokenKind::Symbol:
            return "symbol";
        case TokenKind::Bad:
            return "bad";
        case TokenKind::End:
            return "end";
    }
    std::unreachable();
}

std::string_view name(Diagnostic::Level level) {
    switch (level) {
        case Diagnostic::Level::Error:
            return "error";
        case Diagnostic::Level::Warning:
            return "warning";
        case Diagnostic::Level::Hint:
            return "hint";
    }
    std::unreachable();
}

}  // namespace vigia
