#include "base/hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/assert.h"

#define XXH_INLINE_ALL
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <xxhash.h>
#pragma GCC diagnostic pop

namespace vigia {

std::string sha256(std::string_view text) {
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned length = 0;
    VIGIA_ASSERT(EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()),
                            &length, EVP_sha256(), nullptr) == 1);
    digest.resize(length);
    return digest;
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned length = 0;
    VIGIA_ASSERT(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                      reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                      reinterpret_cast<unsigned char*>(digest.data()), &length) != nullptr);
    digest.resize(length);
    return digest;
}

std::string base64(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<size_t>(length));
    return text;
}

Hash128 hash128(std::string_view text, uint64_t seed) {
    const XXH128_hash_t hash = XXH3_128bits_withSeed(text.data(), text.size(), seed);
    return {hash.low64, hash.high64};
}

}  // namespace vigia
