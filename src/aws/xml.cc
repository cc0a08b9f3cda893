#include "aws/xml.h"

#include <expat.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace vigia {

namespace {

struct Building {
    XML_Parser parser = nullptr;
    XmlElement root;
    std::vector<XmlElement*> open;
    size_t elements = 0;
};

struct FreeParser {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

void on_begin(void* of, const XML_Char* name, const XML_Char**) {
    auto& building = *static_cast<Building*>(of);
    if (building.open.size() >= xml_depth_max || ++building.elements > xml_elements_max) {
        XML_StopParser(building.parser, XML_FALSE);
        return;
    }
    XmlElement* element = &building.root;
    if (!building.open.empty()) {
        // The children of an element that is open stay where they are: only the last of them is open.
        std::vector<XmlElement>& siblings = building.open.back()->children;
        element = &siblings.emplace_back();
    }
    const std::string_view full = name;
    element->name = full.substr(full.find(':') == std::string_view::npos ? 0 : full.find(':') + 1);
    building.open.push_back(element);
}

void on_end(void* of, const XML_Char*) { static_cast<Building*>(of)->open.pop_back(); }

void on_text(void* of, const XML_Char* text, int bytes) {
    const auto& building = *static_cast<Building*>(of);
    if (!building.open.empty()) building.open.back()->text.append(text, static_cast<size_t>(bytes));
}

void on_doctype(void* of, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    XML_StopParser(static_cast<Building*>(of)->parser, XML_FALSE);
}

}  // namespace

const XmlElement* XmlElement::child(std::string_view of) const {
    const auto found = std::ranges::find(children, of, &XmlElement::name);
    return found == children.end() ? nullptr : &*found;
}

std::string_view XmlElement::child_text(std::string_view of) const {
    const XmlElement* const found = child(of);
    return found == nullptr ? std::string_view() : std::string_view(found->text);
}

Result<XmlElement> parse_xml(std::string_view text) {
    const std::unique_ptr<XML_ParserStruct, FreeParser> parser(XML_ParserCreate(nullptr));
    Building building{.parser = parser.get()};
    XML_SetUserData(parser.get(), &building);
    XML_SetElementHandler(parser.get(), &on_begin, &on_end);
    XML_SetCharacterDataHandler(parser.get(), &on_text);
    XML_SetStartDoctypeDeclHandler(parser.get(), &on_doctype);
    if (XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), 1) != XML_STATUS_OK)
        return error(ErrorKind::Corrupt, fmt::format("the answer is no XML that is understood (line {}: {})",
                                                     XML_GetCurrentLineNumber(parser.get()),
                                                     XML_ErrorString(XML_GetErrorCode(parser.get()))));
    return std::move(building.root);
}

}  // namespace vigia
