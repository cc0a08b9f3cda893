#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/rule_files.h"
#include "base/result.h"

namespace YAML {
class Node;
}

// What the readers of YAML files share.
namespace vigia {

// BadInput with the line and what is wrong there.
Result<YAML::Node> parse_yaml(std::string_view text);
// Calls with the root of what the file says. What is no YAML, or throws while it is read, is a problem of it.
void read_yaml(std::string_view text, const std::string& file, std::vector<FileProblem>& problems,
               const std::function<void(const YAML::Node& root)>& read);

// One document of a text that may have many, parted by lines of `---`: from the first line that says
// something.
struct YamlDocument {
    std::string_view text;
    int lines_before = 0;
};
// Those that say something; of a text without any, none.
std::vector<YamlDocument> split_documents(std::string_view text);

// Counted from 1.
int line_of(const YAML::Node& node);

}  // namespace vigia
