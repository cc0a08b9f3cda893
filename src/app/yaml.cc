#include "app/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>

#include "base/number.h"
#include "base/parts.h"

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
        const std::string& said = root.error().message;  // "3: what"
        const size_t colon = said.find(": ");
        problems.push_back({file, parse_whole<int>(said.substr(0, colon)).value_or(0),
                            Diagnostic::Level::Error, "not YAML: " + said.substr(colon + 2)});
        return;
    }
    try {
        read(*root);
    } catch (const YAML::Exception& failure) {
        problems.push_back({file, failure.mark.line + 1, Diagnostic::Level::Error, failure.msg});
    }
}

namespace {

constexpr std::string_view separator = "---";

bool is_separator(std::string_view line) {
    return line.starts_with(separator) && (line.size() == separator.size() || line[separator.size()] == ' ');
}

}  // namespace

// A line of `---` parts documents wherever it stands: the texts of a mapping are indented, so it is never in
// one.
std::vector<YamlDocument> split_documents(std::string_view text) {
    std::vector<YamlDocument> documents;
    std::optional<YamlDocument> open;  // its text goes to the end of all, until it ends
    const auto end_before = [&](size_t at) {
        if (open) {
            open->text.remove_suffix(text.size() - at);
            documents.push_back(*open);
        }
        open.reset();
    };
    int line = 0;
    for (size_t at = 0; at < text.size(); line++) {
        const size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
        size_t begin = at;
        std::string_view written = text.substr(at, end - at);
        while (written.ends_with('\n') || written.ends_with('\r')) written.remove_suffix(1);
        if (is_separator(written)) {
            end_before(at);
            begin += separator.size();
            written.remove_prefix(separator.size());
        }
        written = trimmed(written);
        if (!open && !written.empty() && written.front() != '#')
            open = YamlDocument{.text = text.substr(begin), .lines_before = line};
        at = end;
    }
    end_before(text.size());
    return documents;
}

int line_of(const YAML::Node& node) { return node.Mark().line + 1; }

}  // namespace vigia
