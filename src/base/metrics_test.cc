#include "base/metrics.h"

#include <gtest/gtest.h>

#include <thread>

namespace vigia {
namespace {

constexpr std::array bounds{0.1, 1.0};

TEST(Metrics, PrintsInTheOrderOfNamesWithHelpAndType) {
    Metrics metrics;
    metrics.counters("b_total", "Second.", {"kind", "text"}).with({"x", "a\"b\\c\nd"}).add(3);
    Histogram& histogram = metrics.histograms("a_seconds", "First.", bounds).with({});
    histogram.observe(0.1);
    histogram.observe(0.5, 2);
    histogram.observe(7);
    metrics.read(Metrics::Kind::Gauge, "c", "Third.", [] { return 1.5; });
    EXPECT_EQ(
        metrics.print(),
        "# HELP a_seconds First.\n# TYPE a_seconds histogram\n"
        "a_seconds_bucket{le=\"0.1\"} 1\na_seconds_bucket{le=\"1\"} 3\na_seconds_bucket{le=\"+Inf\"} 4\n"
        "a_seconds_sum 8.1\na_seconds_count 4\n"
        "# HELP b_total Second.\n# TYPE b_total counter\n"
        "b_total{kind=\"x\",text=\"a\\\"b\\\\c\\nd\"} 3\n"
        "# HELP c Third.\n# TYPE c gauge\nc 1.5\n");
}

TEST(Metrics, WhatHasNoLabelsIsThereFromTheStart) {
    Metrics metrics;
    metrics.counters("x_total", "X.");
    EXPECT_EQ(metrics.print(), "# HELP x_total X.\n# TYPE x_total counter\nx_total 0\n");
}

TEST(Metrics, CountsOfManyThreadsAreWhole) {
    Metrics metrics;
    auto& family = metrics.counters("x_total", "X.", {"n"});
    auto& histogram = metrics.histograms("y", "Y.", bounds).with({});
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; i++)
            threads.emplace_back([&] {
                for (int n = 0; n < 1000; n++) {
                    family.with({std::to_string(n % 3)}).add();
                    histogram.observe(0.5);
                }
            });
    }
    EXPECT_EQ(family.with({"0"}).value() + family.with({"1"}).value() + family.with({"2"}).value(), 4000U);
    EXPECT_EQ(histogram.counts(), (std::vector<uint64_t>{0, 4000, 0}));
    EXPECT_EQ(histogram.sum(), 2000);
}

TEST(Metrics, TellOfTheProcess) {
    Metrics metrics;
    add_process_metrics(metrics);
    const std::string text = metrics.print();
    for (const char* name :
         {"process_resident_memory_bytes ", "process_open_fds ", "process_cpu_seconds_total "})
        EXPECT_GT(std::stod(text.substr(text.find("\n" + std::string(name)) + 1 + std::string(name).size())),
                  0)
            << name;
}

}  // namespace
}  // namespace vigia
