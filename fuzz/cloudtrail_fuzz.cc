// Any record is normalised or refused with a reason, and an event's verdicts and title come without a crash.
// What one pass over the bytes detects in a record, the walk over its tree does.
#include <algorithm>
#include <string>

#include "app/pipeline.h"
#include "app/rule_files.h"
#include "base/assert.h"
#include "detect/detector.h"
#include "normalise/event_scanner.h"
#include "normalise/normaliser.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace vigia;
    static Detector detector = [] {
        LoadedRules loaded = load_rules({shipped_rules_folder()});
        return Detector(make_rule_set(std::move(loaded.rules), std::move(loaded.lists)));
    }();
    static EventScanner scanner;
    Normaliser normaliser;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto done = normaliser.normalise(text, [](const Event& event) {
        for (const Hit& hit : detector.walk(event)) {
            VIGIA_ASSERT(!make_match(hit, event, detector.rules(), Records::Kept).title().empty());
        }
    });
    VIGIA_ASSERT(done || !done.error().message.empty());

    std::string run(text);
    run.resize(size + run_slack_bytes);
    const auto scanned = scanner.scan(
        std::string_view(run).substr(0, size), detector,
        [&](const Event& event, std::string_view record, uint64_t) {
            const auto hits = detector.detect(event);
            if (!hits) return;
            // Damage inside what no rule asks for is the tree's to find.
            (void)normaliser.normalise(record, [&](const Event& tree) {
                VIGIA_ASSERT(tree.type == event.type);
                VIGIA_ASSERT(tree.source == event.source && tree.name == event.name && tree.id == event.id);
                VIGIA_ASSERT(tree.account == event.account && tree.time == event.time);
                VIGIA_ASSERT(std::ranges::equal(detector.walk(tree), *hits));
            });
        },
        [](std::string_view, uint64_t) {});
    VIGIA_ASSERT(scanned.bytes <= size);
    return 0;
}
