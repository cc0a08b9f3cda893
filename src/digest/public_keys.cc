#include "digest/public_keys.h"

#include <fmt/format.h>
#include <openssl/decoder.h>
#include <openssl/evp.h>

#include <boost/json.hpp>
#include <memory>

#include "base/random.h"

namespace vigia {

namespace json = boost::json;

namespace {

struct FreeOfOpenSsl {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(OSSL_DECODER_CTX* context) const { OSSL_DECODER_CTX_free(context); }
};
template <typename Type>
using Owned = std::unique_ptr<Type, FreeOfOpenSsl>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// Nothing for what is no base64 with its padding.
std::optional<std::string> from_base64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0) return std::nullopt;
    std::string bytes(text.size() / 4 * 3, '\0');
    const int count = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), bytes_of(text),
                                      static_cast<int>(text.size()));
    if (count < 0) return std::nullopt;
    const size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
    bytes.resize(static_cast<size_t>(count) - padding);
    return bytes;
}

Owned<EVP_PKEY> rsa_key(std::string_view der) {
    EVP_PKEY* key = nullptr;
    const Owned<OSSL_DECODER_CTX> decoder(OSSL_DECODER_CTX_new_for_pkey(
        &key, "DER", "type-specific", "RSA", EVP_PKEY_PUBLIC_KEY, nullptr, nullptr));
    const unsigned char* at = bytes_of(der);
    size_t left = der.size();
    if (decoder && OSSL_DECODER_from_data(decoder.get(), &at, &left) != 1) key = nullptr;
    return Owned<EVP_PKEY>(key);
}

const json::value* member(const json::value& value, std::string_view name) {
    return value.is_object() ? value.as_object().if_contains(name) : nullptr;
}

}  // namespace

Result<PublicKeys> PublicKeys::parse(std::string_view text) {
    boost::system::error_code failed;
    const json::value value = json::parse(json::string_view(text.data(), text.size()), failed);
    const json::value* const list = failed ? nullptr : member(value, "PublicKeyList");
    if (list == nullptr || !list->is_array())
        return error(
            ErrorKind::BadInput,
            "there is no PublicKeyList in it: write the file with 'aws cloudtrail list-public-keys'");
    PublicKeys keys;
    for (const json::value& one : list->as_array()) {
        const json::value* const fingerprint = member(one, "Fingerprint");
        const json::value* const key = member(one, "Value");
        if (fingerprint == nullptr || !fingerprint->is_string() || key == nullptr || !key->is_string())
            return error(ErrorKind::BadInput, "a key in it has no Fingerprint or no Value");
        const auto der = from_base64(std::string(key->as_string()));
        if (!der || !rsa_key(*der))
            return error(ErrorKind::BadInput,
                         fmt::format("the key {} in it is no RSA public key (PKCS #1) in base64",
                                     std::string_view(fingerprint->as_string())));
        keys.keys_.emplace(fingerprint->as_string(), *der);
    }
    return keys;
}

Result<bool> PublicKeys::verifies(const std::string& fingerprint, std::string_view text,
                                  std::string_view signature) const {
    const auto found = keys_.find(fingerprint);
    if (found == keys_.end())
        return error(ErrorKind::NotFound,
                     fmt::format("no public key with fingerprint {} is at hand", fingerprint));
    const Owned<EVP_PKEY> key = rsa_key(found->second);
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    if (!key || !context ||
        EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1)
        return error(ErrorKind::BadInput, fmt::format("the public key {} cannot be used", fingerprint));
    const auto bytes = from_hex(signature);
    return bytes &&
           EVP_DigestVerify(context.get(), bytes_of(*bytes), bytes->size(), bytes_of(text), text.size()) == 1;
}

}  // namespace vigia
