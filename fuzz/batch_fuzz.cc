// Any bytes as the body of a batch: they are read or refused with a reason, each event has an id and a time,
// and the same bytes are read the same again, which is what the start after a crash counts on.
#include "app/batch_reader.h"
#include "app/rule_compiler.h"
#include "base/assert.h"

namespace {

// A record that only its whole tree could be asked of is kept without the white space between its tokens, and
// with U+FFFD for what is no UTF-8.
bool same_record(std::string_view one, std::string_view other) {
    const auto dense = [](std::string_view text) {
        std::string out;
        bool in_string = false, escaped = false;
        for (const char c : text) {
            if (!in_string && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) continue;
            if (c == '"' && !escaped) in_string = !in_string;
            escaped = in_string && c == '\\' && !escaped;
            out += c;
        }
        return out;
    };
    constexpr std::string_view replacement = "\xEF\xBF\xBD";
    return one.contains(replacement) || other.contains(replacement) || dense(one) == dense(other);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace vigia;
    static const std::string organisation = "0123456789abcdef01234567";
    static const std::shared_ptr<const RulesInForce> rules = [] {
        RuleBook book;
        book.organisations.push_back({.organisation = organisation});
        return compile_rules(book, ShippedRules::load());
    }();
    static BatchReader reader;
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    const Time received{std::chrono::seconds{1'780'000'000}};
    const auto read = reader.read(body, organisation, received, rules, Detection::On);
    if (!read) {
        VIGIA_ASSERT(!read.error().message.empty());
        return 0;
    }
    VIGIA_ASSERT(read->refused == 0 || !read->problems.empty());
    for (const ReadBatch::Matched& one : read->matched) {
        VIGIA_ASSERT(one.event < read->rows.size() && one.match.organisation == organisation);
        VIGIA_ASSERT(!one.match.title.empty());
    }
    BatchReader other;
    const auto again = other.read(body, organisation, received, rules, Detection::Off);
    VIGIA_ASSERT(again && again->rows.size() == read->rows.size() && again->refused == read->refused);
    for (size_t i = 0; i < read->rows.size(); i++) {
        VIGIA_ASSERT(!read->rows.id(i).empty());
        VIGIA_ASSERT(again->rows.id(i) == read->rows.id(i));
        VIGIA_ASSERT(same_record(again->rows.record(i), read->rows.record(i)));
        VIGIA_ASSERT(again->rows.row(i).time == read->rows.row(i).time);
    }
    return 0;
}
