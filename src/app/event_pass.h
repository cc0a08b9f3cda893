#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/file.h"
#include "ingest/records.h"
#include "model/event.h"
#include "normalise/event_scanner.h"
#include "normalise/normaliser.h"

namespace vigia {

// Who takes what a pass finds.
class EventTaker {
public:
    virtual ~EventTaker() = default;
    // Who tells the scanner what to read of each kind.
    virtual Interest& interest() = 0;
    // An event of values. False when only its whole record can tell: then it comes to walk().
    virtual bool take(const Event& event, const RawRecord& raw) = 0;
    // An event with its record as a tree.
    virtual void walk(const Event& event) = 0;
    // Envelopes and what was in them besides events.
    virtual void opened(const Normalised& done) = 0;
    // `text` begins as what is refused does.
    virtual void refuse(uint64_t record, uint64_t offset, std::string reason, std::string_view text) = 0;
};

// One pass over a stream of records: many at once where they are as their makers write them, one by one where
// they are not. For one thread.
class EventPass {
public:
    // Begins with another stream, in the same memory.
    void open(std::unique_ptr<ByteSource> source) { reader_.open(std::move(source)); }

    // Gives some more of the stream to the taker; false at its end. An error only when the source fails: what
    // came before it has been given.
    Result<bool> next(EventTaker& taker);

    // Reads one record whole.
    void normalise(const RawRecord& raw, EventTaker& taker, const std::function<void(const Event&)>& visit);

    uint64_t bytes_read() const { return reader_.bytes_read(); }

private:
    bool next_run(EventTaker& taker);
    void walk(const RawRecord& raw, EventTaker& taker);

    RecordReader reader_;
    EventScanner scanner_;
    Normaliser normaliser_;
};

}  // namespace vigia
