#include "notify/notification.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

namespace vigia {

namespace {

namespace json = boost::json;

struct TextMember {
    std::string_view name;
    std::string Notification::* field;
};
constexpr auto text_members = std::to_array<TextMember>({
    {"alert", &Notification::alert},
    {"organisation", &Notification::organisation},
    {"organisation_name", &Notification::organisation_name},
    {"title", &Notification::title},
    {"rule", &Notification::rule},
    {"rule_name", &Notification::rule_name},
    {"description", &Notification::description},
    {"server_or_region", &Notification::server_or_region},
    {"source", &Notification::source},
    {"url", &Notification::url},
});

std::string clean(std::string_view text) { return cut(valid_utf8(text), notification_text_characters_max); }

std::string text_of(const json::object& object, std::string_view name) {
    return std::string(std::string_view(object.at(name).as_string()));
}

}  // namespace

std::string one_line(std::string_view text) {
    std::string line(text);
    std::ranges::replace_if(line, is_control, ' ');
    return line;
}

std::string write_notification(const Notification& notification) {
    json::object object;
    for (const TextMember& member : text_members) object[member.name] = clean(notification.*member.field);
    object["severity"] = notification.severity;
    object["created_at"] = nanoseconds(notification.created_at);
    object["count"] = notification.count;
    json::array& aggregates = object["aggregates"].emplace_array();
    for (const Aggregate& one : notification.aggregates) {
        if (aggregates.size() == notification_aggregates_max) break;
        aggregates.push_back(json::object{{"name", clean(one.name)}, {"value", clean(one.value)}});
    }
    return json::serialize(object);
}

Result<Notification> read_notification(std::string_view text) {
    try {
        const json::value whole = json::parse(text);
        const json::object& object = whole.as_object();
        Notification notification;
        for (const TextMember& member : text_members)
            notification.*member.field = text_of(object, member.name);
        notification.severity = object.at("severity").to_number<int>();
        notification.created_at = Time{Duration{object.at("created_at").to_number<int64_t>()}};
        notification.count = object.at("count").to_number<int64_t>();
        for (const json::value& one : object.at("aggregates").as_array())
            notification.aggregates.push_back(
                {text_of(one.as_object(), "name"), text_of(one.as_object(), "value")});
        return notification;
    } catch (const std::exception&) {
        return error(ErrorKind::Corrupt, "a notification in the outbox is damaged");
    }
}

}  // namespace vigia
