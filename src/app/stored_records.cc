#include "app/stored_records.h"

namespace vigia {

void StoredRecords::each(std::span<const std::string_view> records, Interest& interest, const Visit& visit) {
    if (records.empty()) return;
    // As many as the scanner takes at once; where it stops, the tree goes on.
    run_.clear();
    for (const std::string_view record : records) (run_ += record) += '\n';
    const size_t size = run_.size();
    run_.resize(size + run_slack_bytes, ' ');
    const EventScanner::Done done = scanner_.scan(
        std::string_view(run_).substr(0, size), interest,
        [&](const Event& event, std::string_view record, uint64_t number) {
            if (!visit(event, number)) walk(record, number, visit);
        },
        [&](std::string_view record, uint64_t number) { walk(record, number, visit); });
    for (size_t i = done.records; i < records.size(); i++) walk(records[i], i, visit);
}

void StoredRecords::walk(std::string_view record, size_t number, const Visit& visit) {
    // A record that was read once is read again; what is none has no event.
    (void)normaliser_.normalise(record, [&](const Event& event) { (void)visit(event, number); });
}

}  // namespace vigia
