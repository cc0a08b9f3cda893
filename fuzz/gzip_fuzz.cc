// Any bytes as a file: reading ends, and every record lies within its bound.
#include "base/assert.h"
#include "ingest/decompress.h"
#include "ingest/records.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace vigia;
    auto source = decompressed(memory_source({reinterpret_cast<const char*>(data), size}));
    if (!source) return 0;
    RecordReader reader(std::move(*source));
    while (true) {
        const auto next = reader.next();
        if (!next || std::holds_alternative<EndOfFile>(*next)) return 0;
        if (const auto* record = std::get_if<RawRecord>(&*next))
            VIGIA_ASSERT(record->text.size() <= record_bytes_max);
    }
}
