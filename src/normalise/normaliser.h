#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/event.h"
#include "normalise/json_document.h"

namespace vigia {

// What became of a record besides the events in it.
struct Normalised {
    uint64_t events = 0;
    uint64_t digests = 0;   // CloudTrail digest files hold no events
    uint64_t controls = 0;  // messages of CloudWatch Logs to the subscriber itself
    uint64_t refused = 0;   // records inside an envelope that are none
    std::string reason;     // why the last of them was refused
};

// Turns one raw record into events: a CloudTrail record, an EventBridge event, or a runtime event, whose
// event_type (or _type) says of which type. It opens what they travel in: EventBridge envelopes, CloudWatch
// Logs subscription messages, the answer of LookupEvents, {"Records":[…]} and {"events":[…]}. For one thread.
class Normaliser {
public:
    // Calls `visit` with each event; what the event borrows from is gone after the call. BadInput when the
    // text is no JSON object, of no known type, or neither a record nor an envelope.
    Result<Normalised> normalise(std::string_view text, const std::function<void(const Event&)>& visit);

private:
    Result<void> open(const Json& record, Normalised& done, const std::function<void(const Event&)>& visit);
    void open_each(const Json& list, Normalised& done, const std::function<void(const Event&)>& visit);
    Result<void> open_text(std::string_view text, Normalised& done,
                           const std::function<void(const Event&)>& visit);
    void open_texts(const Json& list, std::string_view key, Normalised& done,
                    const std::function<void(const Event&)>& visit);

    JsonReader outer_;
    JsonReader inner_;
};

}  // namespace vigia
