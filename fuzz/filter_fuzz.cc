// For any text: spans lie inside it, what parses prints and parses back to the same tree, and the folded
// filter has the verdict of the whole one over a record.
#include "base/assert.h"
#include "detect/rule_set.h"
#include "normalise/catalogue.h"
#include "normalise/json_document.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace vigia;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static const NamedLists lists;
    static const TreeContext context{catalogue(EventType::CloudTrail), lists};
    const ParseResult result = parse_checked(text, context.catalogue, lists);
    for (const Diagnostic& one : result.diagnostics) {
        VIGIA_ASSERT(one.span.begin <= one.span.end &&
                     one.span.end <= std::max(text.size(), filter_bytes_max));
        VIGIA_ASSERT(!print(one, text).empty());
    }
    if (!result.filter) return 0;
    const ParseResult again = parse(ast::print(*result.filter));
    // Printing may write a filter near the limit longer than the limit, or deeper by the parentheses that it
    // adds.
    if (again.filter) VIGIA_ASSERT(*again.filter == *result.filter);
    static JsonReader reader;
    const auto record = reader.read(
        R"({"eventSource":"s3.amazonaws.com","eventName":"GetObject","a":[1,"x",{"b":null}],"userIdentity":{"type":"Root"}})");
    VIGIA_ASSERT(record);
    const bool whole = holds(*result.filter, **record, context);
    const auto folded = fold(*result.filter, "s3.amazonaws.com", "GetObject", context);
    const bool* verdict = std::get_if<bool>(&folded);
    VIGIA_ASSERT(whole ==
                 (verdict != nullptr ? *verdict : holds(std::get<ast::Filter>(folded), **record, context)));
    return 0;
}
