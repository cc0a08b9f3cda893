#pragma once

#include <span>

#include "serve/web_files.h"

namespace vigia {

// The console that is part of the program; empty when it was built without (WITH_WEB=OFF).
std::span<const EmbeddedFile> embedded_console();

}  // namespace vigia
