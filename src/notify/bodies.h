#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "notify/notification.h"

namespace vigia {

// What each kind of channel sends, as pure functions: the same notification gives the same bytes.

// Threat Stack's body: a list that holds one alert.
std::string webhook_body(const Notification& notification);
// The value of X-Vigia-Signature: HMAC-SHA256 under the channel's secret over "timestamp.body".
std::string webhook_signature(std::string_view secret, int64_t timestamp_s, std::string_view body);

// A message of an incoming webhook, in blocks. No text of the alert can mention, link or format.
std::string slack_body(const Notification& notification);

// An event of PagerDuty's Events API v2.
std::string pagerduty_body(const Notification& notification, std::string_view routing_key);

// The form of a Publish call to Amazon SNS; the message is webhook_body().
std::string sns_form(const Notification& notification, std::string_view topic);

// An RFC 5322 message with a plain text body.
std::string mail_message(const Notification& notification, const std::string& from,
                         const std::vector<std::string>& to, Time date);

// An RFC 5424 message, without the octet count before it.
std::string syslog_message(const Notification& notification, int64_t facility, std::string_view hostname);

// The alert in lines of plain text, for people.
std::string plain_text(const Notification& notification);

}  // namespace vigia
