#include "catalog/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "base/match.h"
#include "base/time_zones.h"
#include "catalog/records.h"
#include "model/quote.h"

namespace vigia {

namespace {

constexpr auto kinds = std::to_array<SettingKind>({
    {retention_days, int64_t{90}, 1, 3650},
    {time_zone, std::string_view("UTC"), 1, time_zone_bytes_max},
    {v2_calls_per_minute, int64_t{200}, 1, 1'000'000},
});

Result<const SettingKind*> kind_of(std::string_view name) {
    const auto at = std::ranges::find(kinds, name, &SettingKind::name);
    if (at == kinds.end())
        return error(ErrorKind::NotFound, fmt::format("there is no setting '{}'", cut_text(name, 100)));
    return &*at;
}

SettingValue default_of(const SettingKind& kind) {
    return std::visit(match{[](int64_t number) { return SettingValue(number); },
                            [](std::string_view text) { return SettingValue(std::string(text)); }},
                      kind.default_value);
}

SettingValue value_of(const SettingKind& kind, const SqlValue& stored) {
    if (std::holds_alternative<int64_t>(kind.default_value)) return number(stored);
    return text(stored);
}

std::string text_of(const SettingValue& value) {
    return std::visit(match{[](int64_t number) { return fmt::to_string(number); },
                            [](const std::string& text) { return text; }},
                      value);
}

std::string json_of(const SettingKind& kind, const SettingValue& value) {
    const std::string spelled = std::visit(match{[](int64_t number) { return fmt::to_string(number); },
                                                 [](const std::string& text) { return quote(text); }},
                                           value);
    return fmt::format("{{{}:{}}}", quote(kind.name), spelled);
}

Result<void> check_value(const SettingKind& kind, const SettingValue& value) {
    if (value.index() != kind.default_value.index())
        return error(ErrorKind::BadInput, fmt::format("'{}' is a {}", kind.name,
                                                      kind.default_value.index() == 0 ? "number" : "text"));
    const auto* const content = std::get_if<std::string>(&value);
    if (content != nullptr) TRY_VOID(check_text(kind.name, *content, static_cast<size_t>(kind.most)));
    const int64_t size =
        content == nullptr ? std::get<int64_t>(value) : static_cast<int64_t>(content->size());
    if (size < kind.least || size > kind.most || (content != nullptr && has_control(*content)))
        return error(ErrorKind::BadInput, fmt::format("'{}' is {} to {}{}", kind.name, kind.least, kind.most,
                                                      content == nullptr ? "" : " bytes of text"));
    if (kind.name == time_zone && !is_time_zone(*content))
        return error(ErrorKind::BadInput,
                     fmt::format("'{}' is a name of the tz database as Europe/Paris, and '{}' is none",
                                 kind.name, *content));
    return {};
}

Result<SettingValue> read(SqlSession& session, const std::string& organisation, const SettingKind& kind) {
    const auto rows =
        TRY(session.query("select value from settings where organisation = :organisation and name = :name",
                          {organisation, std::string(kind.name)}));
    if (rows.empty()) return default_of(kind);
    return value_of(kind, rows[0][0]);
}

// NotFound unless there is the organisation.
Result<int64_t> version_of(SqlSession& session, const std::string& organisation) {
    const auto rows =
        TRY(session.query("select settings_version from organisations where id = :id", {organisation}));
    if (rows.empty()) return error(ErrorKind::NotFound, "there is no such organisation");
    return number(rows[0][0]);
}

Result<void> write(SqlSession& session, const std::string& organisation, const Setting& setting) {
    TRY_VOID(session.execute(
        "insert into settings (organisation, name, value) values (:organisation, :name, :value) "
        "on conflict (organisation, name) do update set value = excluded.value",
        {organisation, setting.name, text_of(setting.value)}));
    return {};
}

}  // namespace

std::span<const SettingKind> setting_kinds() { return kinds; }

Result<std::vector<Setting>> Settings::all(const std::string& organisation) const {
    std::vector<Setting> found;
    TRY_VOID(database_->snapshot([&](SqlSession& session) -> Result<void> {
        TRY_VOID(check_organisation(session, organisation));
        for (const SettingKind& kind : kinds) {
            SettingValue value = TRY(read(session, organisation, kind));
            found.push_back({std::string(kind.name), std::move(value)});
        }
        return {};
    }));
    return found;
}

Result<SettingValue> Settings::find(const std::string& organisation, std::string_view name) const {
    const SettingKind* const kind = TRY(kind_of(name));
    SettingValue value;
    TRY_VOID(database_->snapshot([&](SqlSession& session) -> Result<void> {
        TRY_VOID(check_organisation(session, organisation));
        value = TRY(read(session, organisation, *kind));
        return {};
    }));
    return value;
}

Result<int64_t> Settings::event_retention_days(const std::string& organisation) const {
    return number(organisation, retention_days);
}

Result<int64_t> Settings::number(const std::string& organisation, std::string_view name) const {
    const SettingValue value = TRY(find(organisation, name));
    const auto* const number = std::get_if<int64_t>(&value);
    VIGIA_ASSERT(number != nullptr);
    return *number;
}

Result<int64_t> Settings::version(const std::string& organisation) const {
    int64_t version = 0;
    TRY_VOID(database_->snapshot([&](SqlSession& session) -> Result<void> {
        version = TRY(version_of(session, organisation));
        return {};
    }));
    return version;
}

Result<void> Settings::set(const Actor& actor, const std::string& organisation, std::string_view name,
                           const SettingValue& value) {
    const Setting one{std::string(name), value};
    return set_all(actor, organisation, std::span(&one, 1), std::nullopt);
}

Result<void> Settings::set_all(const Actor& actor, const std::string& organisation,
                               std::span<const Setting> settings, std::optional<int64_t> expected) {
    for (const Setting& one : settings) {
        const SettingKind* const kind = TRY(kind_of(one.name));
        TRY_VOID(check_value(*kind, one.value));
    }
    return database_->transaction([&](SqlSession& session) -> Result<void> {
        const int64_t version = TRY(version_of(session, organisation));
        TRY_VOID(check_version("a setting", version, expected));
        bool any = false;
        for (const Setting& one : settings) {
            const SettingKind* const kind = TRY(kind_of(one.name));
            const SettingValue before = TRY(read(session, organisation, *kind));
            if (before == one.value) continue;
            any = true;
            TRY_VOID(write(session, organisation, one));
            TRY_VOID(log_change(session, actor, clock_->now(),
                                {"setting changed", organisation, one.name, json_of(*kind, before),
                                 json_of(*kind, one.value)}));
        }
        if (!any) return {};
        const uint64_t changed =
            TRY(session.execute("update organisations set settings_version = settings_version + 1 "
                                "where id = :id and settings_version = :version",
                                {organisation, version}));
        return changed == 0 ? check_version("a setting", version + 1, version) : Result<void>();
    });
}

}  // namespace vigia
