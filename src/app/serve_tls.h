#pragma once

#include <optional>
#include <string>

#include "app/serve.h"
#include "base/time.h"
#include "serve/tls_files.h"

namespace vigia {

// The certificate of the service. Nothing: it serves in the clear, which beyond this machine it only does
// when it is told to. `address` is the one to listen on.
Result<std::optional<TlsFiles>> tls_of(const ServeCommand& command, const std::string& address);

// Makes the generated certificate, when it is not there, ends soon or lacks a name; whether it did.
Result<bool> renew_generated(const ServeCommand& command, const std::string& address, Time now);

}  // namespace vigia
