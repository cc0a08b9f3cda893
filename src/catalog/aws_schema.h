#pragma once

#include <span>

#include "sql/database.h"

namespace vigia {

// The steps of the schema of connections to AWS. A step that was released never changes; a change is a new
// one. They count as the list "aws".
std::span<const Migration> aws_steps();

}  // namespace vigia
