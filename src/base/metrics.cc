#include "base/metrics.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.h"

namespace vigia {

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '"')
            (out += '\\') += c;
        else if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out;
}

// `{a="1",b="2"}`, with `more` at its end; nothing for no labels.
std::string label_text(const std::vector<std::string>& names, const LabelValues& values,
                       std::string_view more = "") {
    VIGIA_ASSERT(names.size() == values.size());
    std::string text;
    for (size_t i = 0; i < names.size(); i++)
        text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", names[i], escaped(values[i]));
    if (!more.empty()) text += (text.empty() ? "" : ",") + std::string(more);
    return text.empty() ? "" : "{" + text + "}";
}

std::string lines_of(const std::string& name, const std::vector<std::string>& labels,
                     const LabelValues& values, const Counter& counter) {
    return fmt::format("{}{} {}\n", name, label_text(labels, values), counter.value());
}

std::string lines_of(const std::string& name, const std::vector<std::string>& labels,
                     const LabelValues& values, const Histogram& histogram) {
    std::string text;
    uint64_t seen = 0;
    const std::vector<uint64_t> counts = histogram.counts();
    for (size_t i = 0; i < counts.size(); i++) {
        seen += counts[i];
        const std::string bound =
            i < histogram.bounds().size() ? fmt::format("{}", histogram.bounds()[i]) : "+Inf";
        text += fmt::format("{}_bucket{} {}\n", name,
                            label_text(labels, values, fmt::format("le=\"{}\"", bound)), seen);
    }
    const std::string own = label_text(labels, values);
    return text + fmt::format("{0}_sum{1} {2}\n{0}_count{1} {3}\n", name, own, histogram.sum(), seen);
}

}  // namespace

void Histogram::observe(double value, uint64_t times) {
    const auto at = static_cast<size_t>(std::ranges::lower_bound(bounds_, value) - bounds_.begin());
    counts_[at].fetch_add(times, std::memory_order_relaxed);
    sum_.fetch_add(value * static_cast<double>(times), std::memory_order_relaxed);
}

std::vector<uint64_t> Histogram::counts() const {
    std::vector<uint64_t> counts;
    for (const auto& one : counts_) counts.push_back(one.load(std::memory_order_relaxed));
    return counts;
}

void Metrics::add(std::string_view name, Entry entry) {
    const std::lock_guard lock(mutex_);
    const bool is_new = entries_.emplace(name, std::move(entry)).second;
    VIGIA_ASSERT(is_new);
}

namespace {

// A family that prints, shared by its owner and its entry.
template <typename Family>
std::string printed(const Family& family, const std::string& name, const std::vector<std::string>& labels) {
    std::string text;
    for (const auto& [values, measure] : family) text += lines_of(name, labels, values, *measure);
    return text;
}

}  // namespace

Metrics::Family<Counter>& Metrics::counters(std::string_view name, std::string_view help,
                                            std::vector<std::string> labels) {
    VIGIA_ASSERT(name.ends_with("_total"));
    auto family =
        std::make_shared<Family<Counter>>(std::move(labels), [] { return std::make_unique<Counter>(); });
    if (family->labels_.empty()) family->with({});
    add(name, {std::string(help), "counter", [family](const std::string& own) {
                   const std::lock_guard lock(family->mutex_);
                   return printed(family->measures_, own, family->labels_);
               }});
    return *family;
}

Metrics::Family<Histogram>& Metrics::histograms(std::string_view name, std::string_view help,
                                                std::span<const double> bounds,
                                                std::vector<std::string> labels) {
    auto family = std::make_shared<Family<Histogram>>(
        std::move(labels), [bounds] { return std::make_unique<Histogram>(bounds); });
    if (family->labels_.empty()) family->with({});
    add(name, {std::string(help), "histogram", [family](const std::string& own) {
                   const std::lock_guard lock(family->mutex_);
                   return printed(family->measures_, own, family->labels_);
               }});
    return *family;
}

void Metrics::read(Kind kind, std::string_view name, std::string_view help, std::vector<std::string> labels,
                   std::function<std::vector<Sample>()> read) {
    VIGIA_ASSERT(kind == Kind::Gauge || name.ends_with("_total"));
    add(name, {std::string(help), kind == Kind::Counter ? "counter" : "gauge",
               [labels = std::move(labels), read = std::move(read)](const std::string& own) {
                   std::string text;
                   for (const Sample& one : read())
                       text += fmt::format("{}{} {}\n", own, label_text(labels, one.labels), one.value);
                   return text;
               }});
}

void Metrics::read(Kind kind, std::string_view name, std::string_view help, std::function<double()> read) {
    this->read(kind, name, help, {}, [read = std::move(read)] { return std::vector<Sample>{{{}, read()}}; });
}

std::string Metrics::print() const {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (const auto& [name, entry] : entries_)
        text +=
            fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, entry.help, entry.type) + entry.print(name);
    return text;
}

}  // namespace vigia
