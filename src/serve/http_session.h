#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "base/time.h"
#include "serve/http_server.h"

// Named here so that no header of theirs stands in one of ours.
namespace boost::asio {
class io_context;
class thread_pool;
namespace ssl {
class context;
}
}  // namespace boost::asio

namespace vigia {

// A connection as its server sees it. All on the server's one thread.
class AnySession {
public:
    virtual ~AnySession() = default;
    virtual void tick(SteadyTime now) = 0;
    // Ends at once what is not a request in work.
    virtual void end_soon() = 0;
    // Ends everything.
    virtual void cut() = 0;
};

// What the connections of a server share, used on its one thread.
struct SessionShared {
    const HttpLimits limits;
    const HttpServer::Handler handler;
    boost::asio::io_context& io;
    boost::asio::thread_pool& workers;
    std::set<AnySession*> sessions;
    std::atomic<size_t> serving = 0;  // read by any thread
    size_t refusing = 0;
    size_t streams = 0;
    uint64_t bodies_bytes = 0;
    bool is_stopping = false;
};

// Who has connected.
struct HttpClient {
    int socket = -1;
    bool is_v6 = false;
    std::string address;
};

// Serves the client, or tells it that there are too many, and closes the socket in the end. Without TLS when
// there is none. The session stands among those of `shared` as long as it lives.
enum class Welcome : uint8_t { Served, Refused };
void start_session(SessionShared& shared, HttpClient client, boost::asio::ssl::context* tls, Welcome welcome);

}  // namespace vigia
