#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lang/ast.h"

namespace vigia {

// A title as rules write it, read once: text, and fields in {{}}.
class TitleTemplate {
public:
    TitleTemplate() = default;
    explicit TitleTemplate(std::string_view title);

    // In their order; nothing for what stands in {{}} and is no field.
    std::span<const std::optional<ast::Path>> fields() const { return fields_; }

    // The template with each field replaced by its value, or by `unknown`. Control characters in values
    // become spaces, and a value is cut at title_value_bytes_max: a title is one line wherever it is shown.
    // Appended to `text`.
    void render(std::span<const std::optional<std::string_view>> values, std::string& text) const;

private:
    std::vector<std::optional<ast::Path>> fields_;
    std::vector<std::string> texts_;  // before each field, and after the last
};

constexpr size_t title_value_bytes_max = 256;

}  // namespace vigia
