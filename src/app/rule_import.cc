#include "app/rule_import.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>

#include "app/yaml.h"
#include "base/names.h"
#include "base/random.h"
#include "base/sha256.h"

namespace vigia {

namespace {

constexpr auto verdicts =
    std::to_array<std::pair<std::string_view, ImportVerdict>>({{"added", ImportVerdict::Added},
                                                               {"changed", ImportVerdict::Changed},
                                                               {"unchanged", ImportVerdict::Unchanged},
                                                               {"refused", ImportVerdict::Refused}});

// What a document is: by its shape, for a text that is pasted has no folder that would say it.
SyncKind kind_of(const YAML::Node& root) {
    if (root.IsSequence()) return SyncKind::Settings;
    return root.IsMap() && root["items"] && !root["filter"] ? SyncKind::List : SyncKind::Rule;
}

struct ImportDocument {
    SyncKind kind = SyncKind::Rule;
    const std::string* file = nullptr;
    YamlDocument yaml;
};

// Reads documents as a folder's files are read, lists before the rules that call them.
class Importer {
public:
    explicit Importer(const ImportGround& ground) : ground_(ground) {
        loaded_.lists = ground.shipped.lists();
        for (const auto& [key, item] : ground.own) {
            if (const auto* const list = std::get_if<ListFile>(&item.body)) take_list(*list);
        }
    }

    void read(const ImportDocument& document) {
        switch (document.kind) {
            case SyncKind::List:
                return list(document);
            case SyncKind::Rule:
                return rule(document);
            case SyncKind::Settings:
                return settings(document);
        }
    }

    ImportPlan finish() {
        for (ImportChange& one : plan_.changes) judge(one);
        return std::move(plan_);
    }

private:
    ImportChange begin(const ImportDocument& document) const {
        ImportChange change;
        change.key.kind = document.kind;
        change.file = *document.file;
        change.line = document.yaml.lines_before + 1;
        return change;
    }

    // Keeps the errors, whose lines become those of the file.
    static void blame(ImportChange& change, std::vector<FileProblem> problems) {
        for (FileProblem& one : problems) {
            if (one.level != Diagnostic::Level::Error) continue;
            one.line = one.line == 0 ? change.line : one.line + change.line - 1;
            change.problems.push_back(std::move(one));
        }
    }
    static void refuse(ImportChange& change, std::string message) {
        change.problems.push_back({change.file, change.line, Diagnostic::Level::Error, std::move(message)});
    }

    void keep(ImportChange change, SyncItem item) {
        change.title = item.title;
        item.file = change.file;
        change.after = print_yaml(item);
        if (change.problems.empty() && !plan_.items.emplace(change.key, std::move(item)).second)
            refuse(change, fmt::format("{} '{}' stands twice in what is imported; take one out",
                                       name(change.key.kind), change.title));
        plan_.changes.push_back(std::move(change));
    }

    void take_list(const ListFile& list) {
        loaded_.lists.insert_or_assign(list.name, std::make_unique<const ValueList>(list.items));
    }

    void list(const ImportDocument& document) {
        ImportChange change = begin(document);
        std::vector<FileProblem> problems;
        auto read = read_list(document.yaml.text, *document.file, problems);
        blame(change, std::move(problems));
        if (!read) return plan_.changes.push_back(std::move(change));
        const auto checked = check_body(NamedList{read->name, read->description, read->items});
        if (!checked) refuse(change, checked.error().message);
        change.key.id = read->name;
        if (change.problems.empty()) take_list(*read);
        std::string title = read->name;
        keep(std::move(change),
             {.body = std::move(*read), .title = std::move(title), .file = {}, .server_id = {}});
    }

    void rule(const ImportDocument& document) {
        ImportChange change = begin(document);
        loaded_.problems.clear();
        const bool taken = load_rule(*document.file, document.yaml.text, taken_, loaded_);
        blame(change, std::move(loaded_.problems));
        if (!taken) return plan_.changes.push_back(std::move(change));
        Rule rule = std::move(loaded_.files.back().rule);
        const bool says_ruleset = loaded_.files.back().names_ruleset || !rule.ruleset.empty();
        if (!says_ruleset) rule.ruleset = ruleset_now(rule.id);
        while (rule.filter.ends_with('\n')) rule.filter.pop_back();
        change.key.id = rule.id;
        if (const auto checked = check_body(rule); !checked) refuse(change, checked.error().message);
        check_free(change, rule);
        std::string title = rule.name;
        keep(std::move(change),
             {.body = std::move(rule), .title = std::move(title), .file = {}, .server_id = {}});
    }

    // A file that left its folder says nothing of the ruleset, and so changes nothing of it.
    std::string ruleset_now(const std::string& id) const {
        const auto own = ground_.own.find({SyncKind::Rule, id});
        return own == ground_.own.end() ? "" : std::get<Rule>(own->second.body).ruleset;
    }

    // What the store would refuse, said before anything is written.
    void check_free(ImportChange& change, const Rule& rule) const {
        if (ground_.shipped.find(rule.id) != nullptr)
            refuse(
                change,
                "Vigia ships a rule of this id; give a copy an 'id' of its own, or settle severity, enabled, "
                "threshold and window of the shipped one by an entry '- rule: <id>'");
        const auto other = std::ranges::find_if(ground_.own, [&](const auto& entry) {
            const Rule* const own = std::get_if<Rule>(&entry.second.body);
            return own != nullptr && own->name == rule.name && entry.first.id != rule.id;
        });
        if (other != ground_.own.end())
            refuse(change,
                   fmt::format("the name '{}' is that of rule {}; change the name, or take its 'id' to "
                               "change that rule",
                               rule.name, other->first.id));
    }

    void settings(const ImportDocument& document) {
        std::vector<FileProblem> problems;
        const auto entries = read_managed(document.yaml.text, *document.file, problems);
        if (!entries) {
            ImportChange change = begin(document);
            change.title = managed_file_name;
            blame(change, std::move(problems));
            return plan_.changes.push_back(std::move(change));
        }
        for (const ManagedEntry& one : *entries) {
            ImportChange change = begin(document);
            change.line += one.line - 1;
            change.key.id = one.rule;
            const Rule* const shipped = ground_.shipped.find(one.rule);
            if (shipped == nullptr)
                refuse(change,
                       fmt::format("Vigia ships no rule {}; take the entry out, or import the rule whole",
                                   one.rule));
            keep(std::move(change), {.body = one.settings,
                                     .title = shipped == nullptr ? one.rule : shipped->name,
                                     .file = {},
                                     .server_id = {}});
        }
    }

    void judge(ImportChange& change) const {
        const auto own = ground_.own.find(change.key);
        if (own != ground_.own.end()) change.before = print_yaml(own->second);
        if (!change.problems.empty()) return;
        change.verdict = own == ground_.own.end()        ? ImportVerdict::Added
                         : change.before == change.after ? ImportVerdict::Unchanged
                                                         : ImportVerdict::Changed;
    }

    const ImportGround& ground_;
    LoadedRules loaded_;
    TakenByRules taken_;
    ImportPlan plan_;
};

Result<std::vector<ImportDocument>> documents_of(const std::vector<ImportFile>& files) {
    if (files.size() > import_files_max)
        return error(ErrorKind::BadInput, fmt::format("more than {} files at once", import_files_max));
    size_t bytes = 0;
    std::vector<ImportDocument> documents;
    for (const ImportFile& file : files) {
        bytes += file.text.size();
        if (bytes > import_bytes_max)
            return error(ErrorKind::BadInput,
                         fmt::format("more than {} MiB at once", import_bytes_max / (1024 * 1024)));
        for (const YamlDocument& one : split_documents(file.text)) {
            const auto root = parse_yaml(one.text);
            documents.push_back({root ? kind_of(*root) : SyncKind::Rule, &file.name, one});
        }
    }
    if (documents.size() > import_documents_max)
        return error(ErrorKind::BadInput,
                     fmt::format("more than {} documents at once", import_documents_max));
    return documents;
}

}  // namespace

std::string_view name(ImportVerdict verdict) { return name_in(verdicts, verdict); }

std::string ImportPlan::mark() const {
    Sha256 hash;
    for (const ImportChange& one : changes) {
        for (const std::string_view part : {name(one.verdict), std::string_view(one.key.id),
                                            std::string_view(one.before), std::string_view(one.after)}) {
            hash.add(part);
            hash.add(std::string_view("\0", 1));
        }
    }
    return hex(hash.finish());
}

bool ImportPlan::is_refused() const {
    return std::ranges::any_of(changes,
                               [](const ImportChange& one) { return one.verdict == ImportVerdict::Refused; });
}

Result<ImportPlan> plan_import(const std::vector<ImportFile>& files, const ImportGround& ground) {
    std::vector<ImportDocument> documents = TRY(documents_of(files));
    std::ranges::stable_sort(documents, {}, &ImportDocument::kind);
    Importer importer(ground);
    for (const ImportDocument& one : documents) importer.read(one);
    return importer.finish();
}

std::string print_documents(const SyncItems& items) {
    std::string text;
    for (const auto& [key, item] : items) {
        if (key.kind != SyncKind::Settings) text += "---\n" + print_yaml(item);
    }
    const std::string managed = print_managed(items);
    return managed.empty() ? text : text + "---\n" + managed;
}

}  // namespace vigia
