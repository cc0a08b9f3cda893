#pragma once

#include <boost/json/value.hpp>

#include "alert/stored_alert.h"
#include "app/api_call.h"

namespace vigia {

// What digests say of the hour of the alert's last event: null for alerts that are not of CloudTrail, and
// while no digest told of the hour.
Result<boost::json::value> completeness_of(Call& call, const StoredAlert& alert);

}  // namespace vigia
