#include "app/commands.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "app/cli.h"
#include "app/rule_tests.h"
#include "app/slug.h"
#include "app/threat_stack.h"
#include "base/file.h"
#include "base/match.h"
#include "base/sorted.h"
#include "base/utf8.h"
#include "ingest/decompress.h"
#include "ingest/records.h"
#include "lang/explain.h"
#include "normalise/catalogue.h"
#include "normalise/normaliser.h"

namespace vigia {

namespace {

void say(std::string_view text) { fmt::print(stderr, "{}\n", text); }

// The files below every input, in order; the first that is not there is an error.
Result<std::vector<std::string>> gather(const std::vector<std::string>& inputs) {
    std::vector<std::string> files;
    for (const std::string& input : inputs) {
        if (input == "-") {
            files.push_back(input);
            continue;
        }
        std::ranges::move(TRY(files_below(input)), std::back_inserter(files));
    }
    return files;
}

constexpr size_t bar_width = 30;

// A bar on a terminal; nothing in a pipe, where the report itself is what is wanted.
Progress progress_bar() {
    if (isatty(STDERR_FILENO) == 0) return nullptr;
    return [](size_t done, size_t all, const std::string& file) {
        const size_t full = bar_width * done / std::max<size_t>(all, 1);
        fmt::print(stderr, "\r\x1b[K[{}{}] {}/{} {}", std::string(full, '#'),
                   std::string(bar_width - full, ' '), done, all,
                   printable(file.substr(file.rfind('/') + 1)));
    };
}

void end_progress() {
    if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\x1b[K");
}

std::vector<std::string> rule_folders(const std::vector<std::string>& own, bool only_own) {
    std::vector<std::string> folders;
    if (!only_own) folders.push_back(shipped_rules_folder());
    folders.insert(folders.end(), own.begin(), own.end());
    return folders;
}

// The folders that were named, or else the shipped rules.
LoadedRules load(const RulesCommand& command) {
    return load_rules(rule_folders(command.folders, !command.folders.empty()));
}

size_t report_problems(const LoadedRules& loaded, Diagnostic::Level least) {
    size_t errors = 0;
    for (const FileProblem& problem : loaded.problems) {
        if (problem.level == Diagnostic::Level::Error) errors++;
        if (problem.level <= least) say(print(problem));
    }
    return errors;
}

const CheckedRule* find_rule(const RuleSet& rules, std::string_view wanted) {
    const auto at = std::ranges::find_if(rules.rules(), [&](const CheckedRule& one) {
        return one.rule.id == wanted || one.rule.name == wanted;
    });
    return at == rules.rules().end() ? nullptr : &*at;
}

// One rule that is asked of all events.
LoadedRules rules_of_filter(const std::string& filter, std::string& problems) {
    LoadedRules loaded = load_rules({});
    CheckedRuleResult checked = check_search(filter, loaded.lists);
    for (const RuleDiagnostic& one : checked.diagnostics) problems += print(one.diagnostic, one.text) + "\n";
    if (checked.rule) loaded.rules.push_back(std::move(*checked.rule));
    return loaded;
}

}  // namespace

int detect(const DetectCommand& command) {
    const auto files = gather(command.inputs);
    if (!files) return say(files.error().message), Failed;
    LoadedRules loaded = load_rules(rule_folders(command.rules, command.only_own_rules));
    const size_t errors = report_problems(loaded, Diagnostic::Level::Error);
    const auto rules = make_rule_set(std::move(loaded.rules), std::move(loaded.lists));
    const bool keep = command.style.detail == Detail::Events || command.style.format == Format::Json ||
                      command.style.format == Format::Ndjson;
    const Options options{command.range, keep ? Records::Kept : Records::Dropped, command.threads,
                          progress_bar()};
    AlertBook book = make_alert_book(*rules);
    const Outcome outcome = run(*files, rules, options, [&](Match match) { book.add(std::move(match)); });
    end_progress();
    std::vector<Alert> alerts = book.alerts();
    std::erase_if(alerts, [&](const Alert& alert) {
        return rules->rules()[alert.rule].rule.severity > command.severity;
    });
    fmt::print("{}", print_report(alerts, *rules, outcome, command.style));
    if (command.style.format != Format::Text && command.style.format != Format::Json) {
        for (const Problem& problem : outcome.problems) say(print(problem));
    }
    if (errors > 0 || outcome.counts.refused > 0) return Failed;
    return alerts.empty() ? Nothing : Found;
}

int search(const SearchCommand& command) {
    const auto files = gather(command.inputs);
    if (!files) return say(files.error().message), Failed;
    std::string problems;
    LoadedRules loaded = rules_of_filter(command.filter, problems);
    fmt::print(stderr, "{}", problems);
    if (loaded.rules.empty()) return Failed;
    const auto rules = make_rule_set(std::move(loaded.rules), std::move(loaded.lists));
    const Outcome outcome =
        run(*files, rules, {command.range, Records::Kept, command.threads, progress_bar()},
            [](const Match& match) { fmt::print("{}\n", match.record); });
    end_progress();
    for (const Problem& problem : outcome.problems) say(print(problem));
    say(fmt::format("{} of {} events", outcome.counts.matched,
                    outcome.counts.events - outcome.counts.duplicates));
    if (outcome.counts.refused > 0) return Failed;
    return outcome.counts.matched == 0 ? Nothing : Found;
}

int rules_check(const RulesCommand& command) {
    const LoadedRules loaded = load(command);
    const size_t errors = report_problems(loaded, Diagnostic::Level::Hint);
    fmt::print("{} rules and {} lists are good, {} rules refused, {} errors\n", loaded.rules.size(),
               loaded.lists.size(), loaded.refused, errors);
    return errors == 0 ? Nothing : Failed;
}

namespace {

struct TestOutcome {
    const RuleFile* file;
    const RuleTest* test;
    std::string failure;  // empty: passed
};

// The tests of all files; `loaded` gives its rules away, and keeps the files.
std::vector<TestOutcome> run_tests(LoadedRules& loaded) {
    // A rule that is off by default is tested as if it were on.
    for (CheckedRule& one : loaded.rules) one.rule.enabled = true;
    Detector detector(make_rule_set(std::move(loaded.rules), std::move(loaded.lists)));
    std::vector<TestOutcome> outcomes;
    for (uint32_t i = 0; i < loaded.files.size(); i++) {
        for (const RuleTest& test : loaded.files[i].rule.tests)
            outcomes.push_back({&loaded.files[i], &test, run_test(test, i, detector).failure});
    }
    return outcomes;
}

std::string junit_of(const std::vector<TestOutcome>& outcomes, size_t failed) {
    std::string cases;
    for (const TestOutcome& one : outcomes) {
        cases += fmt::format("  <testcase classname=\"{}\" name=\"{}\"", escape_xml(one.file->rule.name),
                             escape_xml(one.test->name));
        cases += one.failure.empty()
                     ? "/>\n"
                     : fmt::format("><failure message=\"{}\"/></testcase>\n", escape_xml(one.failure));
    }
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"vigia rules\" tests=\"{}\" "
        "failures=\"{}\">\n{}</testsuite>\n",
        outcomes.size(), failed, cases);
}

}  // namespace

int rules_test(const RulesCommand& command) {
    LoadedRules loaded = load(command);
    const size_t errors = report_problems(loaded, Diagnostic::Level::Error);
    const std::vector<TestOutcome> outcomes = run_tests(loaded);
    const auto failed = static_cast<size_t>(
        std::ranges::count_if(outcomes, [](const TestOutcome& one) { return !one.failure.empty(); }));
    if (command.style.format == Format::Junit) {
        fmt::print("{}", junit_of(outcomes, failed));
        return failed + errors == 0 ? Nothing : Failed;
    }
    for (const TestOutcome& one : outcomes) {
        if (one.failure.empty()) continue;
        fmt::print("FAIL  {}:{}: {}: '{}' {}\n", one.file->rule.file, one.test->line, one.file->rule.name,
                   one.test->name, one.failure);
    }
    fmt::print("{} tests of {} rules: {} passed, {} failed, {} rules refused\n", outcomes.size(),
               loaded.files.size(), outcomes.size() - failed, failed, loaded.refused);
    return failed + errors == 0 ? Nothing : Failed;
}

int rules_list(const RulesCommand& command) {
    const LoadedRules loaded = load(command);
    for (const CheckedRule& one : loaded.rules) {
        const Rule& rule = one.rule;
        fmt::print("{}  {}  {:<3}  {:<16}  {}  [{}]\n", rule.id, rule.severity, rule.enabled ? "on" : "off",
                   rule.ruleset, rule.name, fmt::join(rule.attack, " "));
    }
    return report_problems(loaded, Diagnostic::Level::Error) == 0 ? Nothing : Failed;
}

int rules_explain(const RulesCommand& command) {
    LoadedRules loaded = load(command);
    const RuleSet rules(std::move(loaded.rules), std::move(loaded.lists), all_catalogues());
    const CheckedRule* rule = find_rule(rules, command.rule);
    if (rule == nullptr)
        return say(fmt::format("there is no rule '{}'; `vigia rules list` prints ids and names",
                               printable(command.rule))),
               Failed;
    fmt::print("{}\n{}\n", rule->rule.name, ast::print_grouped(rule->filter));
    if (command.input.empty()) return Nothing;
    auto inflated = open_decompressed(command.input);
    if (!inflated) return say(inflated.error().message), Failed;
    RecordReader reader(std::move(*inflated));
    Normaliser normaliser;
    while (true) {
        const auto next = reader.next();
        if (!next) return say(next.error().message), Failed;
        if (std::holds_alternative<EndOfFile>(*next)) return Nothing;
        const auto* raw = std::get_if<RawRecord>(&*next);
        if (raw == nullptr) continue;
        const auto done = normaliser.normalise(raw->text, [&](const Event& event) {
            if (std::ranges::find(rule->event_types, event.type) == rule->event_types.end()) return;
            const TreeContext context{rules.catalogue(event.type), rules.lists()};
            fmt::print("\n{} {} {}\n{}", printable(event.id), printable(event.source), printable(event.name),
                       print(explain(rule->filter, *event.record, context)));
        });
        if (!done) say(done.error().message);
    }
}

namespace {

// The texts that a filter asks of a field anywhere but under a negation; beginnings with a star.
void texts_asked(const ast::Filter& filter, std::string_view field, std::vector<std::string>& texts) {
    const auto all = [&](const std::vector<ast::Filter>& children) {
        for (const ast::Filter& child : children) texts_asked(child, field, texts);
    };
    const auto of_condition = [&](const ast::Condition& one) {
        const bool whole = one.op == ast::Op::Eq || one.op == ast::Op::In;
        if ((!whole && one.op != ast::Op::StartsWith) || ast::print(one.left) != field) return;
        for (const ast::Scalar& scalar : ast::scalars(one)) {
            if (const auto* literal = std::get_if<ast::Literal>(&scalar))
                texts.push_back(literal->text + (whole ? "" : "*"));
        }
    };
    std::visit(match{of_condition, [&](const ast::And& node) { all(node.children); },
                     [&](const ast::Or& node) { all(node.children); }, [](const ast::Not&) {},
                     [](const ast::Quantified&) {}},
               filter.node);
}

bool is_about_aws(const CheckedRule& rule) {
    return rule.rule.type == RuleType::CloudTrail || rule.rule.type == RuleType::AwsEvent;
}

// The texts that the rule's filter asks of a field, or "all".
std::vector<std::string> texts_or_all(const CheckedRule& rule, std::string_view field) {
    std::vector<std::string> texts;
    texts_asked(rule.filter, field, texts);
    if (texts.empty()) texts.emplace_back("all");
    sort_unique(texts);
    return texts;
}

// What a rule is about, as two columns: of a service of AWS, the calls that its filter names; of runtime
// events, their types and the programs that it names.
std::vector<std::string> calls_of(const CheckedRule& rule) {
    const FieldCatalogue& fields = catalogue(rule.event_types.front());
    const bool aws = is_about_aws(rule);
    const std::string_view group = aws ? fields.source_path : "event_type";
    std::vector<std::string> groups, names = texts_or_all(rule, fields.name_path);
    texts_asked(rule.filter, group, groups);
    if (groups.empty() && aws) groups.emplace_back("all");
    if (groups.empty()) {
        for (const EventType type : rule.event_types) groups.emplace_back(catalogue(type).event_type);
    }
    for (std::string& name : names) name.insert(0, fmt::format("{} | ", fmt::join(groups, ", ")));
    return names;
}

using RulesByText = std::map<std::string, std::vector<const Rule*>>;

void print_rows(const RulesByText& rows) {
    for (const auto& [text, rules] : rows) {
        for (const Rule* rule : rules) fmt::print("| {} | {} | {} |\n", text, rule->severity, rule->name);
    }
}

}  // namespace

int rules_coverage(const RulesCommand& command) {
    const LoadedRules loaded = load(command);
    RulesByText by_technique, by_call, by_program, by_ruleset;
    for (const CheckedRule& one : loaded.rules) {
        for (const std::string& technique : one.rule.attack) by_technique[technique].push_back(&one.rule);
        for (const std::string& call : calls_of(one))
            (is_about_aws(one) ? by_call : by_program)[call].push_back(&one.rule);
        by_ruleset[one.rule.ruleset].push_back(&one.rule);
    }
    fmt::print("# Coverage\n\nGenerated by `vigia rules coverage`: {} rules over {} ATT&CK techniques.\n",
               loaded.rules.size(), by_technique.size());
    fmt::print("\n## ATT&CK techniques\n\n| technique | severity | rule |\n| --- | --- | --- |\n");
    print_rows(by_technique);
    fmt::print(
        "\n## AWS API\n\nThe calls that a rule's filter names; a rule may ask more of them. Rules that name "
        "none stand under "
        "all.\n\n| service | call | severity | rule |\n| --- | --- | --- | "
        "--- |\n");
    print_rows(by_call);
    fmt::print(
        "\n## Hosts\n\nThe types of events that a rule is asked of, and the programs that its filter "
        "names.\n\n"
        "| events | program | severity | rule |\n| --- | --- | --- | --- |\n");
    print_rows(by_program);
    fmt::print("\n## Rules\n\n| ruleset | severity | rule | filter |\n| --- | --- | --- | --- |\n");
    for (const auto& [ruleset, rules] : by_ruleset) {
        for (const Rule* rule : rules) {
            std::string filter;
            for (const char c : rule->filter)
                filter += c == '\n' ? " " : (c == '|' ? "\\|" : std::string(1, c));
            fmt::print("| {} | {} | {} | `{}` |\n", ruleset, rule->severity, rule->name, filter);
        }
    }
    return Nothing;
}

namespace {

// Writes the rule where its ruleset's rules stand; what is wrong with it, or nothing.
Result<std::string> write_rule(const Rule& rule, const std::string& into, const NamedLists& lists) {
    const CheckedRuleResult checked = check_rule(rule, all_catalogues(), lists);
    std::string found;
    for (const RuleDiagnostic& one : checked.diagnostics) found += "\n  " + print(one);
    if (!checked.rule) return error(ErrorKind::BadInput, "its filter has an error" + found);
    const std::string ruleset = slug(rule.ruleset), name = slug(rule.name);
    const std::string folder =
        fmt::format("{}/{}/{}", into, slug(vigia::name(rule.type)), ruleset.empty() ? "imported" : ruleset);
    std::string file = fmt::format("{}/{}.yaml", folder, name.empty() ? rule.id : name);
    if (is_file(file))
        return error(ErrorKind::Conflict,
                     fmt::format("{} is there already; remove it, or import into another folder", file));
    TRY_VOID(make_folder(folder));
    TRY_VOID(write_file(file, print_yaml(rule)));
    return file;
}

}  // namespace

int rules_import(const RulesCommand& command) {
    const auto text = read_file(command.input, export_bytes_max);
    if (!text) return say(text.error().message), Failed;
    auto imported = read_threat_stack(*text);
    if (!imported) return say(fmt::format("{}: {}", command.input, imported.error().message)), Failed;
    const LoadedRules lists = load_rules({});
    size_t written = 0;
    for (const Rule& rule : imported->rules) {
        const auto file = write_rule(rule, command.into, lists.lists);
        if (file) {
            written++;
            fmt::print("{}\n", *file);
        } else {
            imported->refused.push_back({rule.name, file.error().message});
        }
    }
    for (const NotImported& one : imported->refused)
        say(fmt::format("not imported: '{}': {}", printable(one.name), printable(one.reason)));
    say(fmt::format("{} rules written below {}, {} not imported; they have no tests yet", written,
                    command.into, imported->refused.size()));
    return imported->refused.empty() ? Nothing : Failed;
}

int rules_export(const RulesCommand& command) {
    const LoadedRules loaded = load(command);
    std::string rules;
    size_t left_out = 0;
    for (const CheckedRule& one : loaded.rules) {
        // What the other product never had, its clients cannot take.
        if (!is_of_threat_stack(one.rule.type))
            left_out++;
        else
            rules += (rules.empty() ? "\n" : ",\n") + print_threat_stack(one.rule);
    }
    fmt::print("{{\"rules\":[{}]}}\n", rules);
    if (left_out > 0) say(fmt::format("{} rules left out, of types that the format does not have", left_out));
    return report_problems(loaded, Diagnostic::Level::Error) == 0 ? Nothing : Failed;
}

}  // namespace vigia
