#include "app/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/sorted.h"
#include "model/quote.h"

namespace vigia {

namespace {

constexpr auto formats = std::to_array<std::pair<std::string_view, Format>>({{"text", Format::Text},
                                                                             {"json", Format::Json},
                                                                             {"ndjson", Format::Ndjson},
                                                                             {"sarif", Format::Sarif},
                                                                             {"junit", Format::Junit}});

constexpr std::array<std::string_view, 3> severity_colours{"\x1b[1;31m", "\x1b[1;33m", "\x1b[36m"};
constexpr std::string_view plain = "\x1b[0m";

const Rule& rule_of(const Alert& alert, const RuleSet& rules) { return rules.rules()[alert.rule].rule; }

std::string json_of(const Alert& alert, const RuleSet& rules) {
    const Rule& rule = rule_of(alert, rules);
    std::string aggregates, records;
    for (const NamedValue& one : alert.aggregates)
        aggregates += (aggregates.empty() ? "" : ",") + quote(one.name) + ":" + quote(one.value);
    for (const std::string& record : alert.latest_records) records += (records.empty() ? "" : ",") + record;
    return fmt::format(
        R"({{"severity":{},"title":{},"rule":{{"id":{},"name":{},"ruleset":{},"attack":{},"references":{},"description":{}}},"aggregates":{{{}}},)"
        R"("count":{},"firstEventAt":"{}","createdAt":"{}","lastEventAt":"{}","expiresAt":"{}","eventIds":{},"latestEvents":[{}]}})",
        rule.severity, quote(alert.title), quote(rule.id), quote(rule.name), quote(rule.ruleset),
        quote_list(rule.attack), quote_list(rule.references), quote(rule.description), aggregates,
        alert.count, format_rfc3339(alert.first_at), format_rfc3339(alert.created_at),
        format_rfc3339(alert.last_at), format_rfc3339(alert.expires_at), quote_list(alert.event_ids),
        records);
}

std::string summary_json(const Outcome& outcome) {
    const Counts& counts = outcome.counts;
    return fmt::format(
        R"({{"files":{},"bytes":{},"events":{},"duplicates":{},"outsideRange":{},"digests":{},"controlMessages":{},"refused":{},"matched":{},"suppressed":{}}})",
        counts.files, counts.bytes, counts.events, counts.duplicates, counts.outside, counts.digests,
        counts.controls, counts.refused, counts.matched, counts.suppressed);
}

std::string print_json(const std::vector<Alert>& alerts, const RuleSet& rules, const Outcome& outcome) {
    std::string items, problems;
    for (const Alert& alert : alerts) items += (items.empty() ? "\n" : ",\n") + json_of(alert, rules);
    for (const Problem& one : outcome.problems) {
        problems += (problems.empty() ? "" : ",") +
                    fmt::format(R"({{"file":{},"record":{},"offset":{},"message":{}}})", quote(one.file),
                                one.record, one.offset, quote(one.message));
    }
    return fmt::format("{{\"alerts\":[{}],\n\"problems\":[{}],\n\"summary\":{}}}\n", items, problems,
                       summary_json(outcome));
}

// The levels of SARIF 2.1.0, by severity.
constexpr std::array<std::string_view, 3> sarif_levels{"error", "warning", "note"};

std::string print_sarif(const std::vector<Alert>& alerts, const RuleSet& rules) {
    std::string results, descriptors;
    std::vector<uint32_t> used;
    for (const Alert& alert : alerts) used.push_back(alert.rule);
    sort_unique(used);
    for (const uint32_t index : used) {
        const Rule& rule = rules.rules()[index].rule;
        descriptors +=
            (descriptors.empty() ? "" : ",") +
            fmt::format(
                R"({{"id":{},"name":{},"shortDescription":{{"text":{}}},"fullDescription":{{"text":{}}},"properties":{{"tags":{}}}}})",
                quote(rule.id), quote(rule.name), quote(rule.name), quote(rule.description),
                quote_list(rule.attack));
    }
    for (const Alert& alert : alerts) {
        const Rule& rule = rule_of(alert, rules);
        results +=
            (results.empty() ? "" : ",") +
            fmt::format(
                R"({{"ruleId":{},"level":"{}","message":{{"text":{}}},"occurrenceCount":{},"partialFingerprints":{{"alertKey/v1":{}}},"properties":{{"createdAt":"{}","severity":{}}}}})",
                quote(rule.id), sarif_levels[static_cast<size_t>(rule.severity - 1)], quote(alert.title),
                alert.count, quote(alert.key), format_rfc3339(alert.created_at), rule.severity);
    }
    return fmt::format(
        R"({{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"vigia","version":"{}","rules":[{}]}}}},"results":[{}]}}]}})"
        "\n",
        VIGIA_VERSION, descriptors, results);
}

// One test case a rule; a rule that made alerts has failed.
std::string print_junit(const std::vector<Alert>& alerts, const RuleSet& rules) {
    std::string cases;
    size_t failed = 0;
    for (uint32_t i = 0; i < rules.rules().size(); i++) {
        const Rule& rule = rules.rules()[i].rule;
        std::string failures;
        for (const Alert& alert : alerts) {
            if (alert.rule != i) continue;
            failures += fmt::format("    <failure type=\"severity {}\" message=\"{}\"/>\n", rule.severity,
                                    escape_xml(alert.title));
        }
        failed += failures.empty() ? 0 : 1;
        cases += fmt::format("  <testcase classname=\"{}\" name=\"{}\">\n{}  </testcase>\n",
                             escape_xml(rule.ruleset), escape_xml(rule.name), failures);
    }
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"vigia detect\" tests=\"{}\" "
        "failures=\"{}\">\n{}</testsuite>\n",
        rules.rules().size(), failed, cases);
}

std::string alert_lines(const Alert& alert, const RuleSet& rules, const ReportStyle& style) {
    const Rule& rule = rule_of(alert, rules);
    const bool colour = style.colour == Colour::On;
    std::string line = fmt::format("{}SEV {}{}  {}  {:>5}x  {}",
                                   colour ? severity_colours[static_cast<size_t>(rule.severity - 1)] : "",
                                   rule.severity, colour ? plain : "", format_rfc3339(alert.created_at),
                                   alert.count, printable(alert.title));
    if (!rule.attack.empty()) line += fmt::format("  [{}]", fmt::join(rule.attack, " "));
    line += '\n';
    if (style.detail == Detail::Line) return line;
    line +=
        fmt::format("       {}\n       rule {} ({}), {} to {}\n", printable(rule.description), rule.id,
                    printable(rule.ruleset), format_rfc3339(alert.first_at), format_rfc3339(alert.last_at));
    for (const std::string& record : alert.latest_records) line += "       " + printable(record) + "\n";
    return line;
}

// A file that is no log at all would fill the screen: after some problems of a file, only their number.
constexpr size_t problems_of_file_max = 5;

std::string print_problems(const std::vector<Problem>& problems) {
    std::string text;
    for (size_t at = 0; at < problems.size();) {
        size_t end = at;
        while (end < problems.size() && problems[end].file == problems[at].file) end++;
        const size_t shown = std::min(end, at + problems_of_file_max);
        for (size_t i = at; i < shown; i++) text += print(problems[i]) + "\n";
        if (shown < end)
            text += fmt::format("{}: {} more like these\n", printable(problems[at].file), end - shown);
        at = end;
    }
    return text;
}

std::string print_text(const std::vector<Alert>& alerts, const RuleSet& rules, const Outcome& outcome,
                       const ReportStyle& style) {
    std::string text;
    text += print_problems(outcome.problems);
    for (const Alert& alert : alerts) text += alert_lines(alert, rules, style);
    return text + print_summary(alerts, rules, outcome);
}

}  // namespace

std::optional<Format> format_of(std::string_view name) {
    const auto at = std::ranges::find(formats, name, &std::pair<std::string_view, Format>::first);
    return at == formats.end() ? std::nullopt : std::optional(at->second);
}

std::string print_report(const std::vector<Alert>& alerts, const RuleSet& rules, const Outcome& outcome,
                         const ReportStyle& style) {
    std::vector<Alert> severest_first = alerts;
    std::ranges::stable_sort(severest_first, {},
                             [&](const Alert& alert) { return rule_of(alert, rules).severity; });
    switch (style.format) {
        case Format::Text:
            return print_text(severest_first, rules, outcome, style);
        case Format::Json:
            return print_json(severest_first, rules, outcome);
        case Format::Ndjson: {
            std::string lines;
            for (const Alert& alert : severest_first) lines += json_of(alert, rules) + "\n";
            return lines;
        }
        case Format::Sarif:
            return print_sarif(severest_first, rules);
        case Format::Junit:
            return print_junit(severest_first, rules);
    }
    std::unreachable();
}

std::string print_summary(const std::vector<Alert>& alerts, const RuleSet& rules, const Outcome& outcome) {
    const Counts& counts = outcome.counts;
    std::array<size_t, 3> by_severity{};
    for (const Alert& alert : alerts) by_severity[static_cast<size_t>(rule_of(alert, rules).severity - 1)]++;
    std::string text =
        fmt::format("{} alerts (severity 1: {}, 2: {}, 3: {}) from {} events in {} files", alerts.size(),
                    by_severity[0], by_severity[1], by_severity[2], counts.events, counts.files);
    if (counts.first && counts.last)
        text += fmt::format(", {} to {}", format_rfc3339(*counts.first), format_rfc3339(*counts.last));
    text += fmt::format("\n{} matches, {} suppressed, {} rules", counts.matched, counts.suppressed,
                        rules.rules().size());
    const auto more = [&](uint64_t count, std::string_view what) {
        if (count > 0) text += fmt::format(", {} {}", count, what);
    };
    more(counts.duplicates, "events seen before and counted once");
    more(counts.outside, "events outside the time asked for");
    more(counts.digests, "digest files skipped");
    more(counts.controls, "control messages skipped");
    more(counts.refused, "records REFUSED (see above)");
    return text + "\n";
}

std::string print(const Problem& problem) {
    if (problem.record == 0)
        return fmt::format("{}: {}", printable(problem.file), printable(problem.message));
    return fmt::format("{}: record {} (byte {}): {}", printable(problem.file), problem.record, problem.offset,
                       printable(problem.message));
}

std::string printable(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f)
            safe += fmt::format("\\x{:02x}", byte);
        else
            safe += c;
    }
    return safe;
}

std::string escape_xml(std::string_view text) {
    std::string safe;
    for (const char c : printable(text)) {
        switch (c) {
            case '&':
                safe += "&amp;";
                break;
            case '<':
                safe += "&lt;";
                break;
            case '>':
                safe += "&gt;";
                break;
            case '"':
                safe += "&quot;";
                break;
            default:
                safe += c;
        }
    }
    return safe;
}

}  // namespace vigia
