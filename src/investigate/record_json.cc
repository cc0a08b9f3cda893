#include "investigate/record_json.h"

#include <boost/json.hpp>

namespace vigia {

namespace json = boost::json;

namespace {

// What was stored was read with a bound of its own; this one is above it.
constexpr size_t record_depth_max = 200;

}  // namespace

json::value parsed_record(std::string_view record) {
    json::parse_options options;
    options.max_depth = record_depth_max;
    options.allow_invalid_utf8 = true;
    json::error_code failure;
    json::value value = json::parse(record, failure, {}, options);
    return failure ? json::value() : value;
}

const json::value* record_value(const json::value& record, std::initializer_list<std::string_view> path) {
    const json::value* at = &record;
    for (const std::string_view name : path) {
        const json::object* const object = at->if_object();
        at = object == nullptr ? nullptr : object->if_contains(name);
        if (at == nullptr) return nullptr;
    }
    return at;
}

std::string record_text(const json::value& record, std::initializer_list<std::string_view> path) {
    const json::value* const found = record_value(record, path);
    if (found == nullptr || !found->is_string()) return {};
    return std::string(found->get_string());
}

}  // namespace vigia
