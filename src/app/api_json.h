#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string>

#include "alert/alert_store.h"
#include "app/event_search.h"
#include "app/intake.h"
#include "base/result.h"
#include "catalog/bodies.h"
#include "catalog/people.h"
#include "serve/http_server.h"

namespace vigia {

// The API's values as JSON.
boost::json::object json_of(const StoredAlert& alert);
boost::json::object json_of(const SourceHealth& source);
boost::json::object json_of(const User& user);
boost::json::object json_of(const RuleDiagnostic& diagnostic);
boost::json::object json_of(const Problem& problem);
// The record stands in it as it is; with `columns`, their values do instead: null, a text, or a list of
// texts.
std::string json_text(const FoundEvent& event, std::span<const std::string> columns = {});
// The same JSON without line breaks, which stand between its tokens only.
std::string one_line(std::string json);

// An answer of 200, or of the error's status as application/problem+json (RFC 9457).
HttpAnswer answer(const boost::json::value& body, unsigned status = 200);
HttpAnswer problem(unsigned status, std::string_view code, std::string_view detail,
                   boost::json::object parameters = {});
HttpAnswer problem(const Error& error);
// What a client is told of it. What it did not bring about may name files and statements: that goes to the
// log, for whoever runs the service.
std::string detail_of(const Error& error);
unsigned status_of(ErrorKind kind);
HttpAnswer no_content();

// The body as an object. BadInput for what is none.
Result<boost::json::object> read_object(const std::string& body);
// A member that is a text, or nothing. BadInput for one of another type; so below.
Result<std::optional<std::string>> text_member(const boost::json::object& object, std::string_view name);
Result<std::string> needed_text(const boost::json::object& object, std::string_view name);

}  // namespace vigia
