#pragma once

#include <string>
#include <string_view>

namespace vigia {

// Where the machine keeps the tz database.
constexpr std::string_view zoneinfo_folder = "/usr/share/zoneinfo";
constexpr size_t time_zone_bytes_max = 64;

// Whether it is a name of the tz database, as "Europe/Paris" or "UTC". Where the machine has no database in
// the folder, whether it has the form of such a name.
bool is_time_zone(std::string_view name, const std::string& folder = std::string(zoneinfo_folder));

}  // namespace vigia
