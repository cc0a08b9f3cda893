#pragma once

#include <span>

#include "sql/database.h"

namespace vigia {

// The steps of the schema of channels and of the outbox. A step that was released never changes; a change is
// a new one. They count as the list "notify".
std::span<const Migration> notify_steps();

}  // namespace vigia
