#include "app/sync_items.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/slug.h"
#include "base/file.h"
#include "base/match.h"
#include "base/names.h"
#include "model/quote.h"

namespace vigia {

namespace {

constexpr size_t list_file_bytes_max = 16 * 1024 * 1024;

constexpr auto kinds = std::to_array<std::pair<std::string_view, SyncKind>>(
    {{"list", SyncKind::List}, {"rule", SyncKind::Rule}, {"settings", SyncKind::Settings}});

std::string managed_file(const std::string& folder) {
    return fmt::format("{}/{}", folder, managed_file_name);
}

void add_rules(const std::string& folder, SyncItems& items, std::vector<FileProblem>& problems) {
    LoadedRules loaded = load_rules({folder});
    for (RuleFile& one : loaded.files) {
        Rule& rule = one.rule;
        while (rule.filter.ends_with('\n')) rule.filter.pop_back();
        const SyncKey key{SyncKind::Rule, rule.id};
        std::string title = rule.name, file = rule.file;
        items.emplace(key,
                      SyncItem{.body = std::move(rule), .title = std::move(title), .file = std::move(file)});
    }
    std::ranges::move(loaded.problems, std::back_inserter(problems));
}

// load_rules() has taken the lists' items and named their problems; here they come whole.
Result<void> add_lists(const std::string& folder, SyncItems& items, std::vector<FileProblem>& problems) {
    if (!is_folder(folder + "/lists")) return {};
    for (const std::string& file : TRY(files_below(folder + "/lists"))) {
        if (!file.ends_with(".yaml") && !file.ends_with(".yml")) continue;
        const std::string text = TRY(read_file(file, list_file_bytes_max));
        std::vector<FileProblem> known;
        auto list = read_list(text, file, known);
        if (!list) continue;
        const auto checked = check_body(NamedList{list->name, list->description, list->items});
        if (!checked) problems.push_back({file, 0, Diagnostic::Level::Error, checked.error().message});
        const SyncKey key{SyncKind::List, list->name};
        const std::string title = list->name;
        if (!items.emplace(key, SyncItem{.body = std::move(*list), .title = title, .file = file}).second)
            problems.push_back({file, 0, Diagnostic::Level::Error,
                                fmt::format("the list '{}' stands in another file, too", title)});
    }
    return {};
}

Result<void> add_settings(const std::string& folder, SyncItems& items, std::vector<FileProblem>& problems) {
    const std::string file = managed_file(folder);
    if (!is_file(file)) return {};
    const std::string text = TRY(read_file(file, rule_file_bytes_max));
    const auto entries = read_managed(text, file, problems);
    if (!entries) return {};
    for (const ManagedEntry& one : *entries)
        items.emplace(SyncKey{SyncKind::Settings, one.rule},
                      SyncItem{.body = one.settings, .title = one.rule, .file = file});
    return {};
}

// The tests of a rule's file, as they stand there: from their key to the next one.
std::string tests_in(std::string_view text) {
    std::string tests;
    bool inside = false;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end);
        const bool is_key = line.front() != ' ' && line.front() != '#' && line.front() != '-' &&
                            line.front() != '\n' && line.front() != '\r';
        if (is_key) inside = line.starts_with("tests:");
        if (inside) tests += line;
    }
    if (!tests.empty() && !tests.ends_with('\n')) tests += '\n';
    return tests;
}

// Where a new item goes: a name of its own, made of what the item is called.
std::string new_file(const std::string& folder, const SyncKey& key, const SyncItem& item) {
    if (key.kind == SyncKind::List) return fmt::format("{}/lists/{}.yaml", folder, key.id);
    const Rule& rule = std::get<Rule>(item.body);
    const std::string ruleset = slug(rule.ruleset), called = slug(rule.name);
    const std::string below = fmt::format("{}/{}/{}", folder, slug(name(rule.type)),
                                          ruleset.empty() || ruleset == "lists" ? "rules" : ruleset);
    std::string file = fmt::format("{}/{}.yaml", below, called.empty() ? rule.id : called);
    return is_file(file) ? fmt::format("{}/{}-{}.yaml", below, called, rule.id) : file;
}

// The tests as the file has them when they are the rule's, else as they are printed.
std::string test_text(const Rule& rule, const std::string& before, const std::string& file) {
    std::vector<FileProblem> ignored;
    const auto standing = read_rule(before, file, ignored);
    const std::string tests = print_yaml(rule.tests);
    return standing && print_yaml(standing->rule.tests) == tests ? tests_in(before) : tests;
}

// The rule's file, which must read back as the rule.
Result<std::string> rule_text(const Rule& rule, const std::string& file, const std::string& tests) {
    Rule bare = rule;
    bare.tests.clear();
    std::string text = print_yaml(bare);
    if (ruleset_of(file) != rule.ruleset) text += fmt::format("ruleset: {}\n", quote(rule.ruleset));
    text += tests;
    std::vector<FileProblem> problems;
    auto read = read_rule(text, file, problems);
    if (read && !read->names_ruleset) read->rule.ruleset = ruleset_of(file);
    if (!read || print_yaml(SyncItem{.body = read->rule}) != print_yaml(SyncItem{.body = rule}))
        return error(ErrorKind::BadInput,
                     fmt::format("rule '{}' cannot be written as YAML: {}", rule.name,
                                 problems.empty() ? "it reads back as another" : print(problems.back())));
    return text;
}

}  // namespace

std::string_view name(SyncKind kind) { return name_in(kinds, kind); }

std::string print_yaml(const SyncItem& item) {
    return std::visit(match{[](const Rule& rule) {
                                return print_yaml(rule) + fmt::format("ruleset: {}\n", quote(rule.ruleset));
                            },
                            [](const auto& other) { return print_yaml(other); }},
                      item.body);
}

std::vector<Difference> differences(const SyncItems& local, const SyncItems& remote) {
    std::vector<Difference> all;
    for (const auto& [key, item] : local) {
        const auto there = remote.find(key);
        if (there == remote.end())
            all.push_back({key, &item, nullptr});
        else if (print_yaml(item) != print_yaml(there->second))
            all.push_back({key, &item, &there->second});
    }
    for (const auto& [key, item] : remote) {
        if (!local.contains(key)) all.push_back({key, nullptr, &item});
    }
    std::ranges::sort(all, {}, &Difference::key);
    return all;
}

std::optional<SyncItems> read_folder(const std::string& folder, std::vector<FileProblem>& problems) {
    SyncItems items;
    if (!is_folder(folder)) {
        problems.push_back({folder, 0, Diagnostic::Level::Error, "there is no such folder"});
        return std::nullopt;
    }
    add_rules(folder, items, problems);
    for (const auto& done : {add_lists(folder, items, problems), add_settings(folder, items, problems)}) {
        if (!done) problems.push_back({folder, 0, Diagnostic::Level::Error, done.error().message});
    }
    const bool bad = std::ranges::any_of(
        problems, [](const FileProblem& one) { return one.level == Diagnostic::Level::Error; });
    return bad ? std::nullopt : std::optional(std::move(items));
}

Result<std::string> write_item(const std::string& folder, const SyncKey& key, const SyncItem& item,
                               const std::string& file) {
    std::string path = file.empty() ? new_file(folder, key, item) : file;
    std::string text = print_yaml(item);
    if (const Rule* const rule = std::get_if<Rule>(&item.body)) {
        const std::string before = file.empty() ? "" : TRY(read_file(file, rule_file_bytes_max));
        text = TRY(rule_text(*rule, path, test_text(*rule, before, path)));
    }
    TRY_VOID(make_folder(path.substr(0, path.rfind('/'))));
    TRY_VOID(write_file(path, text));
    return path;
}

std::string print_managed(const SyncItems& items) {
    std::string text;
    for (const auto& [key, item] : items) {
        if (key.kind != SyncKind::Settings) continue;
        if (text.empty()) text = "# What is settled about rules that Vigia ships, by their ids.\n";
        text += fmt::format("- rule: {}\n", key.id);
        for (std::string rest = print_yaml(item); !rest.empty();) {
            const size_t end = rest.find('\n') + 1;
            text += "  " + rest.substr(0, end);
            rest.erase(0, end);
        }
    }
    return text;
}

Result<void> write_managed(const std::string& folder, const SyncItems& items) {
    const std::string text = print_managed(items);
    if (text.empty()) return remove_file(managed_file(folder));
    TRY_VOID(make_folder(folder));
    return write_file(managed_file(folder), text);
}

}  // namespace vigia
