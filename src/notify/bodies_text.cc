// The bodies that are text, and the signature.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "base/random.h"
#include "base/utf8.h"
#include "notify/bodies.h"

namespace vigia {

namespace {

constexpr size_t sns_subject_characters_max = 99;
constexpr size_t fifo_id_characters_max = 128;
constexpr size_t mail_subject_characters_max = 300;
constexpr size_t mail_line_bytes = 76;
// A line with an encoded word has 76 characters at most (RFC 2047); so many bytes make a word of 60, which
// fits behind the name of a header.
constexpr size_t encoded_word_bytes_max = 36;
// The number that RFC 5612 keeps for examples: Vigia has none of its own.
constexpr std::string_view syslog_enterprise = "32473";
constexpr size_t syslog_name_characters_max = 32;
constexpr size_t syslog_text_characters_max = 2000;

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](unsigned char c) { return c < 0x80; });
}

// Of application/x-www-form-urlencoded, so that nothing of a value can end it.
std::string form_value(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '_' || c == '.' || c == '~';
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

// A subject of SNS is ASCII, begins with a letter or a digit, and has one line.
std::string sns_subject(const Notification& notification) {
    std::string subject = fmt::format("Severity {}: {}", notification.severity, one_line(notification.title));
    std::ranges::replace_if(subject, [](unsigned char c) { return c >= 0x80; }, '?');
    return subject.substr(0, sns_subject_characters_max);
}

// What a FIFO topic takes as an id: letters, digits and punctuation of ASCII.
std::string fifo_id(std::string_view text) {
    std::string id(text.substr(0, fifo_id_characters_max));
    std::ranges::replace_if(id, [](unsigned char c) { return c <= ' ' || c >= 0x7f; }, '_');
    return id.empty() ? "_" : id;
}

// As it is when it is plain ASCII that no reader takes for an encoded word and fits into a line; otherwise in
// encoded words.
std::string mail_header(std::string_view text) {
    if (is_ascii(text) && text.find("=?") == std::string_view::npos && text.size() <= mail_line_bytes - 10)
        return std::string(text);
    std::vector<std::string> words;
    while (!text.empty()) {
        size_t end = 0;
        while (end < text.size()) {
            const size_t next = next_character(text, end);
            if (next > encoded_word_bytes_max && end > 0) break;
            end = next;
        }
        words.push_back(fmt::format("=?UTF-8?B?{}?=", base64(text.substr(0, end))));
        text.remove_prefix(end);
    }
    return fmt::to_string(fmt::join(words, "\r\n "));
}

// "Wed, 25 Nov 2026 11:00:00 +0000"
std::string mail_date(Time time) {
    static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss of_day{std::chrono::floor<std::chrono::seconds>(time - day)};
    return fmt::format("{}, {} {} {} {:02}:{:02}:{:02} +0000",
                       days.at(std::chrono::weekday{day}.c_encoding()), static_cast<unsigned>(date.day()),
                       months.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
                       of_day.hours().count(), of_day.minutes().count(), of_day.seconds().count());
}

// Syslog's severities: critical, error, warning.
int syslog_severity(int severity) { return severity <= 1 ? 2 : severity == 2 ? 3 : 4; }

// The name of a parameter: printable ASCII but the four marks that end it.
std::string syslog_name(std::string_view text) {
    std::string name(text.substr(0, syslog_name_characters_max));
    std::ranges::replace_if(
        name, [](unsigned char c) { return c <= ' ' || c >= 0x7f || c == '=' || c == ']' || c == '"'; }, '_');
    return name.empty() ? "_" : name;
}

std::string syslog_value(std::string_view text) {
    std::string out;
    for (const char c : one_line(cut(text, syslog_text_characters_max))) {
        if (c == '"' || c == '\\' || c == ']') out += '\\';
        out += c;
    }
    return out;
}

std::string syslog_element(std::string_view name, const std::vector<Aggregate>& parameters) {
    std::string element = fmt::format("[{}@{}", name, syslog_enterprise);
    for (const Aggregate& one : parameters)
        element += fmt::format(" {}=\"{}\"", syslog_name(one.name), syslog_value(one.value));
    return element + "]";
}

}  // namespace

std::string webhook_signature(std::string_view secret, int64_t timestamp_s, std::string_view body) {
    return "sha256=" + hex(hmac_sha256(secret, fmt::format("{}.{}", timestamp_s, body)));
}

std::string sns_form(const Notification& notification, std::string_view topic) {
    std::string form = "Action=Publish&Version=2010-03-31";
    const auto add = [&](std::string_view name, std::string_view value) {
        form += fmt::format("&{}={}", name, form_value(value));
    };
    add("TopicArn", topic);
    add("Subject", sns_subject(notification));
    add("Message", webhook_body(notification));
    add("MessageAttributes.entry.1.Name", "severity");
    add("MessageAttributes.entry.1.Value.DataType", "Number");
    add("MessageAttributes.entry.1.Value.StringValue", fmt::to_string(notification.severity));
    if (!notification.source.empty()) {
        add("MessageAttributes.entry.2.Name", "source");
        add("MessageAttributes.entry.2.Value.DataType", "String");
        add("MessageAttributes.entry.2.Value.StringValue", notification.source);
    }
    if (topic.ends_with(".fifo")) {
        add("MessageGroupId", fifo_id(notification.organisation));
        add("MessageDeduplicationId", fifo_id(notification.alert));
    }
    return form;
}

std::string mail_message(const Notification& notification, const std::string& from,
                         const std::vector<std::string>& to, Time date) {
    const std::string subject = fmt::format("[severity {}] {}", notification.severity,
                                            one_line(cut(notification.title, mail_subject_characters_max)));
    // The same id each time, so that who gets it twice sees one.
    const std::string id = hex(sha256(notification.organisation + "\n" + notification.alert)).substr(0, 32);
    std::string message;
    const auto add = [&](std::string_view name, std::string_view value) {
        message += fmt::format("{}: {}\r\n", name, value);
    };
    add("From", from);
    add("To", fmt::to_string(fmt::join(to, ",\r\n ")));
    add("Subject", mail_header(subject));
    add("Date", mail_date(date));
    add("Message-ID", fmt::format("<{}@{}>", id, from.substr(from.find('@') + 1)));
    add("Auto-Submitted", "auto-generated");
    add("MIME-Version", "1.0");
    add("Content-Type", "text/plain; charset=utf-8");
    add("Content-Transfer-Encoding", "base64");
    message += "\r\n";
    const std::string body = base64(plain_text(notification));
    for (size_t at = 0; at < body.size(); at += mail_line_bytes)
        message += body.substr(at, mail_line_bytes) + "\r\n";
    return message;
}

std::string syslog_message(const Notification& notification, int64_t facility, std::string_view hostname) {
    const int64_t priority = facility * 8 + syslog_severity(notification.severity);
    // Six digits of a fraction at most (RFC 5424, 6.2.3).
    const std::string time =
        format_rfc3339(std::chrono::floor<std::chrono::microseconds>(notification.created_at));
    std::string data = syslog_element("alert", {{"id", notification.alert},
                                                {"organization_id", notification.organisation},
                                                {"organization_name", notification.organisation_name},
                                                {"severity", fmt::to_string(notification.severity)},
                                                {"rule_id", notification.rule},
                                                {"rule_name", notification.rule_name},
                                                {"source", notification.source},
                                                {"server_or_region", notification.server_or_region},
                                                {"count", fmt::to_string(notification.count)},
                                                {"url", notification.url}});
    if (!notification.aggregates.empty()) data += syslog_element("aggregates", notification.aggregates);
    // The mark in front says that the text is UTF-8.
    return fmt::format("<{}>1 {} {} vigia - alert {} \xEF\xBB\xBF{}", priority, time, hostname, data,
                       one_line(cut(notification.title, syslog_text_characters_max)));
}

std::string plain_text(const Notification& notification) {
    std::string lines = notification.title + "\r\n";
    const auto add = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) lines += fmt::format("{}: {}\r\n", one_line(name), one_line(value));
    };
    if (!notification.description.empty()) lines += "\r\n" + one_line(notification.description) + "\r\n";
    lines += "\r\n";
    add("Severity", fmt::to_string(notification.severity));
    add("Rule", notification.rule_name);
    add("Source", notification.source);
    add("Server or region", notification.server_or_region);
    add("Organisation", notification.organisation_name);
    add("Created", format_rfc3339(notification.created_at));
    add("Matches", fmt::to_string(notification.count));
    for (const Aggregate& one : notification.aggregates) add(one.name, one.value);
    if (!notification.url.empty()) lines += "\r\n" + notification.url + "\r\n";
    return lines;
}

}  // namespace vigia
