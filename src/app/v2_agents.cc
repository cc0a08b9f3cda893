#include "app/v2_agents.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>

#include "app/v2_call.h"

namespace vigia {

namespace json = boost::json;

namespace {

// What names the agent of an event, by the columns of the store.
constexpr std::string_view agent_sql = "coalesce(agent, host)";
// All that Vigia reads, of every host.
constexpr std::string_view agent_type = "investigate";

Time time_of_us(std::optional<int64_t> us) { return Time{std::chrono::microseconds{us.value_or(0)}}; }

EventQuery agent_query(const Call& call, std::string select, std::string where, std::string rest) {
    return {.organisation = call.caller.organisation,
            .since = call.platform.clock().now() - agents_age_max,
            .until = {},
            .select = std::move(select),
            .where = {{fmt::format("{} is not null and {}", agent_sql, where)}},
            .rest = std::move(rest),
            .parameters = {}};
}

// Those that sent events of late, by id, without their records.
Result<std::vector<V2Agent>> agents_of(const Call& call, const std::optional<std::string>& id) {
    EventQuery query =
        agent_query(call, fmt::format("{}, epoch_us(min(received)), epoch_us(max(received))", agent_sql),
                    id ? fmt::format("{} = $1", agent_sql) : "true", "group by 1 order by 1");
    if (id) query.parameters = {*id};
    auto rows = TRY(call.platform.events().query(query, api_bound));
    std::vector<V2Agent> agents;
    while (TRY(rows.next())) {
        for (size_t i = 0; i < rows.rows().size(); i++)
            agents.push_back({.id = std::string(rows.rows().text(0, i).value_or("")),
                              .first_at = time_of_us(rows.rows().number(1, i)),
                              .last_at = time_of_us(rows.rows().number(2, i)),
                              .record = {}});
    }
    std::ranges::sort(agents, {}, &V2Agent::id);
    return agents;
}

// The latest event of each.
Result<void> add_records(const Call& call, std::vector<V2Agent>& agents) {
    if (agents.empty()) return {};
    std::string ids;
    for (size_t i = 0; i < agents.size(); i++) ids += fmt::format("{}${}", i == 0 ? "" : ", ", i + 1);
    EventQuery query = agent_query(call, fmt::format("{}, arg_max(record, received)", agent_sql),
                                   fmt::format("{} in ({})", agent_sql, ids), "group by 1");
    for (const V2Agent& one : agents) query.parameters.emplace_back(one.id);
    auto rows = TRY(call.platform.events().query(query, api_bound));
    std::map<std::string, std::string> records;
    while (TRY(rows.next())) {
        for (size_t i = 0; i < rows.rows().size(); i++)
            records.emplace(rows.rows().text(0, i).value_or(""), rows.rows().text(1, i).value_or(""));
    }
    for (V2Agent& one : agents) one.record = std::move(records[one.id]);
    return {};
}

bool is_online(const V2Agent& agent, Time now) { return now - agent.last_at <= agent_online_max; }

// A text below objects of the record; null where there is none.
json::value text_at(const json::value& record, std::initializer_list<std::string_view> path) {
    const json::value* at = &record;
    for (const std::string_view name : path) {
        const json::object* const object = at->if_object();
        at = object == nullptr ? nullptr : object->if_contains(json::string_view(name.data(), name.size()));
        if (at == nullptr) return nullptr;
    }
    return at->is_string() ? *at : json::value();
}

// The texts of a member of the record's network interfaces, which is a text or a list of them.
json::array addresses(const json::object& record, std::string_view name) {
    json::array all;
    const auto add = [&](const json::value& one) {
        if (one.is_string() && !one.get_string().empty()) all.push_back(one);
    };
    const json::value* const interfaces = record.if_contains("network_metadata");
    if (interfaces == nullptr || !interfaces->is_array()) return all;
    for (const json::value& one : interfaces->get_array()) {
        const json::object* const object = one.if_object();
        const json::value* const value =
            object == nullptr ? nullptr : object->if_contains(json::string_view(name.data(), name.size()));
        if (value == nullptr) continue;
        if (const json::array* const list = value->if_array())
            for (const json::value& item : *list) add(item);
        else
            add(*value);
    }
    return all;
}

// What the cloud says of a host stands in its events, as labels.
json::array tags(const json::object& record) {
    json::array all;
    const json::value* const labels = record.if_contains("workloadMetadata");
    if (labels == nullptr || !labels->is_object()) return all;
    for (const auto& [key, value] : labels->get_object()) {
        if (value.is_string()) all.push_back(json::object{{"source", "ec2"}, {"key", key}, {"value", value}});
    }
    return all;
}

json::object agent_json(const V2Agent& agent, Time now) {
    boost::system::error_code failure;
    json::value record = json::parse(agent.record, failure);
    if (failure || !record.is_object()) record = json::object();
    json::value hostname = text_at(record, {"host_metadata", "hostname"});
    if (hostname.is_null()) hostname = text_at(record, {"hostname"});
    const bool online = is_online(agent, now);
    const json::object& object = record.get_object();
    return {{"id", agent.id},
            {"instanceId", text_at(record, {"host_metadata", "instance_id"})},
            {"status", online ? "online" : "offline"},
            {"createdAt", format_v2_time(agent.first_at)},
            {"lastReportedAt", format_v2_time(agent.last_at)},
            {"version", text_at(record, {"agent_metadata", "version"})},
            {"name", hostname.is_null() ? json::value(agent.id) : hostname},
            {"description", nullptr},
            {"hostname", hostname},
            {"ipAddresses", json::object{{"private", addresses(object, "private_ip_address")},
                                         {"link_local", json::array()},
                                         {"public", addresses(object, "public_ip_address")}}},
            {"tags", tags(object)},
            {"agentType", json::string_view(agent_type)},
            {"osVersion", text_at(record, {"host_metadata", "os_version"})},
            {"kernel", text_at(record, {"host_metadata", "kernel"})},
            {"agentModuleHealth", json::object{{"isHealthy", online}}}};
}

Answered agents(Call& call) {
    const V2Query asked = TRY(v2_query(call, "agents"));
    const std::string_view status = asked.find("status").value_or("");
    if (status != "online" && status != "offline")
        return error(ErrorKind::BadInput, "'status' must be online or offline");
    const std::string_view type = asked.find("type").value_or(agent_type);
    if (type != "monitor" && type != agent_type)
        return error(ErrorKind::BadInput, "'type' must be monitor or investigate");
    const auto from = TRY(v2_time("from", asked.find("from")));
    const auto until = TRY(v2_time("until", asked.find("until")));
    const Time now = call.platform.clock().now();
    std::vector<V2Agent> all = TRY(agents_of(call, std::nullopt));
    std::erase_if(all, [&](const V2Agent& one) {
        return is_online(one, now) != (status == "online") || type != agent_type ||
               (from && one.last_at < *from) || (until && one.last_at >= *until);
    });
    auto page = v2_slice(std::move(all), asked.cursor);
    TRY_VOID(add_records(call, page.items));
    json::array items;
    for (const V2Agent& one : page.items) {
        json::object made = agent_json(one, now);
        const auto hostname = asked.find("hostname");
        if (hostname && made["hostname"] != json::string_view(hostname->data(), hostname->size())) continue;
        items.push_back(std::move(made));
    }
    return v2_page(asked, "agents", std::move(items), page.next);
}

Answered agent(Call& call) {
    std::vector<V2Agent> one;
    one.push_back(TRY(v2_agent(call, call.arguments[0])));
    TRY_VOID(add_records(call, one));
    return answer(agent_json(one[0], call.platform.clock().now()));
}

// Vigia looks for no vulnerable packages and asks AWS for no instances, so that it knows of none.
template <const char* name>
Answered none(Call& call) {
    const V2Query asked = TRY(v2_query(call, name));
    return v2_page(asked, name, {}, "");
}
constexpr char cves[] = "cves", servers[] = "servers", packages[] = "packages", quieted[] = "suppressions";

Answered no_cve(Call&) { return error(ErrorKind::NotFound, "no such vulnerability is known"); }

Answered cves_of_agent(Call& call) {
    TRY(v2_agent(call, call.arguments[0]));
    return none<cves>(call);
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/v2/agents", Access::Reader, agents},
    {Method::Get, "/v2/agents/{id}", Access::Reader, agent},
    {Method::Get, "/v2/vulnerabilities", Access::Reader, none<cves>},
    {Method::Get, "/v2/vulnerabilities/suppressions", Access::Reader, none<quieted>},
    {Method::Get, "/v2/vulnerabilities/package/{package}", Access::Reader, none<packages>},
    {Method::Get, "/v2/vulnerabilities/server/{server}", Access::Reader, cves_of_agent},
    {Method::Get, "/v2/vulnerabilities/agent/{agent}", Access::Reader, cves_of_agent},
    {Method::Get, "/v2/vulnerabilities/{cve}", Access::Reader, no_cve},
    {Method::Get, "/v2/vulnerabilities/{cve}/servers", Access::Reader, none<servers>},
    {Method::Get, "/v2/aws/ec2", Access::Reader, none<servers>},
});

}  // namespace

Result<V2Agent> v2_agent(const Call& call, const std::string& id) {
    auto found = TRY(agents_of(call, id));
    if (found.empty()) return error(ErrorKind::NotFound, "there is no such agent");
    return std::move(found[0]);
}

std::span<const Route> v2_agent_routes() { return routes; }

}  // namespace vigia
