// Any record is normalised or refused with a reason, and an event's verdicts and title come without a crash.
#include "app/rule_files.h"
#include "base/assert.h"
#include "detect/title.h"
#include "normalise/normaliser.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace vigia;
    static Detector detector = [] {
        LoadedRules loaded = load_rules({shipped_rules_folder()});
        return Detector(make_rule_set(std::move(loaded.rules), std::move(loaded.lists)));
    }();
    Normaliser normaliser;
    const auto done =
        normaliser.normalise({reinterpret_cast<const char*>(data), size}, [](const Event& event) {
            for (const Hit& hit : detector.walk(event)) {
                const Rule& rule = detector.rules().rules()[hit.rule].rule;
                VIGIA_ASSERT(
                    !render_title(rule.title, *event.record, detector.rules().catalogue(event.type)).empty());
            }
        });
    VIGIA_ASSERT(done || !done.error().message.empty());
    return 0;
}
