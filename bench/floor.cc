// Built for x86-64-v3, so that simdjson's own code is the best that it has: the floor must not be low for
// want of a compiler flag.
#include "floor.h"

#include <array>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <simdjson.h>
#pragma GCC diagnostic pop

namespace vigia {

namespace {

// In the order in which CloudTrail writes them, so that each look-up goes on where the last one ended.
constexpr std::array<const char*, 12> twelve{
    "eventVersion",    "userIdentity", "eventTime", "eventSource", "eventName",          "awsRegion",
    "sourceIPAddress", "userAgent",    "requestID", "eventID",     "recipientAccountId", "eventCategory"};

}  // namespace

size_t twelve_fields(std::string& text, size_t size) {
    static simdjson::ondemand::parser parser;
    size_t found = 0;
    auto document = parser.iterate(text.data(), size, text.size());
    for (auto record : document["Records"]) {
        simdjson::ondemand::object object;
        if (record.get_object().get(object)) continue;
        for (const char* field : twelve) {
            simdjson::ondemand::value value;
            if (!object.find_field(field).get(value)) found++;
        }
    }
    return found;
}

}  // namespace vigia
