#include "aws/sigv4.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/hash.h"
#include "base/random.h"

namespace vigia {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

// Without blanks at its ends, and with one for several inside.
std::string trimmed(std::string_view value) {
    std::string out;
    for (const char c : value) {
        if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
        out += c;
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

// Lower-case names with their values, those of one name with commas between.
std::map<std::string, std::string> canonical_headers(const NamedValues& headers) {
    std::map<std::string, std::string> sorted;
    for (const auto& [name, value] : headers) {
        std::string lower = name;
        std::ranges::transform(lower, lower.begin(),
                               [](unsigned char c) { return static_cast<char>(tolower(c)); });
        const auto [at, is_new] = sorted.try_emplace(std::move(lower), trimmed(value));
        if (!is_new) at->second += "," + trimmed(value);
    }
    return sorted;
}

std::string signed_headers(const SigningInput& input) {
    std::string names;
    for (const auto& [name, value] : canonical_headers(input.headers))
        names += (names.empty() ? "" : ";") + name;
    return names;
}

std::string scope(const SigningInput& input) {
    return fmt::format("{}/{}/{}/aws4_request", amz_date(input.time).substr(0, 8), input.region,
                       input.service);
}

}  // namespace

std::string percent_encode(std::string_view text, bool keep_slash) {
    std::string out;
    for (const char c : text) {
        if (is_unreserved(c) || (keep_slash && c == '/'))
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

std::string amz_date(Time time) {
    return fmt::format("{:%Y%m%dT%H%M%SZ}", std::chrono::floor<std::chrono::seconds>(time));
}

std::string canonical_query(const NamedValues& query) {
    NamedValues encoded;
    for (const auto& [name, value] : query) encoded.emplace_back(percent_encode(name), percent_encode(value));
    std::ranges::sort(encoded);
    std::string text;
    for (const auto& [name, value] : encoded)
        text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, value);
    return text;
}

std::string canonical_request(const SigningInput& input) {
    std::string headers;
    for (const auto& [name, value] : canonical_headers(input.headers))
        headers += fmt::format("{}:{}\n", name, value);
    return fmt::format("{}\n{}\n{}\n{}\n{}\n{}", input.method, percent_encode(input.path, true),
                       canonical_query(input.query), headers, signed_headers(input), input.payload_hash);
}

std::string string_to_sign(const SigningInput& input) {
    return fmt::format("{}\n{}\n{}\n{}", algorithm, amz_date(input.time), scope(input),
                       hex(sha256(canonical_request(input))));
}

std::string authorization(const SigningInput& input, std::string_view access_key_id,
                          std::string_view secret_access_key) {
    std::string key =
        hmac_sha256(fmt::format("AWS4{}", secret_access_key), amz_date(input.time).substr(0, 8));
    for (const std::string_view part :
         {std::string_view(input.region), std::string_view(input.service), std::string_view("aws4_request")})
        key = hmac_sha256(key, part);
    return fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", algorithm, access_key_id,
                       scope(input), signed_headers(input), hex(hmac_sha256(key, string_to_sign(input))));
}

}  // namespace vigia
