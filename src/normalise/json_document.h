#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "model/json.h"

namespace vigia {

// Reads one JSON text into a plain tree, and keeps what the tree borrows from until the next read.
class JsonReader {
public:
    JsonReader();
    ~JsonReader();
    JsonReader(const JsonReader&) = delete;
    JsonReader& operator=(const JsonReader&) = delete;

    // BadInput for what is no JSON, is nested deeper than json_depth_max, or has anything after the value.
    // White space between tokens is dropped from every `raw`. Bytes that are no UTF-8 become U+FFFD: what an
    // attacker writes into a user agent must not hide the event.
    Result<const Json*> read(std::string_view text);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace vigia
