#include "notify/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "base/assert.h"
#include "notify/notification.h"

namespace vigia {

namespace {

namespace json = boost::json;

std::string_view describe(SettingType type) {
    switch (type) {
        case SettingType::Text:
            return "a text";
        case SettingType::Flag:
            return "true or false";
        case SettingType::Number:
            return "a whole number";
        case SettingType::Texts:
            return "a list of texts";
    }
    return "";
}

std::unexpected<Error> wrong(const SettingRule& rule, std::string_view problem) {
    return error(ErrorKind::BadInput,
                 fmt::format("the setting '{}' {}: it is {}", rule.name, problem, rule.help));
}

Result<std::vector<std::string>> texts_of(const SettingRule& rule, const json::value& value) {
    std::vector<std::string> texts;
    const auto add = [&](const json::value& one) {
        if (one.is_string()) texts.emplace_back(std::string_view(one.get_string()));
        return one.is_string();
    };
    bool good = false;
    switch (rule.type) {
        case SettingType::Text:
            good = add(value);
            break;
        case SettingType::Flag:
            good = value.is_bool();
            if (good) texts.emplace_back(value.get_bool() ? "true" : "false");
            break;
        case SettingType::Number:
            good = value.is_int64();
            if (good) texts.push_back(fmt::to_string(value.get_int64()));
            break;
        case SettingType::Texts:
            good = value.is_array() && std::ranges::all_of(value.get_array(), add);
            break;
    }
    if (!good) return wrong(rule, fmt::format("must be {}", describe(rule.type)));
    return texts;
}

Result<void> check(const SettingRule& rule, const std::vector<std::string>& texts) {
    if (texts.empty()) return wrong(rule, "is an empty list");
    if (texts.size() > setting_texts_max)
        return wrong(rule, fmt::format("has more than {} texts", setting_texts_max));
    for (const std::string& text : texts) {
        if (text.empty()) return wrong(rule, "is empty");
        if (text.size() > setting_bytes_max)
            return wrong(rule, fmt::format("has more than {} bytes", setting_bytes_max));
        if (one_line(text) != text) return wrong(rule, "holds a control character");
        if (rule.is_good != nullptr && !rule.is_good(text)) return wrong(rule, "is not good");
    }
    return {};
}

Result<json::object> object_of(std::string_view text) {
    if (text.size() > settings_bytes_max)
        return error(ErrorKind::BadInput,
                     fmt::format("the settings have more than {} bytes", settings_bytes_max));
    boost::system::error_code failure;
    const json::value whole = json::parse(text, failure);
    if (failure || !whole.is_object())
        return error(ErrorKind::BadInput, R"(the settings must be a JSON object, as {"url":"https://…"})");
    return whole.get_object();
}

}  // namespace

Result<ChannelSettings> ChannelSettings::parse(std::string_view text, std::span<const SettingRule> rules) {
    const json::object object = TRY(object_of(text));
    ChannelSettings settings;
    for (const auto& [key, value] : object) {
        const std::string_view name = key;
        const auto rule = std::ranges::find(rules, name, &SettingRule::name);
        if (rule == rules.end()) {
            std::vector<std::string_view> known;
            for (const SettingRule& one : rules) known.push_back(one.name);
            return error(ErrorKind::BadInput, fmt::format("there is no setting '{}'; there are {}",
                                                          one_line(cut(name, 40)), fmt::join(known, ", ")));
        }
        auto texts = TRY(texts_of(*rule, value));
        TRY_VOID(check(*rule, texts));
        settings.values_.emplace(name, std::move(texts));
    }
    for (const SettingRule& rule : rules) {
        if (settings.values_.contains(rule.name)) continue;
        if (rule.needed) return wrong(rule, "is missing");
        settings.values_.emplace(rule.name, std::vector{std::string(rule.fallback)});
    }
    settings.json_ = json::serialize(object);
    return settings;
}

int64_t ChannelSettings::number(std::string_view name) const {
    int64_t value = 0;
    const std::string& given = text(name);
    std::from_chars(given.data(), given.data() + given.size(), value);
    return value;
}

const std::vector<std::string>& ChannelSettings::values(std::string_view name) const {
    const auto at = values_.find(name);
    VIGIA_ASSERT(at != values_.end());  // every setting of the kind has a value, by parse()
    return at->second;
}

}  // namespace vigia
