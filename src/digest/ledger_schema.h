#pragma once

#include <span>

#include "sql/database.h"

namespace vigia {

std::span<const Migration> digest_steps();

}  // namespace vigia
