#include "app/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace vigia {

// yaml-cpp throws while it parses and while it is asked; what it throws ends in these two.
Result<YAML::Node> parse_yaml(std::string_view text) {
    try {
        return YAML::Load(std::string(text));
    } catch (const YAML::Exception& failure) {
        return error(ErrorKind::BadInput, fmt::format("{}: {}", failure.mark.line + 1, failure.msg));
    }
}

void read_yaml(std::string_view text, const std::string& file, std::vector<FileProblem>& problems,
               const std::function<void(const YAML::Node& root)>& read) {
    const auto root = parse_yaml(text);
    if (!root) {
        problems.push_back({file, 0, Diagnostic::Level::Error, "not YAML, line " + root.error().message});
        return;
    }
    try {
        read(*root);
    } catch (const YAML::Exception& failure) {
        problems.push_back({file, failure.mark.line + 1, Diagnostic::Level::Error, failure.msg});
    }
}

int line_of(const YAML::Node& node) { return node.Mark().line + 1; }

}  // namespace vigia
