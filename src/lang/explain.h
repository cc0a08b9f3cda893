#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/tree_walk.h"

namespace vigia {

// What an explanation keeps of the values that a field has: enough to recognise them.
constexpr size_t explained_values_max = 5;
constexpr size_t explained_value_bytes_max = 120;

struct ExplainedValue {
    std::string text;  // its beginning, when it is `cut`
    ValueKind kind = ValueKind::Text;
    bool cut = false;
};

// A field that a condition asks of, as the filter spells it, and what it found.
struct ExplainedField {
    std::string field;
    std::vector<ExplainedValue> values;  // the first
    size_t count = 0;                    // of all
};

// Undecided is what no event was asked of: the conditions for one element, where there is no element.
enum class Truth : uint8_t { False, True, Undecided };

// One part of a filter, what it came to, and why. Of a quantified condition, `children` tells of the element
// that decided, the first else.
struct Explanation {
    const ast::Filter* part = nullptr;
    Truth verdict = Truth::Undecided;
    std::vector<ExplainedField> fields;  // of a condition: its operand, then the paths it is compared with
    size_t elements = 0;                 // of a quantified one
    std::optional<size_t> element;       // its place among them
    std::vector<Explanation> children;
};

// Borrows from the filter, which must have passed check() with the same catalogue and lists.
Explanation explain(const ast::Filter& filter, const Json& record, const TreeContext& context);

// One line a condition: its verdict, and what was found: "no  eventName = \"PutImage\"   found "GetObject"".
std::string print(const Explanation& explanation);

// "condition", "and", "any" …
std::string_view kind_of(const ast::Filter& part);

}  // namespace vigia
