#include "aws/s3_notification.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "aws/endpoint.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr size_t key_bytes_max = 1'024;

std::string text(const json::object& object, std::string_view name) {
    const json::value* const found = object.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

const json::object& inner(const json::object& object, std::string_view name) {
    static const json::object none;
    const json::value* const found = object.if_contains(name);
    return found != nullptr && found->is_object() ? found->as_object() : none;
}

uint64_t size_in(const json::object& object) {
    const json::value* const found = object.if_contains("size");
    return found != nullptr && found->is_int64() && found->as_int64() > 0
               ? static_cast<uint64_t>(found->as_int64())
               : 0;
}

// As forms are: + is a blank, %XX a byte.
std::string form_decoded(std::string_view encoded) {
    const auto digit = [](char c) -> int {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return -1;
    };
    std::string out;
    for (size_t i = 0; i < encoded.size(); i++) {
        const bool is_byte = encoded[i] == '%' && i + 2 < encoded.size() && digit(encoded[i + 1]) >= 0 &&
                             digit(encoded[i + 2]) >= 0;
        if (is_byte) {
            out += static_cast<char>(digit(encoded[i + 1]) * 16 + digit(encoded[i + 2]));
            i += 2;
        } else {
            out += encoded[i] == '+' ? ' ' : encoded[i];
        }
    }
    return out;
}

Result<void> add(S3Notification& to, NotifiedObject object) {
    if (!is_bucket(object.bucket)) return error(ErrorKind::BadInput, "it names no bucket");
    if (object.key.empty() || object.key.size() > key_bytes_max)
        return error(ErrorKind::BadInput, "it names no object");
    if (!object.region.empty() && !is_region(object.region))
        return error(ErrorKind::BadInput, "its region is none");
    to.objects.push_back(std::move(object));
    return {};
}

Result<S3Notification> of_records(const json::array& records) {
    if (records.size() > notification_objects_max)
        return error(ErrorKind::BadInput,
                     fmt::format("it has more than {} records", notification_objects_max));
    S3Notification made;
    for (const json::value& one : records) {
        if (!one.is_object()) return error(ErrorKind::BadInput, "a record of it is no object");
        const json::object& record = one.as_object();
        if (text(record, "eventSource") != "aws:s3" && text(record, "eventSource") != "minio:s3")
            return error(ErrorKind::BadInput, "a record of it is not of S3");
        const std::string name = text(record, "eventName");
        if (name.find("ObjectCreated:") == std::string::npos) continue;
        const json::object& s3 = inner(record, "s3");
        const json::object& object = inner(s3, "object");
        TRY_VOID(add(made, {text(record, "awsRegion"), text(inner(s3, "bucket"), "name"),
                            form_decoded(text(object, "key")), size_in(object)}));
    }
    return made;
}

Result<S3Notification> of_event_bridge(const json::object& event) {
    S3Notification made;
    if (text(event, "detail-type") != "Object Created") return made;
    const json::object& detail = inner(event, "detail");
    const json::object& object = inner(detail, "object");
    // EventBridge does not encode the key.
    TRY_VOID(add(made, {text(event, "region"), text(inner(detail, "bucket"), "name"), text(object, "key"),
                        size_in(object)}));
    return made;
}

Result<S3Notification> of_body(std::string_view body, size_t depth) {
    boost::system::error_code failed;
    const json::value value = json::parse(body, failed);
    if (failed || !value.is_object()) return error(ErrorKind::BadInput, "it is no JSON object");
    const json::object& object = value.as_object();
    if (const json::value* const records = object.if_contains("Records"); records && records->is_array())
        return of_records(records->as_array());
    if (text(object, "Event") == "s3:TestEvent") return S3Notification{{}, true};
    if (text(object, "source") == "aws.s3") return of_event_bridge(object);
    // SNS's envelope.
    if (const std::string message = text(object, "Message");
        !message.empty() && (object.contains("TopicArn") || text(object, "Type") == "Notification")) {
        if (depth == notification_envelopes_max)
            return error(ErrorKind::BadInput, "it has too many envelopes");
        return of_body(message, depth + 1);
    }
    return error(ErrorKind::BadInput, "it is no event notification of S3");
}

}  // namespace

Result<S3Notification> parse_notification(std::string_view body) { return of_body(body, 0); }

std::string account_of_key(std::string_view key) {
    constexpr std::string_view logs = "AWSLogs/";
    size_t at = key.find(logs);
    if (at == std::string_view::npos || (at > 0 && key[at - 1] != '/')) return "";
    std::string_view rest = key.substr(at + logs.size());
    if (rest.starts_with("o-")) rest.remove_prefix(std::min(rest.find('/') + 1, rest.size()));
    const std::string_view account = rest.substr(0, rest.find('/'));
    return is_account(account) ? std::string(account) : "";
}

}  // namespace vigia
