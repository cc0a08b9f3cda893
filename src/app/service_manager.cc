#include "app/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>

#include "base/log.h"

namespace vigia {

void tell_service_manager(std::string_view state) {
    const char* const named = std::getenv("NOTIFY_SOCKET");
    if (named == nullptr) return;
    const std::string_view path = named;
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    if (path.empty() || path.size() >= sizeof(address.sun_path)) return;
    std::ranges::copy(path, address.sun_path);
    // A name that begins with @ stands in no file system.
    if (path.front() == '@') address.sun_path[0] = '\0';
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    const ssize_t sent = ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL,
                                  reinterpret_cast<const sockaddr*>(&address), length);
    if (sent < 0) log(LogLevel::Warning, "service", "the service manager cannot be told", {{"state", state}});
    if (socket >= 0) ::close(socket);
}

bool prints_to_journal() { return std::getenv("JOURNAL_STREAM") != nullptr; }

}  // namespace vigia
