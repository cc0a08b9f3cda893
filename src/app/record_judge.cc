#include "app/record_judge.h"

namespace vigia {

void RecordJudge::judge(std::span<const std::string_view> records, const Visit& visit) {
    if (detector_.rules().rules().empty()) return;
    records_.each(records, detector_, [&](const Event& event, size_t record) {
        if (event.record != nullptr) {
            const std::vector<Hit> hits = detector_.walk(event);
            if (!hits.empty()) visit(record, event, hits);
            return true;
        }
        const auto hits = detector_.detect(event);
        if (hits && !hits->empty()) visit(record, event, *hits);
        return hits.has_value();
    });
}

}  // namespace vigia
