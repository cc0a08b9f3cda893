#pragma once

#include <span>
#include <string>
#include <string_view>

#include "network/network.h"
#include "notify/notification.h"
#include "notify/settings.h"

namespace vigia {

enum class SecretUse : uint8_t { None, Optional, Needed };

// A kind of channel: what must be known of a channel to send to it, and how.
struct ChannelKind {
    std::string_view name;
    std::span<const SettingRule> settings;
    SecretUse secret = SecretUse::None;
    std::string_view secret_help;
    // What no setting alone can say; BadInput names the setting and the remedy.
    Result<void> (*check)(const ChannelSettings& settings, const std::string& secret) = nullptr;
    Delivery (*send)(const ChannelSettings& settings, const std::string& secret,
                     const Notification& notification, const Calling& calling) = nullptr;
};

std::span<const ChannelKind> channel_kinds();

// BadInput, with the kinds that there are, for any other name.
Result<const ChannelKind*> channel_kind(std::string_view name);

constexpr size_t secret_bytes_max = 2048;

// The settings as the kind reads them, checked together with the secret.
Result<ChannelSettings> check_channel(const ChannelKind& kind, std::string_view settings,
                                      const std::string& secret);

}  // namespace vigia
