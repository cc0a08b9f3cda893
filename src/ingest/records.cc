#include "ingest/records.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/excerpt.h"

namespace vigia {

namespace {

// Room for the largest record, and for what is read ahead.
constexpr size_t window_bytes = record_bytes_max + 512 * 1024;
constexpr size_t wrapper_bytes_max = 64;
constexpr size_t run_bytes_min = 16 * 1024;
constexpr size_t run_bytes_max = 256 * 1024;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

size_t skip_blank(std::string_view text, size_t at) {
    while (at < text.size() && is_blank(text[at])) at++;
    return at;
}

// In quotes, the keys under which records stand in a wrapper of their own.
constexpr auto wrapper_keys = std::to_array<std::string_view>({"\"Records\"", "\"events\""});

// The byte after `"Records": [` when the object at the front of the text is such a wrapper; else 0.
size_t wrapper_end(std::string_view text) {
    size_t at = skip_blank(text, 1);
    const auto key = std::ranges::find_if(
        wrapper_keys, [&](std::string_view one) { return text.substr(at).starts_with(one); });
    if (key == wrapper_keys.end()) return 0;
    at = skip_blank(text, at + key->size());
    if (at >= text.size() || text[at] != ':') return 0;
    at = skip_blank(text, at + 1);
    return at < text.size() && text[at] == '[' ? at + 1 : 0;
}

}  // namespace

RecordReader::RecordReader() : bytes_(window_bytes + run_slack_bytes) {}

void RecordReader::open(std::unique_ptr<ByteSource> source) {
    source_ = std::move(source);
    at_ = end_ = 0;
    base_ = number_ = 0;
    drained_ = in_array_ = in_wrapper_ = false;
    run_bytes_ = run_bytes_max;
}

// Reads on, after moving what is left to the front. False when nothing more came.
Result<bool> RecordReader::fill() {
    if (drained_) return false;
    if (at_ > 0) {
        std::memmove(bytes_.data(), bytes_.data() + at_, end_ - at_);
        base_ += at_;
        end_ -= at_;
        at_ = 0;
    }
    if (end_ == window_bytes) return false;
    // No more at once than stays in the processor's cache until it is read.
    const size_t room = std::min(window_bytes - end_, run_bytes_max);
    const size_t count = TRY(source_->read(std::span(bytes_).subspan(end_, room)));
    drained_ = count == 0;
    end_ += count;
    return count > 0;
}

// Goes to the next byte that is neither blank nor a comma between records; false at the end.
Result<bool> RecordReader::at_byte() {
    while (true) {
        if (base_ == 0 && at_ == 0 && std::string_view(bytes_.data(), end_).starts_with(byte_order_mark))
            at_ = byte_order_mark.size();
        while (at_ < end_ && (is_blank(bytes_[at_]) || bytes_[at_] == ',')) at_++;
        if (at_ < end_) return true;
        if (!TRY(fill())) return false;
    }
}

Result<bool> RecordReader::enter_wrapper() {
    while (end_ - at_ < wrapper_bytes_max && TRY(fill())) {
    }
    const size_t inside = wrapper_end({bytes_.data() + at_, end_ - at_});
    if (inside == 0) return false;
    at_ += inside;
    in_array_ = in_wrapper_ = true;
    return true;
}

// Goes to the next byte that begins a record, or should; false at the end.
Result<bool> RecordReader::at_piece() {
    while (TRY(at_byte())) {
        const char c = bytes_[at_];
        if (c == ']' && in_array_) {
            at_++;
            in_array_ = false;
        } else if (c == '}' && in_wrapper_ && !in_array_) {
            at_++;
            in_wrapper_ = false;
        } else if (in_wrapper_ && !in_array_) {
            skip_wrapper_rest();
        } else if (c == '[' && !in_array_) {
            at_++;
            in_array_ = true;
        } else if (c != '{' || in_array_ || !TRY(enter_wrapper())) {
            return true;
        }
    }
    return false;
}

Result<NextRecord> RecordReader::next() {
    if (!TRY(at_piece())) return EndOfFile{};
    if (bytes_[at_] != '{') return refuse_until(at_ + 1, "expected a JSON object");
    return object();
}

Result<std::optional<RecordRun>> RecordReader::run() {
    if (!TRY(at_piece()) || bytes_[at_] != '{') return std::nullopt;
    while (end_ - at_ < run_bytes_ && TRY(fill())) {
    }
    const size_t end = run_end();
    if (end == at_) return std::nullopt;
    return RecordRun{{bytes_.data() + at_, end - at_}, number_ + 1, base_ + at_};
}

void RecordReader::take(size_t bytes, uint64_t records) {
    at_ += bytes;
    number_ += records;
    run_bytes_ =
        records == 0 ? std::max(run_bytes_ / 4, run_bytes_min) : std::min(run_bytes_ * 2, run_bytes_max);
}

// Where a run from here can end: where the stream does, before what looks like the beginning of the record at
// hand, bracket, first key and all, or after a line. No JSON string can hold either.
size_t RecordReader::run_end() const {
    if (drained_ && end_ - at_ <= run_bytes_) return end_;
    const char* const begin = bytes_.data() + at_;
    const std::string_view text(begin, std::min(end_ - at_, run_bytes_));
    const size_t key = skip_blank(text, 1);
    const std::string_view opening = text.substr(key, text.find(':', key) + 1 - key);
    for (size_t size = text.size(); size > 0 && !opening.empty();) {
        const void* const found = memrchr(begin, '{', size);
        if (found == nullptr) break;
        size = static_cast<size_t>(static_cast<const char*>(found) - begin);
        if (size > 0 && text.substr(skip_blank(text, size + 1)).starts_with(opening)) return at_ + size;
    }
    const void* const line = memrchr(begin, '\n', text.size());
    return line == nullptr ? at_ : at_ + static_cast<size_t>(static_cast<const char*>(line) + 1 - begin);
}

// Other keys after the Records of a wrapper say nothing that a record needs.
void RecordReader::skip_wrapper_rest() {
    while (at_ < end_ && bytes_[at_] != '}' && bytes_[at_] != '{' && bytes_[at_] != '\n') at_++;
    if (at_ < end_ && bytes_[at_] == '{') in_wrapper_ = false;
}

// Follows brackets and strings from the '{' at `begin`.
RecordReader::Scanned RecordReader::scan(size_t begin) const {
    const char* const bytes = bytes_.data();
    size_t depth = 0;
    char before = 0;  // the last byte that was not blank
    for (size_t at = begin; at < end_; at++) {
        const char c = bytes[at];
        if (c == '"') {
            for (at++; at < end_ && bytes[at] != '"'; at++) {
                if (bytes[at] == '\\')
                    at++;
                else if (bytes[at] == '\n')
                    return {Scan::Broken, at + 1};  // no JSON string holds a raw line break
            }
            if (at >= end_) return {Scan::Incomplete, end_};
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            if (--depth == 0) return {Scan::Complete, at + 1};
        } else if (c == '\n') {
            // A line that begins with '{' is a record of its own, unless the text before it asks for a value.
            // Where records stand one a line,
            // '{"' is one even then: printers that spread a record over lines break the line after '{'.
            const bool asks = before == ',' || before == ':' || before == '[' || before == '{';
            const bool opens = at + 2 < end_ && bytes[at + 1] == '{';
            if (opens && (!asks || (!in_array_ && bytes[at + 2] == '"'))) return {Scan::Broken, at + 1};
        }
        if (!is_blank(c)) before = c;
    }
    return {Scan::Incomplete, end_};
}

Result<NextRecord> RecordReader::object() {
    Scanned scanned = scan(at_);
    while (scanned.outcome == Scan::Incomplete && TRY(fill())) scanned = scan(at_);
    const uint64_t offset = base_ + at_;
    const size_t size = scanned.end - at_;
    if (scanned.outcome == Scan::Broken)
        return refuse_until(scanned.end, "the record is no JSON: a string or a bracket is not closed");
    if (scanned.outcome == Scan::Incomplete && size <= record_bytes_max && drained_) {
        std::string start = start_of(size);
        at_ = end_;
        return RefusedRecord{++number_, offset, "the record is cut short by the end of the file",
                             std::move(start)};
    }
    if (size > record_bytes_max)
        return refuse_until(std::min(scanned.end, end_),
                            fmt::format("the record has more than {} bytes", record_bytes_max));
    const std::string_view text(bytes_.data() + at_, size);
    at_ = scanned.end;
    return RawRecord{text, ++number_, offset};
}

// The first bytes of what stands at hand, of which there are so many.
std::string RecordReader::start_of(size_t size) const {
    return {bytes_.data() + at_, std::min(size, excerpt_bytes_max)};
}

// Skips to `from`, and on to where a record can begin: a line that starts with '{', or an object after a
// comma that starts with a key.
Result<NextRecord> RecordReader::refuse_until(size_t from, std::string reason) {
    const uint64_t offset = base_ + at_;
    std::string start = start_of(from - at_);
    at_ = from;
    while (true) {
        for (; at_ + 1 < end_; at_++) {
            const char before = at_ == 0 ? '\n' : bytes_[at_ - 1];
            if (bytes_[at_] == '{' && bytes_[at_ + 1] == '"' && (before == '\n' || before == ',')) {
                return RefusedRecord{++number_, offset, std::move(reason), std::move(start)};
            }
        }
        if (!TRY(fill())) break;
    }
    at_ = end_;
    return RefusedRecord{++number_, offset, std::move(reason), std::move(start)};
}

}  // namespace vigia
