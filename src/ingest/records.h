#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "model/json.h"

namespace vigia {

constexpr size_t record_bytes_max = 1024 * 1024;

// One JSON object, by its text; valid until the next call of next().
struct RawRecord {
    std::string_view text;
    uint64_t number = 0;  // in its file, from 1
    uint64_t offset = 0;  // of its first byte, in the inflated file
};

// Records that stand one after the other, with blanks and commas between them: the text begins with a record
// and ends outside of any string, perhaps inside a record. run_slack_bytes more behind it can be read.
struct RecordRun {
    std::string_view text;
    uint64_t number = 0;  // of the first record
    uint64_t offset = 0;
};

// A piece that is no record. The records after it are still read.
struct RefusedRecord {
    uint64_t number = 0;
    uint64_t offset = 0;
    std::string reason;
    std::string start;  // its first bytes, excerpt_bytes_max at most
};

struct EndOfFile {};

using NextRecord = std::variant<RawRecord, RefusedRecord, EndOfFile>;

// Cuts a stream into the records in it: {"Records":[…]}, {"events":[…]}, a JSON array, objects one a line or
// one after the other, also mixed, as concatenated files are. Holds one window of memory, whatever the size
// of the stream. Looks at brackets and strings only: whether a record is good JSON is for the next stage to
// say.
class RecordReader {
public:
    RecordReader();
    explicit RecordReader(std::unique_ptr<ByteSource> source) : RecordReader() { open(std::move(source)); }

    // Begins with another stream, in the same memory.
    void open(std::unique_ptr<ByteSource> source);

    // An error only when the source fails; the records before it have been given.
    Result<NextRecord> next();

    // The records at hand, for a reader of many at once; nothing when only next() can tell what follows. The
    // reader says with take() how far it came; what is left comes again, and next() always gets on.
    Result<std::optional<RecordRun>> run();
    void take(size_t bytes, uint64_t records);

    uint64_t bytes_read() const { return base_ + end_; }

private:
    enum class Scan : uint8_t { Complete, Incomplete, Broken };
    struct Scanned {
        Scan outcome;
        size_t end;  // the byte after the record, or where to go on
    };

    Result<bool> fill();
    Result<bool> at_byte();
    Result<bool> at_piece();
    size_t run_end() const;
    Result<bool> enter_wrapper();
    Scanned scan(size_t begin) const;
    Result<NextRecord> object();
    std::string start_of(size_t size) const;
    Result<NextRecord> refuse_until(size_t from, std::string reason);
    void skip_wrapper_rest();

    std::unique_ptr<ByteSource> source_;
    std::vector<char> bytes_;
    size_t at_ = 0;
    size_t end_ = 0;
    uint64_t base_ = 0;  // bytes of the stream before bytes_[0]
    uint64_t number_ = 0;
    bool drained_ = false;
    bool in_array_ = false;
    bool in_wrapper_ = false;
    size_t run_bytes_ = 0;  // that a run may have: few after a run of which nothing could be read
};

}  // namespace vigia
