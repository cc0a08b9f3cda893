#pragma once

#include <pthread.h>

namespace vigia {

// The name of this thread for whoever looks at the process, and of the threads that it begins until they have
// names of their own. At most 15 bytes.
inline void name_thread(const char* name) { pthread_setname_np(pthread_self(), name); }

}  // namespace vigia
