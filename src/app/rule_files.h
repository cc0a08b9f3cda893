#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/bodies.h"
#include "detect/detector.h"
#include "model/rule.h"

namespace vigia {

constexpr size_t rule_file_bytes_max = 1024 * 1024;

struct RuleFile {
    Rule rule;
    bool names_ruleset = false;  // else the ruleset is the folder's name
};

// A file of `lists/`.
struct ListFile {
    std::string name;
    std::string description;
    std::vector<std::string> items;
};

// What a folder settles about rules that Vigia ships stands in one file of this name, which is no rule.
constexpr std::string_view managed_file_name = "managed.yaml";
struct ManagedEntry {
    std::string rule;  // its id
    ManagedSettings settings;
    int line = 0;
};

// Something wrong in a file, by its line (0: the file as a whole).
struct FileProblem {
    std::string file;
    int line = 0;
    Diagnostic::Level level = Diagnostic::Level::Error;
    std::string message;
};

// One YAML text as a rule. Unknown keys and missing ones are problems; all of them are reported. The rule is
// there when none is an error.
std::optional<RuleFile> read_rule(std::string_view yaml, const std::string& file,
                                  std::vector<FileProblem>& problems);

// A list; nothing when a problem is an error.
std::optional<ListFile> read_list(std::string_view yaml, const std::string& file,
                                  std::vector<FileProblem>& problems);
// The entries of a `managed.yaml`, in the order of their rules; nothing when a problem is an error.
std::optional<std::vector<ManagedEntry>> read_managed(std::string_view yaml, const std::string& file,
                                                      std::vector<FileProblem>& problems);

// The rules and named lists below folders, checked. What has an error is left out and reported; the rest
// works. The lists that Vigia ships are always there; a list of the same name takes their place.
struct LoadedRules {
    std::vector<RuleFile> files;  // in the order of `rules`
    std::vector<CheckedRule> rules;
    NamedLists lists;
    std::vector<FileProblem> problems;
    size_t refused = 0;
};

LoadedRules load_rules(const std::vector<std::string>& folders);

// What no two rules may share, and the file that has it.
struct TakenByRules {
    std::map<std::string, std::string> ids, names;
};
// Takes one text as load_rules() takes that of a file: into `loaded`, whose lists it may call. False when it
// is refused; then `problems` says why.
bool load_rule(const std::string& file, std::string_view yaml, TakenByRules& taken, LoadedRules& loaded);

// A filter by itself, as a rule that is asked of all events.
CheckedRuleResult check_search(std::string filter, const NamedLists& lists);

// The loaded rules and lists as one set.
std::shared_ptr<const RuleSet> make_rule_set(std::vector<CheckedRule> rules, NamedLists lists);

// Where the rules that Vigia ships stand: beside the installed program, else in the source tree.
std::string shipped_rules_folder();

// The catalogues of all event types.
Catalogues all_catalogues();

// The rule as a YAML file, without its ruleset; the tests come last.
std::string print_yaml(const Rule& rule);
// The key of the tests and what stands below it; nothing for none.
std::string print_yaml(const std::vector<RuleTest>& tests);
std::string print_yaml(const ListFile& list);
std::string print_yaml(const ManagedSettings& settings);
// What a rule's ruleset is when its file does not say: the name of the folder.
std::string ruleset_of(const std::string& file);

std::string print(const FileProblem& problem);

}  // namespace vigia
