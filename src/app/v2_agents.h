#pragma once

#include <string>

#include "app/api_call.h"

namespace vigia {

// What is known of an agent: what its events say. A host whose events name no agent stands for one.
struct V2Agent {
    std::string id;
    Time first_at;  // of its events, within agents_age_max
    Time last_at;
    std::string record;  // its latest event
};

// Agents that sent nothing for so long are gone.
constexpr std::chrono::hours agents_age_max{7 * 24};
// And those that sent nothing for so long are offline.
constexpr std::chrono::minutes agent_online_max{15};

// NotFound for one that sent no event of late.
Result<V2Agent> v2_agent(const Call& call, const std::string& id);

}  // namespace vigia
