#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "app/batch_reader.h"
#include "base/metrics.h"
#include "base/time.h"

namespace vigia {

class Platform;

// So many rules are told of, those that are evaluated most often: the others cost less.
constexpr size_t costly_rules_max = 20;

// What rules cost and find, since the process began.
class RuleCosts {
public:
    void add(const ReadBatch& batch);
    enum class What : uint8_t { Evaluations, Matches };
    std::vector<Sample> costliest(What what) const;

private:
    struct Cost {
        uint64_t evaluations = 0;
        uint64_t matches = 0;
    };
    mutable std::mutex mutex_;
    std::map<std::string, Cost, std::less<>> costs_;  // by the rule's id
};

// Everything that the service counts. Safe to use from many threads.
struct ServiceMetrics {
    using Counters = Metrics::Family<Counter>;
    using Histograms = Metrics::Family<Histogram>;

    Metrics registry;
    Counters& requests = registry.counters("vigia_http_requests_total", "Requests that were answered.",
                                           {"method", "route", "status"});
    Histograms& request_time = registry.histograms("vigia_http_request_duration_seconds",
                                                   "From the whole request to its answer's first byte.",
                                                   latency_bounds_s, {"route"});
    Counters& csp_reports = registry.counters(
        "vigia_csp_reports_total", "What browsers told of the console breaking its policy.", {"outcome"});
    Counters& logins_refused = registry.counters("vigia_logins_refused_total", "Logins that were refused.");
    Counters& events =
        registry.counters("vigia_intake_events_total", "Events that sources sent, by what became of them.",
                          {"source_kind", "outcome"});
    Counters& batches =
        registry.counters("vigia_intake_batches_total", "Batches that sources sent, by what they were told.",
                          {"source_kind", "outcome"});
    Counters& bytes = registry.counters("vigia_intake_bytes_total",
                                        "Bytes of acknowledged batches, as they came.", {"source_kind"});
    Histogram& read_time =
        registry
            .histograms("vigia_intake_read_seconds", "Reading a batch and holding rules against its events.",
                        latency_bounds_s)
            .with({});
    Histogram& acknowledge_time =
        registry
            .histograms("vigia_intake_acknowledge_seconds", "From a whole batch to its acknowledgement.",
                        latency_bounds_s)
            .with({});
    Histogram& lag =
        registry
            .histograms("vigia_intake_event_lag_seconds",
                        "From the time of an event to its arrival, of accepted events.", lag_bounds_s)
            .with({});
    Histograms& commit_time = registry.histograms(
        "vigia_commit_seconds", "What a commit of batches spends its time on.", latency_bounds_s, {"phase"});
    Counters& alerts_raised =
        registry.counters("vigia_alerts_raised_total", "Alerts that were raised.", {"severity"});
    Histogram& search_time =
        registry.histograms("vigia_search_seconds", "Questions to the events.", latency_bounds_s).with({});
    RuleCosts rule_costs;
};

// What is looked up when somebody asks. The platform must outlive its metrics' last print.
void add_gauges(Metrics& metrics, Platform& platform);

// Observes the time from its making to its end.
class Timed {
public:
    explicit Timed(Histogram& into) : into_(into), began_(steady_now()) {}
    Timed(const Timed&) = delete;
    Timed& operator=(const Timed&) = delete;
    ~Timed() { into_.observe(seconds_since(began_)); }

private:
    Histogram& into_;
    SteadyTime began_;
};

}  // namespace vigia
