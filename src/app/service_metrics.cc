#include "app/service_metrics.h"

#include <algorithm>

#include "app/platform.h"

namespace vigia {

void RuleCosts::add(const ReadBatch& batch) {
    if (batch.evaluations.empty() && batch.matched.empty()) return;
    const std::lock_guard lock(mutex_);
    for (const auto& [rule, count] : batch.evaluations) costs_[rule].evaluations += count;
    for (const ReadBatch::Matched& one : batch.matched) costs_[one.match.rule_id].matches++;
}

std::vector<Sample> RuleCosts::costliest(What what) const {
    std::vector<std::pair<std::string, Cost>> all;
    {
        const std::lock_guard lock(mutex_);
        all.assign(costs_.begin(), costs_.end());
    }
    const auto more = [](const auto& one, const auto& other) {
        return std::pair(other.second.evaluations, other.first) <
               std::pair(one.second.evaluations, one.first);
    };
    const size_t count = std::min(all.size(), costly_rules_max);
    std::ranges::partial_sort(all, all.begin() + static_cast<std::ptrdiff_t>(count), more);
    all.resize(count);
    std::vector<Sample> samples;
    for (const auto& [rule, cost] : all)
        samples.push_back(
            {{rule}, static_cast<double>(what == What::Matches ? cost.matches : cost.evaluations)});
    return samples;
}

namespace {

struct Gauge {
    std::string_view name;
    std::string_view help;
    uint64_t (*value)(Platform& platform);
};

constexpr auto gauges = std::to_array<Gauge>({
    {"vigia_tail_events", "Events in memory that are not sealed yet.",
     [](Platform& platform) { return platform.events().counts().tail_rows; }},
    {"vigia_waiting_tails", "Full tails that wait to be sealed.",
     [](Platform& platform) -> uint64_t { return platform.events().waiting_tails(); }},
    {"vigia_sealed_events", "Events in sealed parts.",
     [](Platform& platform) { return platform.events().counts().sealed_rows; }},
    {"vigia_parts", "Sealed parts of the lake.",
     [](Platform& platform) { return platform.events().counts().parts; }},
    {"vigia_part_bytes", "Bytes of the sealed parts.",
     [](Platform& platform) { return platform.events().counts().part_bytes; }},
    {"vigia_damaged_parts", "Parts that could not be read and were set aside.",
     [](Platform& platform) -> uint64_t { return platform.events().counts().damaged.size(); }},
    {"vigia_store_memory_bytes", "Memory of the tail, and what DuckDB has for queries.",
     [](Platform& platform) { return platform.events().memory_bytes().value_or(0); }},
    {"vigia_intake_bodies_bytes", "Bytes of the batches in work.",
     [](Platform& platform) { return platform.intake().bodies_bytes(); }},
    {"vigia_intake_waiting_batches", "Batches that wait to be durable.",
     [](Platform& platform) -> uint64_t { return platform.intake().waiting(); }},
    {"vigia_rules", "Rules in force, of all organisations together.",
     [](Platform& platform) -> uint64_t { return platform.rules_in_force()->rules->rules().size(); }},
    {"vigia_rules_problems", "Rules that could not be put in force.",
     [](Platform& platform) -> uint64_t { return platform.rules_in_force()->problems.size(); }},
});

// Of each connection to AWS that runs.
struct AwsMeasure {
    Metrics::Kind kind;
    std::string_view name;
    std::string_view help;
    double (*value)(const AwsSourceStatus& status);
};

constexpr auto aws_measures = std::to_array<AwsMeasure>({
    {Metrics::Kind::Gauge, "vigia_aws_failing", "1 while something stands in the way of the connection.",
     [](const AwsSourceStatus& status) { return status.error.empty() ? 0.0 : 1.0; }},
    {Metrics::Kind::Gauge, "vigia_aws_lag_seconds",
     "Of the last message: from when it was sent until its objects were durable and detected.",
     [](const AwsSourceStatus& status) { return status.lag_s.value_or(0); }},
    {Metrics::Kind::Gauge, "vigia_aws_in_work", "Messages in work.",
     [](const AwsSourceStatus& status) { return static_cast<double>(status.in_work); }},
    {Metrics::Kind::Counter, "vigia_aws_messages_total", "Messages that were received.",
     [](const AwsSourceStatus& status) { return static_cast<double>(status.messages); }},
    {Metrics::Kind::Counter, "vigia_aws_objects_total", "Objects that were taken in.",
     [](const AwsSourceStatus& status) { return static_cast<double>(status.objects); }},
    {Metrics::Kind::Counter, "vigia_aws_failures_total", "Attempts at an object that will be made again.",
     [](const AwsSourceStatus& status) { return static_cast<double>(status.failures); }},
    {Metrics::Kind::Counter, "vigia_aws_dead_letters_total", "Messages and objects that were set aside.",
     [](const AwsSourceStatus& status) { return static_cast<double>(status.dead); }},
});

void add_aws_measures(Metrics& metrics, Platform& platform) {
    for (const AwsMeasure& one : aws_measures)
        metrics.read(one.kind, one.name, one.help, {"connection"}, [&platform, value = one.value] {
            std::vector<Sample> samples;
            for (const auto& source : platform.aws_sources().running())
                samples.push_back({{source->connection().id}, value(source->status())});
            return samples;
        });
}

}  // namespace

void add_gauges(Metrics& metrics, Platform& platform) {
    for (const Gauge& one : gauges)
        metrics.read(Metrics::Kind::Gauge, one.name, one.help,
                     [&platform, value = one.value] { return static_cast<double>(value(platform)); });
    metrics.read(Metrics::Kind::Gauge, "vigia_build_info", "Always 1; the label says which Vigia this is.",
                 {"version"}, [] { return std::vector<Sample>{{{VIGIA_VERSION}, 1}}; });
    const auto add_cost = [&](std::string_view name, std::string_view help, RuleCosts::What what) {
        metrics.read(Metrics::Kind::Counter, name, help, {"rule"},
                     [&platform, what] { return platform.metrics().rule_costs.costliest(what); });
    };
    add_cost("vigia_rule_evaluations_total",
             "How often the filter of a rule ran over an event, of the rules that run most often.",
             RuleCosts::What::Evaluations);
    add_cost("vigia_rule_matches_total", "Events that a rule held of, of the rules that run most often.",
             RuleCosts::What::Matches);
    add_aws_measures(metrics, platform);
    add_process_metrics(metrics);
}

}  // namespace vigia
