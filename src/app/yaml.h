#pragma once

#include <string_view>

#include "base/result.h"

namespace YAML {
class Node;
}

// What the readers of YAML files share.
namespace vigia {

// BadInput with the line and what is wrong there.
Result<YAML::Node> parse_yaml(std::string_view text);

// Counted from 1.
int line_of(const YAML::Node& node);

}  // namespace vigia
