#pragma once

#include <cstdint>
#include <string>

namespace vigia {

// The words of `vigia serve`, read.
struct ServeCommand {
    std::string data = "vigia-data";
    std::string listen = "127.0.0.1:8443";
    std::string database;     // empty: SQLite in the data folder
    std::string certificate;  // with `key`: TLS; both empty: none
    std::string key;
    uint64_t disk_reserve_mib = 512;
    int64_t seal_after_s = 600;
};

// Serves until it is told to stop by SIGINT or SIGTERM. SIGHUP has new connections use the certificate that
// is in the file now.
int serve(const ServeCommand& command);

}  // namespace vigia
