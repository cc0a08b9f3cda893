#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace vigia {

// The settings of `vigia serve`; serve_settings.cc has a row for each.
struct ServeCommand {
    std::string data = "vigia-data";
    std::string listen = "127.0.0.1:8443";
    std::string database;                   // empty: SQLite in the data folder
    std::string public_url;                 // empty: the address that it listens at
    std::vector<std::string> watch;         // "ORGANISATION=FOLDER"
    std::vector<std::string> aws_queue;     // "ORGANISATION=QUEUE_URL;name=value…"
    std::vector<std::string> aws_endpoint;  // "SERVICE=URL", or "URL" for all
    bool aws_path_style = false;
    bool aws_fips = false;
    uint64_t aws_visibility_s = 120;
    uint64_t aws_objects_in_flight = 128;
    std::string trail_keys;  // empty: digests of CloudTrail are not verified
    uint64_t trail_grace_s = 3600;
    std::string tls_certificate;
    std::string tls_key;
    bool tls_generate = false;
    std::vector<std::string> tls_names;
    bool insecure_http = false;
    std::string log_level = "info";
    std::string log_format = "text";
    uint64_t http_workers = 4;
    uint64_t store_memory_mib = 1024;
    uint64_t store_threads = 2;
    uint64_t disk_free_min_mib = 512;
    uint64_t seal_after_s = 600;
    std::string web_dir;  // empty: the console that is in the program
};

// What stands on the command line, and the file that has the rest.
struct ServeLine {
    ServeCommand words;
    std::vector<std::string> given;  // the names of the settings that stand there
    std::string config;              // empty: no file
};

// Serves until it is told to stop by SIGINT or SIGTERM. SIGHUP has new connections use the certificate that
// is in the file now, and the log follow the configuration file.
int serve(const ServeLine& line);

}  // namespace vigia
