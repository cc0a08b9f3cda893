// What there is in the estate, as its events tell.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/api_call.h"
#include "app/api_json.h"
#include "app/api_values.h"
#include "app/v2_agents.h"
#include "investigate/images.h"
#include "investigate/inventory.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr std::chrono::days usual_period{30};
constexpr size_t page_usual = 100;

Result<InventoryQuestion> inventory_question(const Call& call) {
    InventoryQuestion question{.organisation = call.caller.organisation,
                               .text = text_parameter(call.request, "q")};
    const auto since = TRY(time_parameter(call.request, "since"));
    const auto until = TRY(time_parameter(call.request, "until"));
    question.until = until.value_or(call.platform.clock().now());
    question.since = since.value_or(question.until - usual_period);
    question.limit = TRY(limit_parameter(call.request, page_usual, inventory_page_max));
    if (const auto cursor = TRY(cursor_parameter(call.request)))
        question.after = {cursor->time_us, cursor->id};
    return question;
}

template <typename Row>
Answered page_answer(std::string_view name, const InventoryPage<Row>& page,
                     const std::function<json::object(const Row&)>& json_of_row) {
    json::array rows;
    for (const Row& one : page.rows) {
        json::object shown = json_of_row(one);
        shown["id"] = one.id;
        shown["first"] = format_rfc3339(one.seen.first);
        shown["last"] = format_rfc3339(one.seen.last);
        shown["events"] = one.seen.events;
        rows.push_back(std::move(shown));
    }
    json::value next;
    if (page.next) next = cursor_text(page.next->last_us, page.next->id);
    return answer(json::object{{name, std::move(rows)}, {"total", page.total}, {"next", std::move(next)}});
}

using AlertsByPlace = std::map<std::string, PlaceAlerts>;

// Of the same period.
Result<AlertsByPlace> alerts_of(const Call& call, const InventoryQuestion& question, AlertPlace place) {
    return call.platform.alerts().by_place(question.organisation, place, question.since,
                                           question.until + std::chrono::microseconds{1});
}

json::object alerts_json(const AlertsByPlace& alerts, const std::string& id) {
    const auto found = alerts.find(id);
    const PlaceAlerts counts = found == alerts.end() ? PlaceAlerts{} : found->second;
    return {{"all", counts.all}, {"active", counts.active}};
}

Answered accounts(Call& call) {
    const InventoryQuestion question = TRY(inventory_question(call));
    const auto page = TRY(accounts_seen(call.platform.events(), question, api_bound));
    const AlertsByPlace alerts = TRY(alerts_of(call, question, AlertPlace::Account));
    return page_answer<AccountSeen>("accounts", page, [&](const AccountSeen& one) {
        return json::object{{"calls", one.calls},       {"errors", one.errors},
                            {"services", one.services}, {"regions", json::value_from(one.regions)},
                            {"hosts", one.hosts},       {"alerts", alerts_json(alerts, one.id)}};
    });
}

Answered hosts(Call& call) {
    const InventoryQuestion question = TRY(inventory_question(call));
    const auto page = TRY(hosts_seen(call.platform.events(), question, api_bound));
    const AlertsByPlace alerts = TRY(alerts_of(call, question, AlertPlace::Agent));
    const Time now = call.platform.clock().now();
    return page_answer<HostSeen>("hosts", page, [&](const HostSeen& one) {
        return json::object{{"name", text_or_null(one.name)},
                            {"received", format_rfc3339(one.received)},
                            {"online", now - one.received <= agent_online_max},
                            {"types", json::value_from(one.types)},
                            {"users", one.users},
                            {"containers", one.containers},
                            {"agent_version", text_or_null(one.agent_version)},
                            {"os", text_or_null(one.os)},
                            {"kernel", text_or_null(one.kernel)},
                            {"instance", text_or_null(one.instance)},
                            {"account", text_or_null(one.account)},
                            {"alerts", alerts_json(alerts, one.id)}};
    });
}

json::object container_json(const ContainerSeen& one) {
    return {{"name", text_or_null(one.name)},       {"image", text_or_null(one.image)},
            {"host", text_or_null(one.host)},       {"state", json::value(name(one.state))},
            {"cluster", text_or_null(one.cluster)}, {"namespace", text_or_null(one.container_namespace)},
            {"pod", text_or_null(one.pod)},         {"runtime", text_or_null(one.runtime)}};
}

Answered containers(Call& call) {
    const InventoryQuestion question = TRY(inventory_question(call));
    const auto page = TRY(containers_seen(call.platform.events(), question, api_bound));
    return page_answer<ContainerSeen>("containers", page, container_json);
}

json::value scan_json(const std::optional<ImageScan>& scan) {
    if (!scan) return nullptr;
    json::object findings;
    for (size_t i = 0; i < scan_severities.size(); i++) findings[scan_severities[i]] = scan->findings[i];
    return json::object{{"time", format_rfc3339(scan->time)},
                        {"event_id", scan->event_id},
                        {"event_type", scan->event_type},
                        {"findings", std::move(findings)}};
}

json::object image_json(const ImageSeen& one) {
    json::array running;
    for (const ContainerSeen& container : one.containers)
        running.push_back(json::object{{"id", container.id},
                                       {"name", text_or_null(container.name)},
                                       {"host", text_or_null(container.host)},
                                       {"state", json::value(name(container.state))},
                                       {"last", format_rfc3339(container.seen.last)}});
    return {{"image", one.image},
            {"account", text_or_null(one.name.account)},
            {"region", text_or_null(one.name.region)},
            {"repository", one.name.repository},
            {"tags", json::value_from(one.tags)},
            {"digest", text_or_null(one.name.digest)},
            {"first", time_or_null(one.first)},
            {"last", time_or_null(one.last)},
            {"container_count", one.container_count},
            {"running", one.running},
            {"containers", std::move(running)},
            {"scan", scan_json(one.scan)}};
}

Answered images(Call& call) {
    const InventoryQuestion question = TRY(inventory_question(call));
    const ImageList list = TRY(images_seen(call.platform.events(), question, api_bound));
    json::array rows;
    for (const ImageSeen& one : list.images) rows.push_back(image_json(one));
    return answer(
        json::object{{"images", std::move(rows)}, {"total", list.total}, {"complete", list.complete}});
}

constexpr auto routes = std::to_array<Route>({
    {Method::Get, "/api/v1/inventory/accounts", Access::Reader, accounts},
    {Method::Get, "/api/v1/inventory/hosts", Access::Reader, hosts},
    {Method::Get, "/api/v1/inventory/containers", Access::Reader, containers},
    {Method::Get, "/api/v1/inventory/images", Access::Reader, images},
});

}  // namespace

std::span<const Route> inventory_routes() { return routes; }

}  // namespace vigia
