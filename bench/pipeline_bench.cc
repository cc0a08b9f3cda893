// pipeline_bench FOLDER [RULES…]: one table from one run over the gzip files of a folder. The floor is gunzip
// (libdeflate, whole files), and gunzip with one forward simdjson pass that takes twelve fields by name;
// above it, gz to verdict with more and more rules.
#include <fmt/format.h>
#include <libdeflate.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <random>

#include "app/pipeline.h"
#include "base/file.h"
#include "floor.h"

namespace vigia {
namespace {

constexpr size_t inflated_bytes_max = 256 * 1024 * 1024;
constexpr int rounds = 3;  // the fastest counts

struct Row {
    std::string name;
    double seconds;
};

double fastest(const std::function<void()>& work) {
    double best = 1e9;
    for (int i = 0; i < rounds; i++) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        best =
            std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    return best;
}

size_t inflate(const std::string& gz, std::string& out) {
    static libdeflate_decompressor* const decompressor = libdeflate_alloc_decompressor();
    size_t size = 0;
    out.resize(std::max(out.size(), gz.size() * 16 + floor_padding));
    while (libdeflate_gzip_decompress(decompressor, gz.data(), gz.size(), out.data(), out.size(), &size) !=
           LIBDEFLATE_SUCCESS) {
        if (out.size() > inflated_bytes_max) return 0;
        out.resize(out.size() * 2);
    }
    out.resize(std::max(out.size(), size + floor_padding));
    return size;
}

// The shipped rules first, then ones like them over made-up values, until there are `count`.
std::shared_ptr<const RuleSet> rules_of(size_t count) {
    LoadedRules loaded = load_rules({shipped_rules_folder()});
    if (loaded.rules.size() > count) loaded.rules.resize(count);
    std::mt19937 random(7);
    const auto below = [&](unsigned end) { return static_cast<unsigned>(random() % end); };
    constexpr std::array<const char*, 6> sources{"s3", "ec2", "iam", "kms", "sts", "lambda"};
    constexpr std::array<const char*, 6> names{"GetObject", "RunInstances", "PutRolePolicy",
                                               "Decrypt",   "AssumeRole",   "Invoke"};
    while (loaded.rules.size() < count) {
        Rule rule{.id = fmt::to_string(loaded.rules.size()), .name = "synthetic", .title = "synthetic"};
        const std::string last =
            fmt::format(fmt::runtime(std::array<const char*, 4>{
                            "userAgent like \"tool-{}\"", "requestParameters.bucketName = \"bucket-{}\"",
                            "userIdentity.arn ends_with \"/person-{}\"", "ip = \"10.{}.0.0/16\""}[below(4)]),
                        below(250));
        const unsigned kind = below(6);
        rule.filter =
            fmt::format("eventSource = \"{}.amazonaws.com\" and eventName = \"{}{}\" and {}", sources[kind],
                        names[kind], below(10) == 0 ? std::string() : fmt::to_string(below(400)), last);
        CheckedRuleResult checked = check_rule(std::move(rule), all_catalogues(), loaded.lists);
        if (checked.rule) loaded.rules.push_back(std::move(*checked.rule));
    }
    return make_rule_set(std::move(loaded.rules), std::move(loaded.lists));
}

int run_bench(const std::string& folder, std::vector<size_t> counts) {
    if (counts.empty()) counts = {10, 100, 1000, 10'000};
    const auto files = files_below(folder);
    if (!files) return fmt::print(stderr, "{}\n", files.error().message), 2;
    std::vector<std::string> packed;
    for (const std::string& file : *files) packed.push_back(read_file(file, inflated_bytes_max).value_or(""));
    std::string text;
    std::vector<Row> rows;
    size_t fields = 0;
    rows.push_back({"gunzip", fastest([&] {
                        for (const std::string& gz : packed) inflate(gz, text);
                    })});
    rows.push_back({"gunzip + simdjson, 12 fields", fastest([&] {
                        fields = 0;
                        for (const std::string& gz : packed) fields += twelve_fields(text, inflate(gz, text));
                    })});
    uint64_t events = 0, bytes = 0, matches = 0;
    for (const size_t count : counts) {
        const auto rules = rules_of(count);
        for (const size_t threads : {1U, 2U}) {
            rows.push_back(
                {fmt::format("gz to verdict, {} rules, {} thread{}", count, threads, threads == 1 ? "" : "s"),
                 fastest([&] {
                     const Outcome outcome =
                         run(*files, rules, {.threads = threads}, [&](const Match&) { matches++; });
                     events = outcome.counts.events;
                     bytes = outcome.counts.bytes;
                 })});
        }
    }
    fmt::print(
        "{} events, {} MB inflated, {} files, {} fields\n\n| what | ns an event | events a second | times "
        "the 12 fields |\n| --- | ---: | ---: | ---: |\n",
        events, bytes / 1'000'000, files->size(), fields);
    for (const Row& row : rows) {
        fmt::print("| {} | {:.0f} | {:.0f} | {:.2f} |\n", row.name,
                   row.seconds * 1e9 / static_cast<double>(events), static_cast<double>(events) / row.seconds,
                   row.seconds / rows[1].seconds);
    }
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    fmt::print("\nPeak memory {} MB.\n", usage.ru_maxrss / 1024);
    return 0;
}

}  // namespace
}  // namespace vigia

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    std::vector<size_t> counts;
    for (int i = 2; i < argc; i++) counts.push_back(std::stoul(argv[i]));
    return vigia::run_bench(argv[1], std::move(counts));
}
