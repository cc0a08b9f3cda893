#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "catalog/people.h"
#include "sql/database.h"

namespace vigia {

using SettingValue = std::variant<int64_t, std::string>;

// What an organisation may set. The default's alternative is the setting's type.
struct SettingKind {
    std::string_view name;
    std::variant<int64_t, std::string_view> default_value;
    int64_t least;  // of a number; of a text, in bytes
    int64_t most;
};

// Every setting that there is: one row, one setting.
std::span<const SettingKind> setting_kinds();

constexpr std::string_view retention_days = "retention_days";  // of events
constexpr std::string_view time_zone = "time_zone";  // in which the console speaks, a name of the tz database
// How often clients of Threat Stack's API may call in a minute, all together.
constexpr std::string_view v2_calls_per_minute = "v2_calls_per_minute";
constexpr int alert_retention_days = 365;  // of alerts, in every organisation

struct Setting {
    std::string name;
    SettingValue value;
};

// The settings of organisations. Safe to use from many threads.
class Settings {
public:
    // The database is a Catalog's, and outlives it.
    Settings(Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

    // All that there are, in the order of the table, with their defaults where the organisation set nothing.
    Result<std::vector<Setting>> all(const std::string& organisation) const;
    // NotFound for an unknown name; so with set().
    Result<SettingValue> find(const std::string& organisation, std::string_view name) const;
    // BadInput for a value of another type, or outside its bounds.
    Result<void> set(const Actor& actor, const std::string& organisation, std::string_view name,
                     const SettingValue& value);
    // All of them or none. Conflict when the version of the organisation's settings is not the expected one.
    Result<void> set_all(const Actor& actor, const std::string& organisation,
                         std::span<const Setting> settings, std::optional<int64_t> expected);
    Result<int64_t> version(const std::string& organisation) const;
    // The number of days for which the organisation's events are kept.
    Result<int64_t> event_retention_days(const std::string& organisation) const;
    // Of a setting that is a number.
    Result<int64_t> number(const std::string& organisation, std::string_view name) const;

private:
    Database* database_;
    const Clock* clock_;
};

}  // namespace vigia
