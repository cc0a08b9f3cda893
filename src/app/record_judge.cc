#include "app/record_judge.h"

namespace vigia {

void RecordJudge::judge(std::span<const std::string_view> records, const Visit& visit) {
    if (records.empty() || detector_.rules().rules().empty()) return;
    // As many as the scanner takes at once; where it stops, the tree goes on.
    run_.clear();
    for (const std::string_view record : records) (run_ += record) += '\n';
    const size_t size = run_.size();
    run_.resize(size + run_slack_bytes, ' ');
    const EventScanner::Done done = scanner_.scan(
        std::string_view(run_).substr(0, size), detector_,
        [&](const Event& event, std::string_view record, uint64_t number) {
            const auto hits = detector_.detect(event);
            if (!hits)
                walk(record, number, visit);
            else if (!hits->empty())
                visit(number, event, *hits);
        },
        [&](std::string_view record, uint64_t number) { walk(record, number, visit); });
    for (size_t i = done.records; i < records.size(); i++) walk(records[i], i, visit);
}

void RecordJudge::walk(std::string_view record, size_t number, const Visit& visit) {
    // A record that was read once is read again; what is none holds nothing.
    (void)normaliser_.normalise(record, [&](const Event& event) {
        const std::vector<Hit> hits = detector_.walk(event);
        if (!hits.empty()) visit(number, event, hits);
    });
}

}  // namespace vigia
