// Any text that is a filter finds by SQL, over the columns of stored events, those events of which the walk
// over their trees says that it holds; and counts as many.
#include <algorithm>
#include <filesystem>
#include <set>

#include "app/batch_reader.h"
#include "app/event_search.h"
#include "base/assert.h"
#include "base/random.h"
#include "lang/tree_walk.h"
#include "tests/random_filters.h"

namespace {

using namespace vigia;

constexpr const char* organisation = "0123456789abcdef01234567";
constexpr size_t records_of_each_kind = 30;

// Some events, in memory.
class Stored {
public:
    Stored() : folder_(std::filesystem::temp_directory_path() / ("vigia-fuzz-" + hex(random_bytes(8)))) {
        std::filesystem::create_directories(folder_);
        inbox_ = *Inbox::open(folder_ / "inbox.db");
        store_ = *EventStore::open({.folder = folder_ / "lake", .memory_bytes_max = 512'000'000}, *inbox_);
        Maker maker(1);
        std::string body;
        for (size_t i = 0; i < records_of_each_kind; i++)
            body += maker.record() + "\n" + maker.runtime_record() + "\n";
        auto rules = std::make_shared<RulesInForce>();
        rules->rules = make_rule_set({}, {});
        BatchReader reader;
        auto batch = reader.read(body, organisation, Time{}, rules, Detection::Off);
        VIGIA_ASSERT(batch.has_value());
        std::vector<uint32_t> all;
        std::set<std::string_view> ids;
        for (uint32_t i = 0; i < batch->rows.size(); i++) {
            if (!ids.insert(batch->rows.id(i)).second) continue;
            all.push_back(i);
            records_.emplace_back(batch->rows.id(i), batch->rows.record(i));
        }
        store_->append({organisation, 1, Time{}, std::move(batch->rows), std::move(all)});
    }
    ~Stored() {
        store_.reset();
        inbox_.reset();
        std::filesystem::remove_all(folder_);
    }

    EventStore& store() { return *store_; }
    const std::vector<std::pair<std::string, std::string>>& records() const { return records_; }

private:
    std::filesystem::path folder_;
    std::optional<Inbox> inbox_;
    std::unique_ptr<EventStore> store_;
    std::vector<std::pair<std::string, std::string>> records_;
};

std::set<std::string> walked(const Stored& stored, const SearchFilter& filter) {
    std::set<std::string> ids;
    if (filter.rules()->rules().empty()) {
        for (const auto& [id, record] : stored.records()) ids.insert(id);
        return ids;
    }
    Normaliser normaliser;
    const CheckedRule& rule = filter.rules()->rules()[0];
    for (const auto& [id, record] : stored.records()) {
        (void)normaliser.normalise(record, [&](const Event& event) {
            if (std::ranges::find(rule.event_types, event.type) == rule.event_types.end()) return;
            const TreeContext context{filter.rules()->catalogue(event.type), filter.rules()->lists()};
            if (holds(rule.filter, *event.record, context)) ids.insert(id);
        });
    }
    return ids;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static Stored stored;
    const auto made = SearchFilter::make({reinterpret_cast<const char*>(data), size}, make_lists());
    VIGIA_ASSERT(made.filter || !made.diagnostics.empty());
    if (!made.filter) return 0;
    EventSearcher searcher(stored.store());
    const EventSearch search{
        .organisation = organisation, .filter = &*made.filter, .limit = search_limit_max};
    const auto page = searcher.page(search);
    VIGIA_ASSERT(page.has_value());
    std::set<std::string> found;
    for (const FoundEvent& event : page->events) VIGIA_ASSERT(found.insert(event.id).second);
    VIGIA_ASSERT(found == walked(stored, *made.filter));
    const auto count = searcher.count(search);
    VIGIA_ASSERT(count && *count == found.size());
    return 0;
}
