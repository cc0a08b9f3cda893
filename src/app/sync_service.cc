#include "app/sync_service.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/report.h"
#include "network/network.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr size_t answer_bytes_max = 64 * 1024 * 1024;
constexpr int page = 200;

std::string text_of(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(json::string_view(name.data(), name.size()));
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

int64_t number_of(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(json::string_view(name.data(), name.size()));
    return value != nullptr && value->is_int64() ? value->as_int64() : 0;
}

bool is_true(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(json::string_view(name.data(), name.size()));
    return value != nullptr && value->is_bool() && value->as_bool();
}

Result<const json::array*> array_of(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(json::string_view(name.data(), name.size()));
    if (value == nullptr || !value->is_array())
        return error(ErrorKind::Corrupt,
                     fmt::format("the service answered without '{}'; is it a Vigia?", name));
    return &value->as_array();
}

// What a service says of a call that it refuses.
Error refusal(long status, const std::string& body) {
    boost::system::error_code failure;
    const json::value said = json::parse(body, failure);
    const std::string detail = !failure && said.is_object() ? text_of(said.as_object(), "detail") : "";
    const ErrorKind kind = status == 404                    ? ErrorKind::NotFound
                           : status == 409 || status == 412 ? ErrorKind::Conflict
                           : status == 401 || status == 403 ? ErrorKind::Denied
                                                            : ErrorKind::BadInput;
    return {kind, printable(fmt::format("the service answered {}{}{}", status, detail.empty() ? "" : ": ",
                                        detail))};
}

std::string path_of(const SyncKey& key, const std::string& server_id) {
    switch (key.kind) {
        case SyncKind::List:
            return "/api/v1/lists/" + server_id;
        case SyncKind::Rule:
            return "/api/v1/rules/" + key.id;
        case SyncKind::Settings:
            return fmt::format("/api/v1/rules/{}/settings", key.id);
    }
    std::unreachable();
}

std::string body_of(const SyncItem& item) {
    if (const Rule* const rule = std::get_if<Rule>(&item.body)) return json_of(*rule);
    if (const auto* const settings = std::get_if<ManagedSettings>(&item.body)) return json_of(*settings);
    const ListFile& list = std::get<ListFile>(item.body);
    return json_of(NamedList{list.name, list.description, list.items});
}

}  // namespace

Result<SyncService> SyncService::open(const ServiceAddress& address, const Clock& clock) {
    ServiceAddress whole = address;
    while (whole.url.ends_with('/')) whole.url.pop_back();
    const auto parts = url_parts(whole.url);
    if (!parts)
        return error(ErrorKind::BadInput,
                     "--url must be an address such as https://vigia.example.org, with no user in it");
    if (parts->scheme != "https" && !parts->is_loopback)
        return error(ErrorKind::BadInput, "--url must begin with https://, for the key is sent along");
    if (whole.key.empty() || whole.key.find_first_of("\r\n \t") != std::string::npos)
        return error(ErrorKind::BadInput, "the key must be one word: the token of an api key");
    return SyncService(std::move(whole), clock);
}

Result<json::object> SyncService::call(std::string_view method, const std::string& path,
                                       const std::string& body, const std::string& condition) {
    HttpCall what{.method = std::string(method),
                  .url = address_.url + path,
                  .headers = {"Authorization: Bearer " + address_.key, "Content-Type: application/json"},
                  .body = body,
                  .http_allowed = true,  // open() has seen to it that this is of this machine only
                  .ca_file = address_.ca_file};
    if (!condition.empty()) what.headers.push_back(condition);
    const Calling calling{
        .clock = *clock_, .bounds = {.answer_bytes_max = answer_bytes_max}, .stop = std::stop_token()};
    const CallAnswer answer = TRY(vigia::call(what, calling));
    if (answer.status < 200 || answer.status > 299)
        return std::unexpected(refusal(answer.status, answer.body));
    if (answer.body.empty()) return json::object();
    boost::system::error_code failure;
    json::value value = json::parse(answer.body, failure);
    if (failure || !value.is_object())
        return error(ErrorKind::Corrupt, "the service answered with no JSON object; is it a Vigia?");
    return std::move(value.as_object());
}

Result<void> SyncService::add_rules(SyncItems& items) {
    for (std::string cursor;;) {
        const json::object answer = TRY(get(fmt::format("/api/v1/rules?tests=true&limit={}&cursor={}", page, cursor)));
        for (const json::value& one : *TRY(array_of(answer, "rules"))) {
            if (!one.is_object())
                return error(ErrorKind::Corrupt, "the service answered with a rule that is none");
            const json::object& rule = one.as_object();
            SyncItem item{
                .body = Rule(), .title = text_of(rule, "name"), .file = "", .server_id = text_of(rule, "id")};
            item.version = number_of(rule, "version");
            SyncKey key{SyncKind::Rule, item.server_id};
            if (is_true(rule, "managed")) {
                if (item.version == 0) continue;
                key.kind = SyncKind::Settings;
                const json::object settled = TRY(get(path_of(key, item.server_id)));
                item.body = ManagedSettings();
                TRY_VOID(read_body(json::serialize(settled), std::get<ManagedSettings>(item.body)));
            } else {
                TRY_VOID(read_body(json::serialize(rule), std::get<Rule>(item.body)));
                std::get<Rule>(item.body).id = item.server_id;
            }
            items.emplace(std::move(key), std::move(item));
        }
        cursor = text_of(answer, "next");
        if (cursor.empty()) return {};
    }
}

Result<void> SyncService::add_lists(SyncItems& items) {
    for (std::string cursor;;) {
        const json::object answer = TRY(get(fmt::format("/api/v1/lists?limit={}&cursor={}", page, cursor)));
        for (const json::value& one : *TRY(array_of(answer, "lists"))) {
            if (!one.is_object())
                return error(ErrorKind::Corrupt, "the service answered with a list that is none");
            if (is_true(one.as_object(), "managed")) continue;
            const std::string id = text_of(one.as_object(), "id");
            const json::object whole = TRY(get("/api/v1/lists/" + id));
            NamedList list;
            TRY_VOID(read_body(json::serialize(whole), list));
            SyncKey key{SyncKind::List, list.name};
            SyncItem item{.body = ListFile{list.name, list.description, list.items},
                          .title = list.name,
                          .file = "",
                          .server_id = id,
                          .version = number_of(whole, "version")};
            items.emplace(std::move(key), std::move(item));
        }
        cursor = text_of(answer, "next");
        if (cursor.empty()) return {};
    }
}

Result<SyncItems> SyncService::items() {
    SyncItems items;
    TRY_VOID(add_lists(items));
    TRY_VOID(add_rules(items));
    return items;
}

Result<void> SyncService::put(const SyncKey& key, const SyncItem& item, const SyncItem* there) {
    const std::string seen = fmt::format("If-Match: \"{}\"", there == nullptr ? 0 : there->version);
    if (there == nullptr && key.kind == SyncKind::List)
        TRY(call("POST", "/api/v1/lists", body_of(item), ""));
    else if (there == nullptr && key.kind == SyncKind::Rule)
        TRY(call("PUT", path_of(key, ""), body_of(item), "If-None-Match: *"));
    else
        TRY(call("PUT", path_of(key, there == nullptr ? "" : there->server_id), body_of(item), seen));
    return {};
}

Result<void> SyncService::remove(const SyncKey& key, const SyncItem& there) {
    TRY(call("DELETE", path_of(key, there.server_id), "", fmt::format("If-Match: \"{}\"", there.version)));
    return {};
}

}  // namespace vigia
