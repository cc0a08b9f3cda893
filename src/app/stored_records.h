#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "model/event.h"
#include "normalise/event_scanner.h"
#include "normalise/normaliser.h"

namespace vigia {

// Reads stored records again, many at once. For one thread.
class StoredRecords {
public:
    // Calls `visit` with each record's event and the record's place in the list: first with what `interest`
    // wants of it; when that is not enough, which the call says by false, with the whole record.
    using Visit = std::function<bool(const Event& event, size_t record)>;
    void each(std::span<const std::string_view> records, Interest& interest, const Visit& visit);

private:
    void walk(std::string_view record, size_t number, const Visit& visit);
    EventScanner scanner_;
    Normaliser normaliser_;
    std::string run_;
};

}  // namespace vigia
