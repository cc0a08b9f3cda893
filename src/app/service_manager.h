#pragma once

#include <string_view>

namespace vigia {

// Tells systemd, when it started the process, how the service does: "READY=1", "RELOADING=1", "STOPPING=1".
// One datagram to the socket that NOTIFY_SOCKET names (sd_notify(3)); who is not there is told nothing.
void tell_service_manager(std::string_view state);

// Whether what is printed ends in systemd's journal, where others read it.
bool prints_to_journal();

}  // namespace vigia
