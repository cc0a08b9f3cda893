#pragma once

#include "base/result.h"

namespace vigia {

// What a run ends with; scripts rely on them.
enum ExitCode { Nothing = 0, Found = 1, Failed = 2 };

// Says why on standard error; the exit code of it.
int fail(const Error& failure);

// The command line. Output to standard output, problems and progress to standard error.
int run_command_line(int argc, char** argv);

}  // namespace vigia
