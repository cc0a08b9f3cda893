// Any text as the body of what people write: it is read or refused with a reason, and what is read and within
// its bounds has a JSON form that reads back to the same value.
#include "base/assert.h"
#include "catalog/bodies.h"

namespace {

using namespace vigia;

template <typename Body>
void check(std::string_view text) {
    Body body;
    if (const auto read = read_body(text, body); !read) {
        VIGIA_ASSERT(!read.error().message.empty());
        return;
    }
    if (const auto checked = check_body(body); !checked) {
        VIGIA_ASSERT(checked.error().kind == ErrorKind::BadInput && !checked.error().message.empty());
        return;
    }
    Body again;
    VIGIA_ASSERT(read_body(json_of(body), again).has_value());
    VIGIA_ASSERT(again == body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check<Rule>(text);
    check<ManagedSettings>(text);
    check<Suppression>(text);
    check<RuleTags>(text);
    check<Ruleset>(text);
    check<NamedList>(text);
    return 0;
}
