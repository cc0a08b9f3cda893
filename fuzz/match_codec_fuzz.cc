// Any bytes as the matches of a batch, with a checksum that is right and without: they are refused, or decode
// to what encodes to the same bytes.
#include "alert/match_codec.h"
#include "base/assert.h"
#include "base/hash.h"

namespace {

using namespace vigia;

void check(std::string_view bytes) {
    const auto batch = decode(bytes);
    if (!batch) {
        VIGIA_ASSERT(batch.error().kind == ErrorKind::Corrupt);
        return;
    }
    const auto again = decode(encode(*batch));
    VIGIA_ASSERT(again && *again == *batch);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    check(bytes);
    // The checksum stands behind the content, its low half first; without it hardly anything would be read.
    std::string whole = "\x01" + bytes;
    const Hash128 hash = hash128(whole, 0);
    for (const uint64_t half : {hash.low, hash.high}) {
        for (unsigned shift = 0; shift < 64; shift += 8) whole += static_cast<char>(half >> shift);
    }
    check(whole);
    return 0;
}
