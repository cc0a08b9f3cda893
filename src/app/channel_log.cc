#include "app/channel_log.h"

#include <boost/json.hpp>

#include "catalog/records.h"

namespace vigia {

namespace json = boost::json;

json::object json_of(const Channel& channel) {
    return {{"id", channel.id},
            {"name", channel.name},
            {"kind", channel.kind},
            {"settings", json::parse(channel.settings)},
            {"has_secret", channel.has_secret},
            {"severity_max", channel.severity_max},
            {"filter", channel.filter},
            {"enabled", channel.enabled},
            {"created_at", format_rfc3339(channel.created_at)},
            {"version", channel.version}};
}

ChannelWitness logged(const Actor& actor, const Clock& clock, std::string_view action) {
    return [&actor, &clock, action](SqlSession& session, const Channel* before, const Channel* after) {
        const Channel& one = before != nullptr ? *before : *after;
        return log_change(session, actor, clock.now(),
                          {.action = action,
                           .organisation = one.organisation,
                           .subject = one.id,
                           .before = before != nullptr ? json::serialize(json_of(*before)) : "",
                           .after = after != nullptr ? json::serialize(json_of(*after)) : ""});
    };
}

}  // namespace vigia
