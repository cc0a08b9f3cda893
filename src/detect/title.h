#pragma once

#include <string>
#include <string_view>

#include "model/fields.h"
#include "model/json.h"

namespace vigia {

// The template with each {{field}} replaced by the field's first value, or by `unknown`. Control characters
// in values become spaces, and a value is cut at title_value_bytes_max: a title is one line wherever it is
// shown.
std::string render_title(std::string_view title, const Json& record, const FieldCatalogue& catalogue);

constexpr size_t title_value_bytes_max = 256;

}  // namespace vigia
