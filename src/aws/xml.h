#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vigia {

constexpr size_t xml_depth_max = 16;
constexpr size_t xml_elements_max = 100'000;

// An element of an answer: namespaces and attributes are left out, AWS's answers need neither.
struct XmlElement {
    std::string name;
    std::string text;
    std::vector<XmlElement> children;

    // The first child of the name, or nothing.
    const XmlElement* child(std::string_view of) const;
    // The text of the first child of the name; empty when there is none.
    std::string_view child_text(std::string_view of) const;
};

// The root. Corrupt for what is no XML, goes past a bound, or declares a document type.
Result<XmlElement> parse_xml(std::string_view text);

}  // namespace vigia
