#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vigia {

enum class SettingType : uint8_t { Text, Flag, Number, Texts };

constexpr size_t setting_bytes_max = 2048;
constexpr size_t settings_bytes_max = 16 * 1024;
constexpr size_t setting_texts_max = 50;

// One setting of a kind of channel: what may be given, and what it is for.
struct SettingRule {
    std::string_view name;
    SettingType type = SettingType::Text;
    bool needed = false;
    // Says to whom the channel speaks: whoever changes it must give the secret again, or could have it sent
    // to himself.
    bool is_place = false;
    std::string_view fallback;  // what holds when it is not given
    std::string_view help;
    // Whether one text is good; null when every text is.
    bool (*is_good)(std::string_view value) = nullptr;
};

// The checked settings of a channel.
class ChannelSettings {
public:
    // Reads a JSON object. BadInput names the setting and the remedy: for what is unknown, missing, of the
    // wrong type, too long, holds a control character, or is not good.
    static Result<ChannelSettings> parse(std::string_view json, std::span<const SettingRule> rules);

    const std::string& text(std::string_view name) const { return values(name).front(); }
    bool flag(std::string_view name) const { return text(name) == "true"; }
    int64_t number(std::string_view name) const;
    const std::vector<std::string>& texts(std::string_view name) const { return values(name); }

    // What was given, as JSON.
    const std::string& json() const { return json_; }

private:
    const std::vector<std::string>& values(std::string_view name) const;

    std::map<std::string, std::vector<std::string>, std::less<>> values_;
    std::string json_;
};

}  // namespace vigia
