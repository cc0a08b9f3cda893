#include "serve/hawk.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "base/number.h"
#include "base/parts.h"
#include "base/utf8.h"

namespace vigia {

namespace {

struct Attribute {
    std::string_view name;
    std::string HawkHeader::* field;  // null for ts, which is a number
};
constexpr auto attributes = std::to_array<Attribute>({
    {"id", &HawkHeader::id},
    {"ts", nullptr},
    {"nonce", &HawkHeader::nonce},
    {"hash", &HawkHeader::hash},
    {"ext", &HawkHeader::ext},
    {"mac", &HawkHeader::mac},
    {"app", &HawkHeader::app},
    {"dlg", &HawkHeader::dlg},
});

// What may stand in a value: printable ASCII but the quote and the backslash.
bool is_value(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

std::string hmac(std::string_view key, std::string_view text) { return base64(hmac_sha256(key, text)); }

// In a time that does not tell how much of it is right.
bool same(std::string_view one, std::string_view other) {
    return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

Result<void> take(HawkHeader& header, const Attribute& attribute, std::string_view value) {
    if (attribute.field != nullptr) {
        header.*attribute.field = value;
        return {};
    }
    const auto seconds = parse_whole<int64_t>(value);
    if (!seconds || *seconds < 0)
        return error(ErrorKind::BadInput, "the Hawk attribute ts is no time in seconds");
    header.ts = *seconds;
    return {};
}

int64_t seconds_of(const Clock& clock) {
    return std::chrono::floor<std::chrono::seconds>(clock.now()).time_since_epoch().count();
}

}  // namespace

Result<HawkHeader> parse_hawk(std::string_view authorization) {
    if (authorization.size() > hawk_header_bytes_max)
        return error(ErrorKind::BadInput,
                     fmt::format("the Authorization header has more than {} bytes", hawk_header_bytes_max));
    if (authorization.size() < 5 || lower_ascii(authorization.substr(0, 5)) != "hawk ")
        return error(ErrorKind::BadInput, "the Authorization header is not Hawk's");
    std::string_view rest = trimmed(authorization.substr(5));
    HawkHeader header;
    std::set<std::string_view> seen;
    while (!rest.empty()) {
        const size_t equals = rest.find("=\"");
        const size_t close = equals == std::string_view::npos ? equals : rest.find('"', equals + 2);
        if (close == std::string_view::npos)
            return error(ErrorKind::BadInput, "a Hawk attribute is written name=\"value\"");
        const std::string_view name = rest.substr(0, equals),
                               value = rest.substr(equals + 2, close - equals - 2);
        const auto attribute = std::ranges::find(attributes, name, &Attribute::name);
        if (attribute == attributes.end())
            return error(ErrorKind::BadInput,
                         "the Authorization header has an attribute that Hawk does not know");
        if (!seen.insert(attribute->name).second)
            return error(ErrorKind::BadInput,
                         fmt::format("the Hawk attribute {} stands twice", attribute->name));
        if (!is_value(value))
            return error(
                ErrorKind::BadInput,
                fmt::format("the Hawk attribute {} has a character that it cannot have", attribute->name));
        TRY_VOID(take(header, *attribute, value));
        rest = trimmed(rest.substr(close + 1));
        if (rest.empty()) break;
        if (!rest.starts_with(',')) return error(ErrorKind::BadInput, "Hawk attributes are parted by commas");
        rest = trimmed(rest.substr(1));
        if (rest.empty())
            return error(ErrorKind::BadInput, "a Hawk attribute is missing after the last comma");
    }
    for (const std::string_view needed : {"id", "ts", "nonce", "mac"}) {
        if (!seen.contains(needed))
            return error(ErrorKind::BadInput, fmt::format("the Hawk attribute {} is missing", needed));
    }
    return header;
}

std::string hawk_payload_hash(std::string_view content_type, std::string_view payload) {
    const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
    return base64(sha256(fmt::format("hawk.1.payload\n{}\n{}\n", lower_ascii(type), payload)));
}

std::string hawk_mac(HawkMessage message, const HawkHeader& header, const HawkRequest& request,
                     std::string_view key) {
    // A value holds no line break and no backslash (is_value), so that no escape is needed in ext.
    std::string text = fmt::format("hawk.1.{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n",
                                   message == HawkMessage::Request ? "header" : "response", header.ts,
                                   header.nonce, request.method, request.resource, lower_ascii(request.host),
                                   request.port, header.hash, header.ext);
    if (!header.app.empty()) text += fmt::format("{}\n{}\n", header.app, header.dlg);
    return hmac(key, text);
}

std::string hawk_answer(const HawkHeader& header, const HawkRequest& request, std::string_view key,
                        std::string_view content_type, std::string_view body) {
    HawkHeader answer = header;
    answer.hash = hawk_payload_hash(content_type, body);
    answer.ext.clear();
    return fmt::format(R"(Hawk mac="{}", hash="{}")", hawk_mac(HawkMessage::Answer, answer, request, key),
                       answer.hash);
}

HawkGuard::HawkGuard(const Clock& clock) : clock_(clock), began_(seconds_of(clock)) {}

std::expected<HawkHeader, HawkRefusal> HawkGuard::admit(std::string_view authorization,
                                                        const HawkRequest& request, const KeyOf& key_of) {
    const auto refuse = [](std::string reason, std::string challenge = "Hawk") {
        return std::unexpected(HawkRefusal{std::move(reason), std::move(challenge)});
    };
    auto header = parse_hawk(authorization);
    if (!header) return refuse(header.error().message);
    const auto key = key_of(*header);
    // An unknown id and a wrong signature look the same from outside.
    const std::string wrong = "the Hawk signature is wrong, or the key is not in force";
    if (!key || !same(hawk_mac(HawkMessage::Request, *header, request, *key), header->mac))
        return refuse(wrong);
    if (!header->hash.empty() || !request.payload.empty()) {
        if (!same(hawk_payload_hash(request.content_type, request.payload), header->hash))
            return refuse("the payload is not the one that was signed");
    }
    const int64_t now = seconds_of(clock_);
    if (header->ts < began_ || std::abs(now - header->ts) > hawk_skew_max.count()) {
        // With our time, signed, so that the client can set itself right.
        const std::string tsm = hmac(*key, fmt::format("hawk.1.ts\n{}\n", now));
        return refuse("the time of the request is too far off",
                      fmt::format(R"(Hawk ts="{}", tsm="{}", error="Stale timestamp")", now, tsm));
    }
    if (!is_new(*header, now)) return refuse("the request was seen before");
    return std::move(*header);
}

bool HawkGuard::is_new(const HawkHeader& header, int64_t now) {
    const std::lock_guard lock(mutex_);
    while (!nonces_.empty() && nonces_.begin()->first < now - hawk_skew_max.count()) {
        nonce_count_ -= nonces_.begin()->second.size();
        nonces_.erase(nonces_.begin());
    }
    // Rather refuse than let in what may be a copy.
    if (nonce_count_ >= hawk_nonces_max) return false;
    const bool fresh = nonces_[header.ts].insert(header.id + "\n" + header.nonce).second;
    nonce_count_ += fresh ? 1 : 0;
    return fresh;
}

}  // namespace vigia
