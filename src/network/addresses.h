#pragma once

#include <sys/socket.h>

namespace vigia {

// Whether the address may be called: those of the local link, where clouds keep the credentials of the
// machine, may not, nor what is no address of IP. Asked of each address that a name leads to, when it is
// connected to.
bool may_call(const sockaddr& address);

}  // namespace vigia
