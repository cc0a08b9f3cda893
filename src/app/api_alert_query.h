#pragma once

#include <boost/json/object.hpp>

#include "alert/alert_store.h"
#include "app/api_call.h"

namespace vigia {

// Which alerts the query of a call asks for, with its page. BadInput names the parameter that is wrong.
Result<AlertQuery> alert_query(const Call& call);

// The same of a body's filter, whose members are the parameters that say which alerts: a text, a number, or a
// list of them each. One that is not known is an error: what it was to keep out would be let in.
Result<AlertQuery> alert_filter_of(const Call& call, const boost::json::object& filter);

}  // namespace vigia
