#include "app/v2.h"

#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>

#include "app/rate_limit.h"
#include "app/v2_call.h"
#include "serve/hawk.h"
#include "serve/http_target.h"

namespace vigia {

namespace json = boost::json;

namespace {

constexpr uint16_t https_port = 443;

// By it clients see whether they sign as we do.
Answered self_test(Call& call) {
    return answer(json::object{{"status", "ok"},
                               {"organizationId", call.caller.organisation},
                               {"user", call.caller.actor.who},
                               {"role", std::string(name(call.caller.role))}});
}

constexpr auto help_routes = std::to_array<Route>({
    {Method::Get, "/help/hawk/self-test", Access::Reader, self_test},
    {Method::Get, "/v2/help/hawk/self-test", Access::Reader, self_test},
});

constexpr auto route_tables = std::to_array({
    +[] { return std::span<const Route>(help_routes); },
    v2_alert_routes,
    v2_ruleset_routes,
    v2_rule_routes,
    v2_agent_routes,
    v2_organisation_routes,
});

// A call that was let in.
struct Admitted {
    HawkHeader header;
    HawkRequest signed_request;
    HawkKey key;
};

HawkRequest hawk_request(const HttpRequest& request) {
    return {.method = request.method_text,
            .resource = request.target,
            .host = request.host,
            .port = request.port,
            .content_type = std::string(request.header("Content-Type")),
            .payload = request.body};
}

// The ports that the client may have signed. What ends TLS before us passes on a Host without the port that
// the client means, and speaks plain HTTP.
std::vector<uint16_t> signed_ports(const HttpRequest& request) {
    std::vector<uint16_t> ports{request.port};
    const auto host = parse_host(request.header("Host"));
    if (host && !host->port && !request.is_tls) ports.push_back(https_port);
    return ports;
}

HttpAnswer refusal(const HawkRefusal& refused) {
    HttpAnswer made = v2_errors(401, {refused.reason});
    made.headers.emplace_back("WWW-Authenticate", refused.challenge);
    return made;
}

std::span<const std::string> segments_of(const HttpRequest& request) {
    std::span<const std::string> segments = request.segments;
    if (segments.size() > 1 && segments.back().empty()) segments = segments.first(segments.size() - 1);
    return segments;
}

}  // namespace

struct V2Api::State {
    Platform& platform;
    HawkGuard guard;
    RateLimit rate;

    std::expected<Admitted, HttpAnswer> admit(const HttpRequest& request) {
        Admitted admitted{.header = {}, .signed_request = hawk_request(request), .key = {}};
        bool trouble = false;
        const auto key_of = [&](const HawkHeader& header) -> Result<std::string> {
            auto found = platform.catalog().hawk_key(header.ext, header.id);
            if (!found) {
                trouble = found.error().kind != ErrorKind::Denied;
                return std::unexpected(found.error());
            }
            admitted.key = std::move(*found);
            return admitted.key.secret;
        };
        if (request.header("Authorization").empty())
            return std::unexpected(refusal({"sign the request with Hawk", "Hawk"}));
        HawkRefusal refused;
        for (const uint16_t port : signed_ports(request)) {
            admitted.signed_request.port = port;
            auto header = guard.admit(request.header("Authorization"), admitted.signed_request, key_of);
            // A stranger is not told what ails the database.
            if (trouble)
                return std::unexpected(v2_errors(500, {"the key cannot be looked up now; try again"}));
            if (header) {
                admitted.header = std::move(*header);
                return admitted;
            }
            // What says more than that the signature is wrong was signed with this port.
            if (refused.reason.empty() || refused.reason == header.error().reason)
                refused = std::move(header.error());
            else
                return std::unexpected(refusal(header.error()));
        }
        return std::unexpected(refusal(refused));
    }

    HttpAnswer run(const Route& route, const HttpRequest& request, const HawkKey& key,
                   std::vector<std::string> arguments) const {
        if (!is_allowed(key.key.role, route.access))
            return v2_errors(403, {fmt::format("the role {} may not do this", name(key.key.role))});
        Call call{platform,
                  request,
                  {key.key.organisation, key.key.role, {key.email, request.remote}, "", ""},
                  std::move(arguments)};
        auto done = route.handler(call);
        return done ? std::move(*done) : v2_error(done.error());
    }

    HttpAnswer dispatch(const HttpRequest& request, const HawkKey& key) const {
        bool known = false;
        for (const auto& table : route_tables) {
            for (const Route& route : table()) {
                auto arguments = path_arguments(route.path, segments_of(request));
                if (!arguments) continue;
                if (route.method == request.method) return run(route, request, key, std::move(*arguments));
                known = true;
            }
        }
        if (known) return v2_errors(405, {"the path takes other methods"});
        return v2_errors(404, {"there is no such path"});
    }

    // All calls of the organisation count, whatever becomes of them.
    HttpAnswer limited(const HttpRequest& request, const HawkKey& key) {
        const std::string& organisation = key.key.organisation;
        const auto calls_max = platform.settings().number(organisation, v2_calls_per_minute);
        if (!calls_max) return v2_error(calls_max.error());
        const RateLimit::Left left = rate.take(organisation, *calls_max);
        HttpAnswer made =
            left.allowed
                ? dispatch(request, key)
                : v2_errors(429, {fmt::format("the organisation may call {} times in a minute; wait {} ms",
                                              *calls_max, left.reset.count())});
        made.headers.emplace_back("x-rate-limit-limit", std::to_string(*calls_max));
        made.headers.emplace_back("x-rate-limit-remaining", std::to_string(left.calls));
        made.headers.emplace_back("x-rate-limit-reset", std::to_string(left.reset.count()));
        return made;
    }
};

V2Api::V2Api(Platform& platform)
    : state_(new State{platform, HawkGuard(platform.clock()), RateLimit(platform.clock())}) {}
V2Api::V2Api(V2Api&&) noexcept = default;
V2Api::~V2Api() = default;

std::vector<std::span<const Route>> V2Api::routes() {
    std::vector<std::span<const Route>> all;
    for (const auto& table : route_tables) all.push_back(table());
    return all;
}

bool V2Api::takes(const HttpRequest& request) {
    return !request.segments.empty() && (request.segments[0] == "v2" || request.segments[0] == "help");
}

HttpAnswer V2Api::handle(const HttpRequest& request) {
    auto admitted = state_->admit(request);
    if (!admitted) return std::move(admitted.error());
    HttpAnswer made = state_->limited(request, admitted->key);
    // An answer without a body is sent without a type.
    const std::string_view type = made.status == 204 ? std::string_view() : made.content_type;
    made.headers.emplace_back("Server-Authorization", hawk_answer(admitted->header, admitted->signed_request,
                                                                  admitted->key.secret, type, made.body));
    return made;
}

HttpAnswer v2_errors(unsigned status, const std::vector<std::string>& errors) {
    json::array all;
    for (const std::string& one : errors) all.emplace_back(one);
    return answer(json::object{{"errors", std::move(all)}}, status);
}

HttpAnswer v2_error(const Error& error) { return v2_errors(status_of(error.kind), {detail_of(error)}); }

Result<std::optional<Time>> v2_time(std::string_view name, std::optional<std::string_view> text) {
    if (!text || text->empty()) return std::optional<Time>();
    const auto time = parse_v2_time(*text);
    if (!time)
        return error(ErrorKind::BadInput,
                     fmt::format("'{}' must be a time in ISO 8601 as 2026-11-25T10:00:00.000Z", name));
    return time;
}

Result<V2Query> v2_query(const Call& call, std::string_view list) {
    if (const auto token = call.request.parameter("token"); token && !token->empty())
        return read_v2_token(list, *token);
    V2Query query{.list = std::string(list), .parameters = {}, .cursor = {}};
    for (const auto& one : call.request.query) {
        if (one.first != "token") query.parameters.push_back(one);
    }
    return query;
}

Answered v2_page(const V2Query& query, std::string_view name, json::array items, const std::string& next) {
    json::object body;
    body[json::string_view(name.data(), name.size())] = std::move(items);
    body["token"] = nullptr;
    if (!next.empty()) {
        V2Query following = query;
        following.cursor = next;
        body["token"] = TRY(write_v2_token(following));
    }
    return answer(body);
}

}  // namespace vigia
