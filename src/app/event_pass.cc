#include "app/event_pass.h"

#include "base/match.h"

namespace vigia {

Result<bool> EventPass::next(EventTaker& taker) {
    if (next_run(taker)) return true;
    const NextRecord next = TRY(reader_.next());
    return std::visit(
        match{
            [&](const RawRecord& raw) { return walk(raw, taker), true; },
            [&](const RefusedRecord& refused) {
                return taker.refuse(refused.number, refused.offset, refused.reason, refused.start), true;
            },
            [](EndOfFile) { return false; },
        },
        next);
}

// Many records at once, as far as they are as their makers write them; false when none was.
bool EventPass::next_run(EventTaker& taker) {
    const auto found = reader_.run();
    if (!found || !*found) return false;
    const RecordRun run = **found;
    const auto raw = [&](std::string_view record, uint64_t number) {
        return RawRecord{record, run.number + number,
                         run.offset + static_cast<uint64_t>(record.data() - run.text.data())};
    };
    const EventScanner::Done done = scanner_.scan(
        run.text, taker.interest(),
        [&](const Event& event, std::string_view record, uint64_t number) {
            const RawRecord one = raw(record, number);
            if (!taker.take(event, one)) walk(one, taker);
        },
        [&](std::string_view record, uint64_t number) { walk(raw(record, number), taker); });
    reader_.take(done.bytes, done.records);
    return done.records > 0;
}

void EventPass::walk(const RawRecord& raw, EventTaker& taker) {
    normalise(raw, taker, [&](const Event& event) { taker.walk(event); });
}

void EventPass::normalise(const RawRecord& raw, EventTaker& taker,
                          const std::function<void(const Event&)>& visit) {
    const auto done = normaliser_.normalise(raw.text, visit);
    if (!done) return taker.refuse(raw.number, raw.offset, done.error().message, raw.text);
    taker.opened(*done);
    for (uint64_t i = 0; i < done->refused; i++) taker.refuse(raw.number, raw.offset, done->reason, raw.text);
}

}  // namespace vigia
