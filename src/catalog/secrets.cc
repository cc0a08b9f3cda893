#include "catalog/secrets.h"

#include <argon2.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/file.h"
#include "base/hash.h"
#include "base/random.h"

namespace vigia {

namespace {

// The costs that OWASP's password storage cheat sheet names for argon2id: 19 MiB, two passes, one lane.
constexpr uint32_t argon_passes = 2;
constexpr uint32_t argon_memory_kib = 19 * 1024;
constexpr uint32_t argon_lanes = 1;
constexpr size_t salt_bytes = 16;
constexpr size_t hash_bytes = 32;

constexpr size_t nonce_bytes = 12;
constexpr size_t tag_bytes = 16;

unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
int count_of(std::string_view text) { return static_cast<int>(text.size()); }

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

}  // namespace

Result<std::string> hash_password(std::string_view password) {
    if (password.size() < password_bytes_min || password.size() > password_bytes_max)
        return error(ErrorKind::BadInput,
                     fmt::format("a password has {} to {} bytes", password_bytes_min, password_bytes_max));
    const std::string salt = random_bytes(salt_bytes);
    std::string encoded(
        argon2_encodedlen(argon_passes, argon_memory_kib, argon_lanes, salt_bytes, hash_bytes, Argon2_id),
        '\0');
    const int outcome =
        argon2id_hash_encoded(argon_passes, argon_memory_kib, argon_lanes, password.data(), password.size(),
                              salt.data(), salt.size(), hash_bytes, encoded.data(), encoded.size());
    if (outcome != ARGON2_OK)
        return error(ErrorKind::Io, fmt::format("cannot hash a password: {}", argon2_error_message(outcome)));
    encoded.resize(encoded.find('\0'));
    return encoded;
}

bool is_password(std::string_view password, std::string_view hash) {
    return argon2id_verify(std::string(hash).c_str(), password.data(), password.size()) == ARGON2_OK;
}

std::string hash_token(std::string_view token) { return hex(sha256(token)); }

bool same_secret(std::string_view one, std::string_view other) {
    return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

Result<Vault> Vault::open(const std::string& file) {
    if (!is_file(file)) TRY_VOID(write_private_file(file, hex(random_bytes(key_bytes)) + "\n"));
    if (!is_private(file))
        return error(ErrorKind::Denied,
                     fmt::format("others may read {}, the key to the secrets: chmod 600 {}", file, file));
    std::string text = TRY(read_file(file, 1024));
    while (text.ends_with('\n')) text.pop_back();
    const auto key = from_hex(text);
    if (!key || key->size() != key_bytes)
        return error(ErrorKind::Corrupt,
                     fmt::format("{} holds no key: expected 64 hexadecimal digits", file));
    Vault vault;
    std::ranges::copy(*key, vault.key_.begin());
    return vault;
}

Result<std::string> Vault::seal(std::string_view secret, std::string_view context) const {
    std::string sealed = random_bytes(nonce_bytes);
    sealed.resize(nonce_bytes + secret.size() + tag_bytes);
    const Cipher cipher(EVP_CIPHER_CTX_new());
    int written = 0, last = 0;
    unsigned char* const out = bytes(sealed) + nonce_bytes;
    const bool good =
        EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.data(), bytes(sealed)) == 1 &&
        EVP_EncryptUpdate(cipher.get(), nullptr, &written, bytes(context), count_of(context)) == 1 &&
        EVP_EncryptUpdate(cipher.get(), out, &written, bytes(secret), count_of(secret)) == 1 &&
        EVP_EncryptFinal_ex(cipher.get(), out + written, &last) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, out + secret.size()) == 1;
    if (!good) return error(ErrorKind::Io, "cannot encrypt a secret");
    return hex(sealed);
}

Result<std::string> Vault::unseal(std::string_view sealed, std::string_view context) const {
    auto whole = from_hex(sealed);
    if (!whole || whole->size() < nonce_bytes + tag_bytes)
        return error(ErrorKind::Corrupt, "a sealed secret is damaged");
    std::string secret(whole->size() - nonce_bytes - tag_bytes, '\0');
    const Cipher cipher(EVP_CIPHER_CTX_new());
    int written = 0, last = 0;
    const unsigned char* const in = bytes(*whole) + nonce_bytes;
    const bool good =
        EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.data(), bytes(*whole)) == 1 &&
        EVP_DecryptUpdate(cipher.get(), nullptr, &written, bytes(context), count_of(context)) == 1 &&
        EVP_DecryptUpdate(cipher.get(), bytes(secret), &written, in, count_of(secret)) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes,
                            const_cast<unsigned char*>(in) + secret.size()) == 1 &&
        EVP_DecryptFinal_ex(cipher.get(), bytes(secret) + written, &last) == 1;
    if (!good) return error(ErrorKind::Corrupt, "a sealed secret does not open with this key");
    return secret;
}

}  // namespace vigia
