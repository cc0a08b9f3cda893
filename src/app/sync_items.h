#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/rule_files.h"
#include "base/result.h"
#include "catalog/bodies.h"

// What `vigia rules push`, `pull` and `diff` hold against each other: rules, named lists and settings of
// shipped rules, in a folder of YAML files and in an organisation.
namespace vigia {

// In the order in which they are added: rules call lists.
enum class SyncKind : uint8_t { List, Rule, Settings };
std::string_view name(SyncKind kind);

// A rule and settings are known by the rule's id, a list by its name.
struct SyncKey {
    SyncKind kind = SyncKind::Rule;
    std::string id;
    auto operator<=>(const SyncKey&) const = default;
};

struct SyncItem {
    std::variant<Rule, ListFile, ManagedSettings> body;
    std::string title;      // for people: a rule's name
    std::string file;       // in the folder
    std::string server_id;  // at the service
    int64_t version = 0;    // at the service
};
using SyncItems = std::map<SyncKey, SyncItem>;

// The item as YAML, by which two are held against each other: with the ruleset.
std::string print_yaml(const SyncItem& item);

// How two sides stand to each other. Of an item that neither has, there is none.
struct Difference {
    SyncKey key;
    const SyncItem* local = nullptr;
    const SyncItem* remote = nullptr;
};
// In the order of the keys. Both outlive them.
std::vector<Difference> differences(const SyncItems& local, const SyncItems& remote);

// The items of a folder. Nothing when something in it is wrong; what, is in `problems`.
std::optional<SyncItems> read_folder(const std::string& folder, std::vector<FileProblem>& problems);

// Writes the item where it stands in the folder, or to a new place there. Tests that its file has already
// stay as they are written there. Settings, of which one file has all, are written by write_managed().
Result<std::string> write_item(const std::string& folder, const SyncKey& key, const SyncItem& item,
                               const std::string& file);
// What is settled about shipped rules, as the text of one file; empty when nothing is.
std::string print_managed(const SyncItems& items);
// Writes what is settled about shipped rules; the file goes when nothing is.
Result<void> write_managed(const std::string& folder, const SyncItems& items);

}  // namespace vigia
