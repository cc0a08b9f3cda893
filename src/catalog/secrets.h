#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vigia {

constexpr size_t password_bytes_min = 12;
constexpr size_t password_bytes_max = 1024;

// argon2id with a salt of its own, in the text form that carries both and the costs. BadInput for a password
// that is too short or too long.
Result<std::string> hash_password(std::string_view password);

// Takes as long for a wrong password as for the right one.
bool is_password(std::string_view password, std::string_view hash);

// SHA-256 in hexadecimal: enough for tokens of random bytes, which cannot be guessed from it.
std::string hash_token(std::string_view token);

// Whether two secrets are equal, in a time that does not tell how far they are.
bool same_secret(std::string_view one, std::string_view other);

// Keeps what must be read again, and must not stand in the database as it is: AES-256-GCM under a key in a
// file that only its owner may read. Whoever has a copy of the database alone reads nothing.
class Vault {
public:
    // The key in the file, which is made when it is not there. Denied when others may read the file.
    static Result<Vault> open(const std::string& file);

    // `context` is not secret, and is needed to unseal: a sealed text moved to another row does not open.
    Result<std::string> seal(std::string_view secret, std::string_view context) const;
    Result<std::string> unseal(std::string_view sealed, std::string_view context) const;

private:
    static constexpr size_t key_bytes = 32;
    std::array<unsigned char, key_bytes> key_{};
};

}  // namespace vigia
