#pragma once

#include <span>

#include "sql/database.h"

namespace vigia {

// The steps of the control plane's schema. A step that was released never changes; a change is a new one.
std::span<const Migration> catalog_steps();

}  // namespace vigia
