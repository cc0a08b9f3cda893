#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vigia {

constexpr size_t profile_file_bytes_max = 1024 * 1024;

// The settings of a profile of AWS's shared files, by their names in lower case.
using ProfileSettings = std::map<std::string, std::string, std::less<>>;
using Profiles = std::map<std::string, ProfileSettings, std::less<>>;

// Whether sections are named "profile x", as in the config file, or "x", as in the credentials file.
enum class ProfileFile : uint8_t { Config, Credentials };

// Sections, name = value, # and ; at the beginning of a line, and settings that go on in indented lines,
// which are left out, as are sections of other kinds. BadInput names the line.
Result<Profiles> parse_profiles(std::string_view text, ProfileFile file);

}  // namespace vigia
