#pragma once

#include <string>
#include <vector>

#include "app/shipped_rules.h"
#include "app/sync_items.h"

// What texts of YAML would change of an organisation's rules, named lists and settings of shipped rules: the
// same as `vigia rules push` of a folder with these files, but that a file may have many documents, parted by
// lines of `---`.
namespace vigia {

constexpr size_t import_files_max = 2000;
constexpr size_t import_documents_max = 5000;
constexpr size_t import_bytes_max = 8 * 1024 * 1024;  // of all texts

struct ImportFile {
    std::string name;  // a path says the ruleset of a rule that does not: cloudtrail/buckets/read.yaml
    std::string text;
};

enum class ImportVerdict : uint8_t { Added, Changed, Unchanged, Refused };
std::string_view name(ImportVerdict verdict);

// What becomes of one document, or of one entry of a `managed.yaml`.
struct ImportChange {
    ImportVerdict verdict = ImportVerdict::Refused;
    SyncKey key;        // no id where none could be read
    std::string title;  // for people
    std::string file;
    int line = 0;        // of the file, where it begins
    std::string before;  // as YAML; empty where there is nothing
    std::string after;
    std::vector<FileProblem> problems;  // why it is refused; lines are those of the file
};

struct ImportPlan {
    SyncItems items;                    // those that are not refused
    std::vector<ImportChange> changes;  // in the order of the texts
    // Another one when the texts, or what they meet, are others.
    std::string mark() const;
    bool is_refused() const;
};

// What an import meets: what the organisation has of its own, and what Vigia ships.
struct ImportGround {
    const SyncItems& own;
    const ShippedRules& shipped;
};

// BadInput for more than the bounds above.
Result<ImportPlan> plan_import(const std::vector<ImportFile>& files, const ImportGround& ground);

// The items as one text that can be imported: a document an item, one for all settings. Empty for none.
std::string print_documents(const SyncItems& items);

}  // namespace vigia
