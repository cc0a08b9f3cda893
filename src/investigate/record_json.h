#pragma once

#include <boost/json/value.hpp>
#include <initializer_list>
#include <string>
#include <string_view>

// Stored records as JSON, for what they have beside the columns.
namespace vigia {

// Null for what is no JSON.
boost::json::value parsed_record(std::string_view record);
// The value below objects by these names, each taken whole; null where there is none.
const boost::json::value* record_value(const boost::json::value& record,
                                       std::initializer_list<std::string_view> path);
// The text there; empty for anything else.
std::string record_text(const boost::json::value& record, std::initializer_list<std::string_view> path);

}  // namespace vigia
