#pragma once

#include <span>

#include "sql/database.h"

namespace vigia {

// The steps of the schema of alerts. A step that was released never changes; a change is a new one. They
// count as the list "alert".
std::span<const Migration> alert_steps();

}  // namespace vigia
