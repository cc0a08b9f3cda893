#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "app/event_search.h"
#include "serve/http_server.h"

// Small values of questions and answers, as several calls have them.
namespace vigia {

// Empty when it is not there.
std::string text_parameter(const HttpRequest& request, std::string_view name);
// A whole number from 1 to `most`. BadInput for anything else.
Result<size_t> count_parameter(const HttpRequest& request, std::string_view name, size_t otherwise,
                               size_t most);

boost::json::value time_or_null(const std::optional<Time>& time);
boost::json::value text_or_null(std::string_view text);

// "<microseconds>.<id>": where a page ends that is in the order of time.
std::string cursor_text(int64_t time_us, const std::string& id);
// The one of the query; BadInput for what cursor_text() did not make.
Result<std::optional<EventCursor>> cursor_parameter(const HttpRequest& request);

}  // namespace vigia
