#include "app/rule_files.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "app/yaml.h"
#include "base/file.h"
#include "base/number.h"
#include "base/random.h"
#include "base/utf8.h"
#include "lang/nearest.h"
#include "lang/value_predicate.h"
#include "model/quote.h"
#include "normalise/catalogue.h"

namespace vigia {

namespace {

constexpr size_t yaml_depth_max = 64;
// Of one event: aliases may stand for a text again and again.
constexpr size_t event_bytes_max = 1024 * 1024;

// A YAML value as JSON: plain scalars that spell a number or a truth are one, quoted ones are text.
Result<std::string> to_json(const YAML::Node& node, size_t depth) {
    if (depth > yaml_depth_max)
        return error(ErrorKind::BadInput, fmt::format("nested deeper than {}", yaml_depth_max));
    if (node.IsNull() || !node.IsDefined()) return "null";
    if (node.IsScalar()) {
        const std::string& text = node.Scalar();
        const bool plain = node.Tag() == "?";
        if (plain && (text == "true" || text == "false" || text == "null" || parse_number(text))) return text;
        return quote(text);
    }
    std::string json = node.IsMap() ? "{" : "[";
    for (const auto& entry : node) {
        if (json.size() > 1) json += ',';
        if (node.IsMap()) json += quote(entry.first.Scalar()) + ":";
        json += TRY(to_json(node.IsMap() ? entry.second : entry, depth + 1));
        if (json.size() > event_bytes_max)
            return error(ErrorKind::BadInput, fmt::format("an event of more than {} bytes", event_bytes_max));
    }
    return json + (node.IsMap() ? "}" : "]");
}

class RuleReader {
public:
    RuleReader(const std::string& file, std::vector<FileProblem>& problems)
        : file_(file), problems_(problems) {
        out_.rule.file = file;
    }

    std::optional<RuleFile> read(const YAML::Node& root) {
        if (!root.IsMap()) {
            report(1, "expected a mapping of a rule's keys");
            return std::nullopt;
        }
        for (const auto& entry : root) key(entry.first.Scalar(), entry.second, line_of(entry.first));
        for (const KeySpec& spec : keys) {
            if (spec.required && !seen_.contains(std::string(spec.name)))
                report(0, fmt::format("the key '{}' is missing", spec.name));
        }
        check_tests();
        return good_ ? std::optional(std::move(out_)) : std::nullopt;
    }

private:
    struct KeySpec {
        std::string_view name;
        bool required;
        void (RuleReader::*take)(const YAML::Node&);
    };
    static const std::array<KeySpec, 16> keys;

    void report(int line, std::string message) {
        problems_.push_back({file_, line, Diagnostic::Level::Error, std::move(message)});
        good_ = false;
    }

    void key(const std::string& name, const YAML::Node& value, int line) {
        const auto spec = std::ranges::find(keys, name, &KeySpec::name);
        if (spec == keys.end()) {
            std::vector<std::string_view> names;
            for (const KeySpec& one : keys) names.push_back(one.name);
            const auto near = nearest(name, names);
            return report(line, near ? fmt::format("unknown key '{}'; did you mean '{}'?", name, *near)
                                     : fmt::format("unknown key '{}'", name));
        }
        if (!seen_.insert(name).second) return report(line, fmt::format("the key '{}' stands twice", name));
        key_ = name;
        (this->*spec->take)(value);
    }

    std::string text(const YAML::Node& value) {
        if (!value.IsScalar() || value.Scalar().empty()) {
            report(line_of(value), fmt::format("'{}' must be a text", key_));
            return "";
        }
        return value.Scalar();
    }

    // An empty text is one that a rule made over the API may have.
    std::string text_or_nothing(const YAML::Node& value) {
        if (!value.IsScalar() || !value.Scalar().empty()) return text(value);
        problems_.push_back(
            {file_, line_of(value), Diagnostic::Level::Warning, fmt::format("'{}' is empty", key_)});
        return "";
    }

    std::vector<std::string> texts(const YAML::Node& value) {
        std::vector<std::string> list;
        if (value.IsNull()) return list;
        if (!value.IsSequence()) {
            report(line_of(value), fmt::format("'{}' must be a list", key_));
            return list;
        }
        for (const auto& item : value) list.push_back(text(item));
        return list;
    }

    int number(const YAML::Node& value, int least, int most) {
        const auto spelled = value.IsScalar() ? parse_number(value.Scalar()) : std::nullopt;
        if (!spelled || spelled->kind != Number::Kind::Signed || spelled->integer < least ||
            spelled->integer > most) {
            report(line_of(value),
                   fmt::format("'{}' must be a whole number from {} to {}", key_, least, most));
            return least;
        }
        return static_cast<int>(spelled->integer);
    }

    bool truth(const YAML::Node& value) {
        if (value.IsScalar() && (value.Scalar() == "true" || value.Scalar() == "false"))
            return value.Scalar() == "true";
        report(line_of(value), fmt::format("'{}' must be true or false", key_));
        return false;
    }

    void take_id(const YAML::Node& value) {
        out_.rule.id = text(value);
        if (!is_uuid(out_.rule.id))
            report(line_of(value), "'id' must be a UUID in lower case; `uuidgen` makes one");
    }
    void take_name(const YAML::Node& value) { out_.rule.name = text(value); }
    void take_title(const YAML::Node& value) { out_.rule.title = text_or_nothing(value); }
    void take_type(const YAML::Node& value) {
        const auto type = rule_type_of(text(value));
        if (!type)
            return report(line_of(value), fmt::format("'type' must be one of {}, not '{}'",
                                                      fmt::join(rule_type_names(), ", "), value.Scalar()));
        out_.rule.type = *type;
    }
    void take_severity(const YAML::Node& value) {
        out_.rule.severity = number(value, severity_highest, severity_lowest);
    }
    void take_description(const YAML::Node& value) { out_.rule.description = text_or_nothing(value); }
    void take_filter(const YAML::Node& value) { out_.rule.filter = text(value); }
    void take_suppressions(const YAML::Node& value) { out_.rule.suppressions = texts(value); }
    void take_aggregates(const YAML::Node& value) { out_.rule.aggregate_fields = texts(value); }
    void take_window(const YAML::Node& value) {
        const auto window = parse_duration(text(value));
        if (!window)
            return report(line_of(value),
                          "'window' must be a number with s, m, h or d, at most 366d: 90s, 15m, 24h, 7d");
        out_.rule.window = *window;
    }
    void take_threshold(const YAML::Node& value) {
        out_.rule.threshold = static_cast<uint32_t>(number(value, 1, threshold_max));
    }
    void take_enabled(const YAML::Node& value) { out_.rule.enabled = truth(value); }
    void take_attack(const YAML::Node& value) { out_.rule.attack = texts(value); }
    void take_references(const YAML::Node& value) { out_.rule.references = texts(value); }
    void take_ruleset(const YAML::Node& value) {
        if (!value.IsScalar()) return report(line_of(value), "'ruleset' must be a text");
        out_.rule.ruleset = value.Scalar();
        out_.names_ruleset = true;
    }
    void take_tests(const YAML::Node& value) {
        if (!value.IsSequence()) return report(line_of(value), "'tests' must be a list");
        for (const auto& item : value) take_test(item);
    }

    void take_test(const YAML::Node& item) {
        RuleTest test{.line = line_of(item)};
        if (!item.IsMap())
            return report(test.line, "a test must have the keys name, event (or events) and fires");
        bool fires = false;
        for (const auto& entry : item) {
            const std::string& name = entry.first.Scalar();
            key_ = name;
            if (name == "name")
                test.name = text(entry.second);
            else if (name == "fires")
                test.fires = truth(entry.second), fires = true;
            else if (name == "event")
                take_event(entry.second, test);
            else if (name == "events") {
                test.whole_alert = true;
                for (const auto& event : entry.second) take_event(event, test);
            } else
                report(line_of(entry.first), fmt::format("unknown key '{}' in a test", name));
        }
        if (test.name.empty() || !fires || test.events.empty())
            return report(test.line, "a test must have the keys name, event (or events) and fires");
        out_.rule.tests.push_back(std::move(test));
    }

    void take_event(const YAML::Node& value, RuleTest& test) {
        if (!value.IsMap()) return report(line_of(value), "an event must be a mapping");
        auto json = to_json(value, 0);
        if (!json) return report(line_of(value), json.error().message);
        test.events.push_back(std::move(*json));
    }

    void check_tests() {
        if (!seen_.contains("tests"))
            problems_.push_back({file_, 0, Diagnostic::Level::Warning, "has no tests"});
        const auto has = [&](bool fires) {
            return std::ranges::any_of(out_.rule.tests,
                                       [&](const RuleTest& test) { return test.fires == fires; });
        };
        if (!seen_.contains("tests") || (has(true) && has(false))) return;
        // Of a rule that is being written the first test is one of the two.
        if (is_below(file_, shipped_rules_folder()))
            report(0, "needs at least one test that fires and one that does not");
        else
            problems_.push_back({file_, 0, Diagnostic::Level::Warning,
                                 has(true) ? "has no test that does not fire" : "has no test that fires"});
    }

    const std::string& file_;
    std::vector<FileProblem>& problems_;
    RuleFile out_;
    std::set<std::string> seen_;
    std::string key_;
    bool good_ = true;
};

const std::array<RuleReader::KeySpec, 16> RuleReader::keys{{
    {"id", true, &RuleReader::take_id},
    {"name", true, &RuleReader::take_name},
    {"title", true, &RuleReader::take_title},
    {"type", true, &RuleReader::take_type},
    {"severity", true, &RuleReader::take_severity},
    {"description", true, &RuleReader::take_description},
    {"filter", true, &RuleReader::take_filter},
    {"suppressions", false, &RuleReader::take_suppressions},
    {"aggregate_fields", false, &RuleReader::take_aggregates},
    {"window", false, &RuleReader::take_window},
    {"threshold", false, &RuleReader::take_threshold},
    {"enabled", false, &RuleReader::take_enabled},
    {"attack", false, &RuleReader::take_attack},
    {"references", false, &RuleReader::take_references},
    {"ruleset", false, &RuleReader::take_ruleset},
    {"tests", false, &RuleReader::take_tests},
}};

void load_list(const std::string& file, std::string_view yaml, LoadedRules& loaded) {
    auto list = read_list(yaml, file, loaded.problems);
    if (!list) return;
    loaded.lists.insert_or_assign(list->name, std::make_unique<const ValueList>(std::move(list->items)));
}

// A pull writes a rule to its file, and would drop the others.
void refuse_documents(const std::string& file, LoadedRules& loaded) {
    loaded.problems.push_back({file, 0, Diagnostic::Level::Error,
                               "has several documents; a file of a folder has one rule: part it at its "
                               "lines of ---, or import it in the console"});
    loaded.refused++;
}

bool is_managed_file(std::string_view file) { return file.substr(file.rfind('/') + 1) == managed_file_name; }

// The text as a block where YAML gives it back as it is, else in quotes.
std::string yaml_text(std::string_view text) {
    const bool plain = !text.empty() && text.front() != ' ' && text.front() != '\n' && text.back() != '\n' &&
                       std::ranges::none_of(text, [](char c) { return is_control(c) && c != '\n'; });
    if (!plain) return quote(text) + "\n";
    std::string block = "|\n";
    for (size_t at = 0; at < text.size();) {
        const size_t end = std::min(text.find('\n', at), text.size());
        if (end > at) block += "  ";
        block += text.substr(at, end - at);
        block += '\n';
        at = end + 1;
    }
    return block;
}

}  // namespace

std::string ruleset_of(const std::string& file) {
    const size_t slash = file.rfind('/');
    if (slash == std::string::npos) return "";
    const size_t before = file.rfind('/', slash - 1);
    return file.substr(before == std::string::npos ? 0 : before + 1,
                       slash - (before == std::string::npos ? 0 : before + 1));
}

std::optional<RuleFile> read_rule(std::string_view yaml, const std::string& file,
                                  std::vector<FileProblem>& problems) {
    std::optional<RuleFile> rule;
    read_yaml(yaml, file, problems,
              [&](const YAML::Node& root) { rule = RuleReader(file, problems).read(root); });
    return rule;
}

Catalogues all_catalogues() {
    Catalogues all{};
    for (const EventType type : all_event_types()) all[static_cast<size_t>(type)] = &catalogue(type);
    return all;
}

namespace {

// What is read of a rule's text, when nothing in it keeps the rule from being loaded.
std::optional<RuleFile> loadable_rule(const std::string& file, std::string_view yaml, TakenByRules& taken,
                                      LoadedRules& loaded) {
    auto read = read_rule(yaml, file, loaded.problems);
    if (!read) return std::nullopt;
    if (!read->names_ruleset) read->rule.ruleset = ruleset_of(file);
    const auto is_free = [&](std::map<std::string, std::string>& of, std::string_view what,
                             const std::string& text) {
        const auto [other, fresh] = of.emplace(text, file);
        if (fresh) return true;
        loaded.problems.push_back({file, 0, Diagnostic::Level::Error,
                                   fmt::format("the {} '{}' is that of {}, too", what, text, other->second)});
        return false;
    };
    if (!is_free(taken.ids, "id", read->rule.id) || !is_free(taken.names, "name", read->rule.name))
        return std::nullopt;
    if (read->rule.tests.empty() && is_below(file, shipped_rules_folder())) {
        loaded.problems.push_back(
            {file, 0, Diagnostic::Level::Error, "a rule that Vigia ships must have tests"});
        return std::nullopt;
    }
    return read;
}

}  // namespace

bool load_rule(const std::string& file, std::string_view yaml, TakenByRules& taken, LoadedRules& loaded) {
    auto read = loadable_rule(file, yaml, taken, loaded);
    if (read) {
        CheckedRuleResult checked = check_rule(read->rule, all_catalogues(), loaded.lists);
        for (const RuleDiagnostic& one : checked.diagnostics)
            loaded.problems.push_back({file, 0, one.diagnostic.level, print(one)});
        if (checked.rule) {
            loaded.rules.push_back(std::move(*checked.rule));
            loaded.files.push_back(std::move(*read));
            return true;
        }
    }
    loaded.refused++;
    return false;
}

LoadedRules load_rules(const std::vector<std::string>& own_folders) {
    LoadedRules loaded;
    std::vector<std::pair<std::string, std::string>> rules;
    std::vector<std::string> folders{shipped_rules_folder() + "/lists"};
    folders.insert(folders.end(), own_folders.begin(), own_folders.end());
    for (const std::string& folder : folders) {
        const auto files = files_below(folder);
        if (!files) {
            loaded.problems.push_back({folder, 0, Diagnostic::Level::Error, files.error().message});
            loaded.refused++;
            continue;
        }
        for (const std::string& file : *files) {
            const bool yaml = file.ends_with(".yaml") || file.ends_with(".yml");
            if (!yaml || is_managed_file(file)) continue;
            auto bytes = read_file(file, rule_file_bytes_max);
            if (!bytes)
                loaded.problems.push_back({file, 0, Diagnostic::Level::Error, bytes.error().message});
            else if (file.find("/lists/") != std::string::npos)
                load_list(file, *bytes, loaded);
            else if (split_documents(*bytes).size() > 1)
                refuse_documents(file, loaded);
            else
                rules.emplace_back(file, std::move(*bytes));
        }
    }
    TakenByRules taken;
    for (const auto& [file, yaml] : rules) load_rule(file, yaml, taken, loaded);
    return loaded;
}

CheckedRuleResult check_search(std::string filter, const NamedLists& lists) {
    Rule rule{.id = "search", .name = "search", .title = "search", .filter = std::move(filter)};
    return check_rule(std::move(rule), all_event_types(), all_catalogues(), lists);
}

std::shared_ptr<const RuleSet> make_rule_set(std::vector<CheckedRule> rules, NamedLists lists) {
    return std::make_shared<const RuleSet>(std::move(rules), std::move(lists), all_catalogues());
}

std::string shipped_rules_folder() {
    const std::string installed = program_folder() + "/../share/vigia/rules";
    return is_folder(installed) ? installed : std::string(VIGIA_SOURCE_RULES);
}

std::string print_yaml(const Rule& rule) {
    std::string filter = rule.filter;
    while (filter.ends_with('\n')) filter.pop_back();
    std::string yaml =
        fmt::format("id: {}\nname: {}\ntitle: {}\ntype: {}\nseverity: {}\ndescription: {}\nfilter: {}",
                    rule.id, quote(rule.name), quote(rule.title), name(rule.type), rule.severity,
                    quote(rule.description), yaml_text(filter));
    const auto list = [&](std::string_view key, const std::vector<std::string>& items) {
        yaml += fmt::format("{}: [", key);
        for (size_t i = 0; i < items.size(); i++) yaml += (i == 0 ? "" : ", ") + quote(items[i]);
        yaml += "]\n";
    };
    list("suppressions", rule.suppressions);
    list("aggregate_fields", rule.aggregate_fields);
    yaml += fmt::format("window: {}\nthreshold: {}\nenabled: {}\n", format_duration(rule.window),
                        rule.threshold, rule.enabled);
    list("attack", rule.attack);
    list("references", rule.references);
    return yaml + print_yaml(rule.tests);
}

// JSON is YAML: an event stands on one line, as it is.
std::string print_yaml(const std::vector<RuleTest>& tests) {
    std::string yaml = tests.empty() ? "" : "tests:\n";
    for (const RuleTest& test : tests) {
        yaml += fmt::format("  - name: {}\n    fires: {}\n", quote(test.name), test.fires);
        if (test.whole_alert) {
            yaml += "    events:\n";
            for (const std::string& event : test.events) yaml += fmt::format("      - {}\n", event);
        } else {
            yaml += fmt::format("    event: {}\n", test.events[0]);
        }
    }
    return yaml;
}

std::string print(const FileProblem& problem) {
    const std::string place =
        problem.line == 0 ? problem.file : fmt::format("{}:{}", problem.file, problem.line);
    return fmt::format("{}: {}: {}", place, name(problem.level), problem.message);
}

}  // namespace vigia
