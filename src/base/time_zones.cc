#include "base/time_zones.h"

#include <algorithm>
#include <array>

#include "base/file.h"

namespace vigia {

namespace {

// What stands beside the zones in the folder: copies of them with other seconds, and what a machine is set
// to. No browser knows them.
constexpr auto others =
    std::to_array<std::string_view>({"posix", "right", "posixrules", "localtime", "Factory"});
constexpr std::string_view first_bytes = "TZif";
constexpr size_t source_bytes_max = 1024UL * 1024;

bool is_of_names(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+';
}

// Words with slashes between them. There are no dots, so that it leads out of no folder.
bool has_form(std::string_view name) {
    if (name.empty() || name.size() > time_zone_bytes_max) return false;
    char before = '/';
    for (const char c : name) {
        if (c == '/' ? before == '/' : !is_of_names(c)) return false;
        before = c;
    }
    return before != '/' && std::ranges::find(others, name.substr(0, name.find('/'))) == others.end();
}

bool begins_as_zone(const std::string& path) {
    if (!is_file(path)) return false;
    const auto source = open_source(path);
    std::array<char, first_bytes.size()> bytes{};
    return source && (*source)->read(bytes).value_or(0) == bytes.size() &&
           std::string_view(bytes.data(), bytes.size()) == first_bytes;
}

// Whether the source of the database, where it stands in the folder, names the zone: a line "Z name …" or
// "L target name". Machines lack files of old names, as Asia/Calcutta, which browsers prefer.
bool is_in_source(std::string_view name, const std::string& folder) {
    const auto source = read_file(folder + "/tzdata.zi", source_bytes_max);
    if (!source) return false;
    for (std::string_view rest = *source; !rest.empty();) {
        const size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.starts_with("Z ") && line.substr(2, line.find(' ', 2) - 2) == name) return true;
        if (line.starts_with("L ") && line.substr(line.rfind(' ') + 1) == name) return true;
    }
    return false;
}

}  // namespace

bool is_time_zone(std::string_view name, const std::string& folder) {
    if (!has_form(name)) return false;
    // A machine with a database knows at least this one.
    if (!begins_as_zone(folder + "/UTC")) return true;
    return begins_as_zone(folder + "/" + std::string(name)) || is_in_source(name, folder);
}

}  // namespace vigia
