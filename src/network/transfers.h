#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "network/addresses.h"
#include "network/network.h"

namespace vigia {

constexpr size_t answer_headers_bytes_max = 64 * 1024;

// One call over a connection that others may use after it.
struct Transfer {
    std::string method = "GET";
    std::string url;
    std::vector<std::string> headers;  // "Name: value"
    std::string body;
    bool http_allowed = false;  // otherwise https only
    Reach reach = Reach::Outside;
    std::string ca_file;  // the system's authorities when empty
    NetworkBounds bounds;
    // Given up when nothing comes or goes for so long; 0: only the bounds hold.
    std::chrono::seconds stall_max{0};
};

struct TransferAnswer {
    long status = 0;
    std::string body;
    std::map<std::string, std::string, std::less<>> headers;  // names in lower case
};

// Hundreds of calls in flight, on one thread and few connections. Safe to use from many threads.
class Transfers {
public:
    struct Options {
        size_t connections_per_host_max = 256;
        size_t connections_max = 512;
    };
    explicit Transfers(const Options& options);
    Transfers() : Transfers(Options{}) {}
    ~Transfers();

    // Waits for the whole answer. Io for what the network did, also when it broke off before its end, when it
    // is longer than answer_bytes_max, and when `stop` was asked. An error never names the url.
    Result<TransferAnswer> run(Transfer transfer, const std::stop_token& stop);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace vigia
