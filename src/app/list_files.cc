// The files beside those of rules: named lists, and what is settled about rules that Vigia ships.
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "app/rule_files.h"
#include "app/yaml.h"
#include "base/number.h"
#include "base/random.h"
#include "model/quote.h"

namespace vigia {

namespace {

// Reads `managed.yaml`: a list of mappings with the id of a rule and what is settled about it.
class ManagedReader {
public:
    ManagedReader(const std::string& file, std::vector<FileProblem>& problems)
        : file_(file), problems_(problems) {}

    std::optional<std::vector<ManagedEntry>> read(const YAML::Node& root) {
        if (root.IsNull()) return std::vector<ManagedEntry>();
        if (!root.IsSequence()) {
            report(1, "expected a list of mappings with the keys rule, severity, enabled, threshold, window");
            return std::nullopt;
        }
        for (const auto& item : root) entry(item);
        std::ranges::sort(entries_, {}, &ManagedEntry::rule);
        for (size_t i = 1; i < entries_.size(); i++) {
            if (entries_[i].rule == entries_[i - 1].rule)
                report(entries_[i].line, fmt::format("the rule {} stands twice", entries_[i].rule));
        }
        return good_ ? std::optional(std::move(entries_)) : std::nullopt;
    }

private:
    void report(int line, std::string message) {
        problems_.push_back({file_, line, Diagnostic::Level::Error, std::move(message)});
        good_ = false;
    }

    void entry(const YAML::Node& item) {
        ManagedEntry one{.rule = {}, .settings = {}, .line = line_of(item)};
        if (!item.IsMap()) return report(one.line, "expected a mapping with the key rule");
        for (const auto& member : item) {
            const std::string value = member.second.IsScalar() ? member.second.Scalar() : "";
            if (!take(member.first.Scalar(), value, one))
                report(line_of(member.second),
                       fmt::format("the key '{}' is unknown or its value is wrong", member.first.Scalar()));
        }
        if (one.rule.empty()) report(one.line, "the key 'rule' is missing");
        if (const auto checked = check_body(one.settings); !checked)
            report(one.line, checked.error().message);
        entries_.push_back(std::move(one));
    }

    static bool take(const std::string& key, const std::string& value, ManagedEntry& into) {
        ManagedSettings& settings = into.settings;
        if (key == "rule") return is_uuid(into.rule = value);
        if (key == "severity") return (settings.severity = parse_whole<int>(value)).has_value();
        if (key == "threshold") return (settings.threshold = parse_whole<uint32_t>(value)).has_value();
        if (key == "window") return (settings.window = parse_duration(value)).has_value();
        if (key != "enabled" || (value != "true" && value != "false")) return false;
        settings.enabled = value == "true";
        return true;
    }

    const std::string& file_;
    std::vector<FileProblem>& problems_;
    std::vector<ManagedEntry> entries_;
    bool good_ = true;
};

std::optional<ListFile> list_of(const YAML::Node& root, const std::string& file,
                                std::vector<FileProblem>& problems) {
    if (!root.IsMap() || !root["name"] || !root["items"] || !root["items"].IsSequence()) {
        problems.push_back(
            {file, 1, Diagnostic::Level::Error, "a list has the keys name, description and items"});
        return std::nullopt;
    }
    ListFile list{.name = root["name"].as<std::string>(""),
                  .description = root["description"].as<std::string>(""),
                  .items = {}};
    for (const auto& item : root["items"]) {
        if (list.items.size() == list_items_max) {
            problems.push_back(
                {file, line_of(item), Diagnostic::Level::Error,
                 fmt::format("the list has more than {} items; the rest is left out", list_items_max)});
            break;
        }
        list.items.push_back(item.as<std::string>(""));
    }
    return list;
}

}  // namespace

std::optional<ListFile> read_list(std::string_view yaml, const std::string& file,
                                  std::vector<FileProblem>& problems) {
    std::optional<ListFile> list;
    read_yaml(yaml, file, problems, [&](const YAML::Node& root) { list = list_of(root, file, problems); });
    return list;
}

std::optional<std::vector<ManagedEntry>> read_managed(std::string_view yaml, const std::string& file,
                                                      std::vector<FileProblem>& problems) {
    std::optional<std::vector<ManagedEntry>> entries;
    read_yaml(yaml, file, problems,
              [&](const YAML::Node& root) { entries = ManagedReader(file, problems).read(root); });
    return entries;
}

std::string print_yaml(const ListFile& list) {
    std::string yaml = fmt::format("name: {}\ndescription: {}\nitems:{}\n", list.name,
                                   quote(list.description), list.items.empty() ? " []" : "");
    for (const std::string& item : list.items) yaml += fmt::format("  - {}\n", quote(item));
    return yaml;
}

std::string print_yaml(const ManagedSettings& settings) {
    std::string yaml;
    if (settings.severity) yaml += fmt::format("severity: {}\n", *settings.severity);
    if (settings.enabled) yaml += fmt::format("enabled: {}\n", *settings.enabled);
    if (settings.threshold) yaml += fmt::format("threshold: {}\n", *settings.threshold);
    if (settings.window) yaml += fmt::format("window: {}\n", format_duration(*settings.window));
    return yaml;
}

}  // namespace vigia
