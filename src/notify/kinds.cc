#include "notify/kinds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/utf8.h"
#include "notify/bodies.h"

namespace vigia {

namespace {

constexpr size_t mail_address_bytes_max = 254;

bool is_url(std::string_view value) { return url_parts(value).has_value(); }

// A name or an IPv4 address, or an IPv6 address in brackets: nothing that could end the host of an address.
bool is_host(std::string_view value) {
    if (value.starts_with('[') && value.ends_with(']'))
        return std::ranges::all_of(value.substr(1, value.size() - 2), [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
                   c == '.';
        });
    return std::ranges::all_of(value, [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-'; });
}

bool is_number_between(std::string_view value, int64_t least, int64_t most) {
    int64_t number = -1;
    std::from_chars(value.data(), value.data() + value.size(), number);
    return number >= least && number <= most;
}
bool is_port(std::string_view value) { return is_number_between(value, 1, 65535); }
bool is_facility(std::string_view value) { return is_number_between(value, 0, 23); }

// Of an address, what needs no quotes (RFC 5322, dot-atom); enough for any that people use.
bool is_mail_address(std::string_view value) {
    const size_t at = value.find('@');
    if (at == std::string_view::npos || at == 0 || value.size() > mail_address_bytes_max) return false;
    static constexpr std::string_view marks = ".!#$%&'*+-/=?^_`{|}~";
    const std::string_view domain = value.substr(at + 1);
    return !domain.empty() && is_host(domain) && std::ranges::all_of(value.substr(0, at), [](char c) {
        return is_letter_or_digit(c) || marks.find(c) != std::string_view::npos;
    });
}

bool is_region(std::string_view value) {
    return std::ranges::all_of(
        value, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}
bool is_topic(std::string_view value) {
    return value.starts_with("arn:aws") && value.find(":sns:") != std::string_view::npos &&
           value.find(' ') == std::string_view::npos;
}
bool is_key_id(std::string_view value) { return std::ranges::all_of(value, is_letter_or_digit); }
bool is_mail_security(std::string_view value) {
    return value == "starttls" || value == "tls" || value == "none";
}
bool is_syslog_transport(std::string_view value) { return value == "tls" || value == "tcp"; }
// A host name in a syslog header has no blank, and is ASCII.
bool is_printable(std::string_view value) {
    return std::ranges::all_of(value, [](char c) { return c > ' ' && c < 0x7f; });
}

constexpr SettingRule allow_http{
    .name = "allow_http",
    .type = SettingType::Flag,
    .fallback = "false",
    .help = "true to send without encryption to a host that is not this machine"};
constexpr SettingRule ca_file{.name = "ca_file",
                              .help = "a PEM file of the authorities to trust instead of the system's"};

Result<void> check_http(std::string_view setting, const std::string& url, bool http_allowed) {
    const auto parts = url_parts(url);
    if (!parts) return error(ErrorKind::BadInput, fmt::format("the {} is no http or https address", setting));
    if (parts->scheme == "https" || parts->is_loopback || http_allowed) return {};
    return error(ErrorKind::BadInput,
                 fmt::format("the {} is not encrypted: use https, or set allow_http to true", setting));
}

Delivery post_to(HttpPost what, const ChannelSettings& settings, const Calling& calling) {
    const auto parts = url_parts(what.url);
    what.http_allowed = settings.flag("allow_http") || (parts && parts->is_loopback);
    what.ca_file = settings.text("ca_file");
    return delivery_of(post(what, calling));
}

// webhook

constexpr auto webhook_settings =
    std::to_array<SettingRule>({{.name = "url",
                                 .needed = true,
                                 .is_place = true,
                                 .help = "the https address that each alert is posted to",
                                 .is_good = is_url},
                                allow_http,
                                ca_file});

Result<void> check_webhook(const ChannelSettings& settings, const std::string&) {
    return check_http("setting 'url'", settings.text("url"), settings.flag("allow_http"));
}

Delivery send_webhook(const ChannelSettings& settings, const std::string& secret,
                      const Notification& notification, const Calling& calling) {
    HttpPost what{settings.text("url"), {"Content-Type: application/json"}, webhook_body(notification)};
    if (!secret.empty()) {
        const int64_t now =
            std::chrono::floor<std::chrono::seconds>(calling.clock.now()).time_since_epoch().count();
        what.headers.push_back(fmt::format("X-Vigia-Timestamp: {}", now));
        what.headers.push_back("X-Vigia-Signature: " + webhook_signature(secret, now, what.body));
    }
    return post_to(std::move(what), settings, calling);
}

// slack

constexpr auto slack_settings = std::to_array<SettingRule>({allow_http, ca_file});

Result<void> check_slack(const ChannelSettings& settings, const std::string& secret) {
    return check_http("secret", secret, settings.flag("allow_http"));
}

Delivery send_slack(const ChannelSettings& settings, const std::string& secret,
                    const Notification& notification, const Calling& calling) {
    return post_to({secret, {"Content-Type: application/json; charset=utf-8"}, slack_body(notification)},
                   settings, calling);
}

// pagerduty

constexpr auto pagerduty_settings = std::to_array<SettingRule>(
    {{.name = "base_url",
      .is_place = true,
      .fallback = "https://events.pagerduty.com",
      .help = "the address of the Events API; https://events.eu.pagerduty.com for the service region EU",
      .is_good = is_url},
     allow_http,
     ca_file});

Result<void> check_pagerduty(const ChannelSettings& settings, const std::string&) {
    return check_http("setting 'base_url'", settings.text("base_url"), settings.flag("allow_http"));
}

std::string without_slash(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    return url;
}

Delivery send_pagerduty(const ChannelSettings& settings, const std::string& secret,
                        const Notification& notification, const Calling& calling) {
    return post_to({without_slash(settings.text("base_url")) + "/v2/enqueue",
                    {"Content-Type: application/json"},
                    pagerduty_body(notification, secret)},
                   settings, calling);
}

// sns

constexpr auto sns_settings = std::to_array<SettingRule>({
    {.name = "region",
     .needed = true,
     .is_place = true,
     .help = "the AWS region of the topic, as eu-west-1",
     .is_good = is_region},
    {.name = "topic_arn",
     .needed = true,
     .help = "the ARN of the topic, as arn:aws:sns:eu-west-1:111122223333:alerts",
     .is_good = is_topic},
    {.name = "access_key_id",
     .needed = true,
     .help = "the id of an access key that may call sns:Publish on the topic",
     .is_good = is_key_id},
    {.name = "endpoint",
     .is_place = true,
     .help = "the address of Amazon SNS when it is not the region's own, as that of a VPC endpoint",
     .is_good = is_url},
    allow_http,
    ca_file,
});

std::string sns_endpoint(const ChannelSettings& settings) {
    if (!settings.text("endpoint").empty()) return without_slash(settings.text("endpoint")) + "/";
    const std::string& region = settings.text("region");
    return fmt::format("https://sns.{}.amazonaws.com{}/", region, region.starts_with("cn-") ? ".cn" : "");
}

Result<void> check_sns(const ChannelSettings& settings, const std::string&) {
    return check_http("setting 'endpoint'", sns_endpoint(settings), settings.flag("allow_http"));
}

Delivery send_sns(const ChannelSettings& settings, const std::string& secret,
                  const Notification& notification, const Calling& calling) {
    HttpPost what{sns_endpoint(settings),
                  {"Content-Type: application/x-www-form-urlencoded"},
                  sns_form(notification, settings.text("topic_arn"))};
    what.signing = AwsSigning{settings.text("region"), "sns", settings.text("access_key_id"), secret};
    Delivery delivery = post_to(std::move(what), settings, calling);
    // AWS answers with 400 when it is called too often, which is no refusal.
    if (delivery.error.find("Throttl") != std::string::npos) delivery.outcome = Delivery::Outcome::Failed;
    return delivery;
}

// smtp

constexpr auto smtp_settings = std::to_array<SettingRule>({
    {.name = "host",
     .needed = true,
     .is_place = true,
     .help = "the name of the mail server",
     .is_good = is_host},
    {.name = "port",
     .type = SettingType::Number,
     .is_place = true,
     .fallback = "587",
     .help = "the port of the mail server, 1 to 65535: 587 for starttls, 465 for tls",
     .is_good = is_port},
    {.name = "security",
     .is_place = true,
     .fallback = "starttls",
     .help = "starttls, tls or none",
     .is_good = is_mail_security},
    {.name = "from",
     .needed = true,
     .help = "the address that the mail comes from, as vigia@example.org",
     .is_good = is_mail_address},
    {.name = "to",
     .type = SettingType::Texts,
     .needed = true,
     .help = R"(the list of the addresses that the mail goes to, as ["oncall@example.org"])",
     .is_good = is_mail_address},
    {.name = "user", .help = "the name to log in with; the secret is the password"},
    ca_file,
});

Result<void> check_smtp(const ChannelSettings& settings, const std::string& secret) {
    if (settings.text("user").empty() != secret.empty())
        return error(ErrorKind::BadInput, "the setting 'user' and the secret, its password, go together");
    if (settings.text("security") == "none" && !secret.empty())
        return error(ErrorKind::BadInput,
                     "the setting 'security' is none, which would show the password: use starttls or tls");
    return {};
}

Delivery send_smtp(const ChannelSettings& settings, const std::string& secret,
                   const Notification& notification, const Calling& calling) {
    const std::string& security = settings.text("security");
    const Transport encrypted = security == "tls" ? Transport::Tls : Transport::StartTls;
    const std::string& from = settings.text("from");
    const std::vector<std::string>& to = settings.texts("to");
    return send_mail({.host = settings.text("host"),
                      .port = settings.number("port"),
                      .transport = security == "none" ? Transport::Plain : encrypted,
                      .ca_file = settings.text("ca_file"),
                      .user = settings.text("user"),
                      .password = secret,
                      .from = from,
                      .to = to,
                      .message = mail_message(notification, from, to, calling.clock.now())},
                     calling);
}

// syslog

constexpr auto syslog_settings = std::to_array<SettingRule>({
    {.name = "host", .needed = true, .help = "the name of the syslog server", .is_good = is_host},
    {.name = "port",
     .type = SettingType::Number,
     .fallback = "6514",
     .help = "the port of the syslog server, 1 to 65535",
     .is_good = is_port},
    {.name = "transport",
     .fallback = "tls",
     .help = "tls, or tcp for one without encryption",
     .is_good = is_syslog_transport},
    {.name = "facility",
     .type = SettingType::Number,
     .fallback = "16",
     .help = "the syslog facility, 0 to 23: 16 is local0, 10 security messages",
     .is_good = is_facility},
    {.name = "hostname",
     .fallback = "-",
     .help = "the name that the messages give as their host, without blanks",
     .is_good = is_printable},
    ca_file,
});

Result<void> check_syslog(const ChannelSettings& settings, const std::string&) {
    if (settings.text("transport") == "tcp" && !settings.text("ca_file").empty())
        return error(ErrorKind::BadInput,
                     "the setting 'ca_file' has no use with the transport tcp: use tls, or leave it out");
    return {};
}

Delivery send_syslog(const ChannelSettings& settings, const std::string&, const Notification& notification,
                     const Calling& calling) {
    const std::string message =
        syslog_message(notification, settings.number("facility"), settings.text("hostname"));
    // RFC 5425: the number of bytes, a blank, and the message.
    return send_stream(settings.text("host"), settings.number("port"),
                       settings.text("transport") == "tls" ? Transport::Tls : Transport::Plain,
                       settings.text("ca_file"), fmt::format("{} {}", message.size(), message), calling);
}

constexpr auto kinds = std::to_array<ChannelKind>({
    {"webhook", webhook_settings, SecretUse::Optional, "the key that requests are signed with", check_webhook,
     send_webhook},
    {"slack", slack_settings, SecretUse::Needed, "the address of the incoming webhook", check_slack,
     send_slack},
    {"pagerduty", pagerduty_settings, SecretUse::Needed, "the integration's routing key", check_pagerduty,
     send_pagerduty},
    {"sns", sns_settings, SecretUse::Needed, "the secret access key of access_key_id", check_sns, send_sns},
    {"smtp", smtp_settings, SecretUse::Optional, "the password of user", check_smtp, send_smtp},
    {"syslog", syslog_settings, SecretUse::None, "", check_syslog, send_syslog},
});

Result<void> check_secret(const ChannelKind& kind, const std::string& secret) {
    if (kind.secret == SecretUse::Needed && secret.empty())
        return error(ErrorKind::BadInput,
                     fmt::format("a {} channel needs a secret: {}", kind.name, kind.secret_help));
    if (kind.secret == SecretUse::None && !secret.empty())
        return error(ErrorKind::BadInput, fmt::format("a {} channel has no secret: leave it out", kind.name));
    if (secret.size() > secret_bytes_max || one_line(secret) != secret)
        return error(
            ErrorKind::BadInput,
            fmt::format("a secret has at most {} bytes, none a control character", secret_bytes_max));
    return {};
}

}  // namespace

std::span<const ChannelKind> channel_kinds() { return kinds; }

Result<const ChannelKind*> channel_kind(std::string_view name) {
    const auto at = std::ranges::find(kinds, name, &ChannelKind::name);
    if (at != kinds.end()) return &*at;
    std::vector<std::string_view> known;
    for (const ChannelKind& kind : kinds) known.push_back(kind.name);
    return error(ErrorKind::BadInput, fmt::format("there is no kind of channel '{}'; there are {}",
                                                  one_line(cut(name, 40)), fmt::join(known, ", ")));
}

Result<ChannelSettings> check_channel(const ChannelKind& kind, std::string_view settings,
                                      const std::string& secret) {
    ChannelSettings parsed = TRY(ChannelSettings::parse(settings, kind.settings));
    TRY_VOID(check_secret(kind, secret));
    TRY_VOID(kind.check(parsed, secret));
    return parsed;
}

}  // namespace vigia
