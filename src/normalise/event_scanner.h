#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "model/event.h"

namespace vigia {

// Reads many records of CloudTrail and of runtime events in one pass, taking of each only what is wanted of
// its kind: its strings and brackets are found for the whole run at once, and what is not wanted is stepped
// over. For records that it cannot be sure of (envelopes, doubled names, dotted keys, values that may be no
// JSON …) there is Normaliser. Inside what it steps over, it looks at brackets, at which token follows which,
// and at how scalars begin. For one thread.
class EventScanner {
public:
    EventScanner();
    ~EventScanner();

    // How far it came, from the front of the run. What is left begins with a record that is broken or not
    // whole, or with none.
    struct Done {
        size_t bytes = 0;
        uint64_t records = 0;
    };
    // `number` counts the records of the run from 0.
    using Visit = std::function<void(const Event& event, std::string_view record, uint64_t number)>;
    using Other = std::function<void(std::string_view record, uint64_t number)>;

    // `run` begins with a record and ends outside of any string; behind its end, run_slack_bytes more can be
    // read. An event borrows from the run until the next one.
    Done scan(std::string_view run, Interest& interest, const Visit& visit, const Other& other);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace vigia
