#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "base/time.h"
#include "model/actor.h"
#include "notify/channels.h"

namespace vigia {

// A channel as the API and the log show it: without its secret.
boost::json::object json_of(const Channel& channel);

// Writes each change of a channel into the log of its organisation: "channel changed", by whom. Who it is
// given must outlive it.
ChannelWitness logged(const Actor& actor, const Clock& clock, std::string_view action);

}  // namespace vigia
