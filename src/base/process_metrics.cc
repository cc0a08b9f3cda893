#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/metrics.h"
#include "base/time.h"

namespace vigia {

namespace {

// The second number of /proc/self/statm: resident pages.
double resident_bytes() {
    std::ifstream file("/proc/self/statm");
    uint64_t all = 0, resident = 0;
    file >> all >> resident;
    return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double cpu_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double open_files() {
    std::error_code failure;
    const std::filesystem::directory_iterator files("/proc/self/fd", failure);
    return failure ? 0 : static_cast<double>(std::distance(begin(files), end(files)));
}

double files_max() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<double>(limit.rlim_cur);
}

}  // namespace

void add_process_metrics(Metrics& metrics) {
    const double began = static_cast<double>(nanoseconds(SystemClock().now())) / 1e9;
    using Kind = Metrics::Kind;
    metrics.read(Kind::Gauge, "process_resident_memory_bytes", "Resident memory size in bytes.",
                 resident_bytes);
    metrics.read(Kind::Counter, "process_cpu_seconds_total", "Total user and system CPU time in seconds.",
                 cpu_seconds);
    metrics.read(Kind::Gauge, "process_open_fds", "Number of open file descriptors.", open_files);
    metrics.read(Kind::Gauge, "process_max_fds", "Maximum number of open file descriptors.", files_max);
    metrics.read(Kind::Gauge, "process_start_time_seconds", "Start time since the epoch in seconds.",
                 [began] { return began; });
}

}  // namespace vigia
