#include "aws/profile.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/parts.h"

namespace vigia {

namespace {

// The profile of a section's name; nothing for a section of another kind.
std::string_view profile_of(std::string_view section, ProfileFile file) {
    if (file == ProfileFile::Credentials || section == "default") return section;
    constexpr std::string_view kind = "profile";
    if (!section.starts_with(kind) || section.size() == kind.size()) return {};
    const char next = section[kind.size()];
    return next == ' ' || next == '\t' ? trimmed(section.substr(kind.size())) : std::string_view();
}

}  // namespace

Result<Profiles> parse_profiles(std::string_view text, ProfileFile file) {
    Profiles profiles;
    ProfileSettings* into = nullptr;
    for (size_t number = 1; !text.empty(); number++) {
        const size_t end = std::min(text.find('\n'), text.size());
        const std::string_view whole = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        std::string_view line = trimmed(whole);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty() || line.front() == '#' || line.front() == ';') continue;
        if (whole.front() == ' ' || whole.front() == '\t') continue;
        if (line.front() == '[') {
            const size_t close = line.find(']');
            if (close == std::string_view::npos)
                return error(ErrorKind::BadInput, fmt::format("line {}: a section ends with ]", number));
            const std::string_view name = profile_of(trimmed(line.substr(1, close - 1)), file);
            into = name.empty() ? nullptr : &profiles[std::string(name)];
            continue;
        }
        const size_t equals = line.find('=');
        if (equals == std::string_view::npos)
            return error(ErrorKind::BadInput,
                         fmt::format("line {}: a setting is written name = value", number));
        if (into == nullptr) continue;
        std::string name(trimmed(line.substr(0, equals)));
        std::ranges::transform(name, name.begin(),
                               [](unsigned char c) { return static_cast<char>(tolower(c)); });
        std::string_view value = trimmed(line.substr(equals + 1));
        const size_t comment = std::min(value.find(" #"), value.find(" ;"));
        (*into)[std::move(name)] = trimmed(value.substr(0, comment));
    }
    return profiles;
}

}  // namespace vigia
