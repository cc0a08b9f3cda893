#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "alert/stored_alert.h"
#include "app/alert_filter.h"
#include "app/rules_in_force.h"
#include "app/shipped_rules.h"
#include "notify/channels.h"
#include "notify/outbox.h"

namespace vigia {

// Filters of channels that are held compiled; beyond, all are forgotten and made anew.
constexpr size_t held_filters_max = 1000;

// Puts each alert that is raised into the outbox of the channels of its organisation that listen to it. A
// channel whose filter can no longer be understood gets every alert of its severities, and says so once: an
// alert too many is better than one too few. Everything that it is given must outlive it. Safe to use from
// many threads.
class Notifier {
public:
    struct Parts {
        Outbox& outbox;
        const LiveRules& rules;
        const ShippedRules& shipped;
        std::function<void(const std::string&)> complain;
    };
    explicit Notifier(const Parts& parts) : parts_(parts) {}

    // In the transaction that records the alert, with its events.
    Result<void> raised(SqlSession& session, const StoredAlert& alert);
    // After that was committed.
    void committed();

    // Where links in notifications lead; empty: there are none.
    void set_public_url(const std::string& url);
    // The address of the console's page of an alert; empty when the console has none.
    std::string alert_url(const std::string& alert) const;

private:
    Result<bool> listens(SqlSession& session, const Channel& channel, const StoredAlert& alert);
    AlertFilter* filter(const Channel& channel);
    Notification notification_of(const StoredAlert& alert, const std::string& organisation_name) const;
    std::string description_of(const std::string& rule_id) const;

    Parts parts_;
    mutable std::mutex mutex_;
    std::string public_url_;
    std::map<std::string, std::unique_ptr<AlertFilter>> filters_;  // by text; null: not to be understood
    std::atomic<bool> has_put_ = false;
};

// "CloudTrail" or "Host", as Threat Stack's bodies have it, and ours for what it did not know.
std::string_view source_of(std::string_view rule_type);

}  // namespace vigia
