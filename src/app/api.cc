#include "app/api.h"

#include <fmt/format.h>

#include "app/api_call.h"
#include "app/api_json.h"
#include "app/v2.h"
#include "base/log.h"
#include "serve/compression.h"

namespace vigia {

namespace {

constexpr std::string_view csrf_header = "X-CSRF-Token";
// For callers that send a key as it is in a header of its own, as connections of EventBridge do.
constexpr std::string_view key_header = "X-Api-Key";

// Every call of the API, by what it is about.
constexpr auto route_tables = std::to_array({
    service_routes,      console_routes,      people_routes,    source_routes,
    event_stream_routes,  // before those of one event by its id
    event_routes,        field_routes,
    alert_view_routes,  // first: /alerts/groups is no alert
    alert_routes,        alert_work_routes,   channel_routes,
    rule_file_routes,  // before those of one rule by its id
    rule_routes,         rule_part_routes,    ruleset_routes,   list_routes,         history_routes,
    user_routes,         invitation_routes,   workspace_routes, organisation_routes, investigate_routes,
    inventory_routes,    backtest_routes,     explain_routes,   rule_test_routes,    aws_routes,
    aws_work_routes,     completeness_routes,
});

std::string cookie(const HttpRequest& request, std::string_view name) {
    std::string_view rest = request.header("Cookie");
    while (!rest.empty()) {
        const size_t end = std::min(rest.find(';'), rest.size());
        std::string_view one = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        while (one.starts_with(' ')) one.remove_prefix(1);
        if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=')
            return std::string(one.substr(name.size() + 1));
    }
    return {};
}

// The token of the key that comes with a request, or nothing.
std::string_view key_token(const HttpRequest& request) {
    const std::string_view given = request.header("Authorization");
    constexpr std::string_view scheme = "Bearer ";
    return given.starts_with(scheme) ? given.substr(scheme.size()) : request.header(key_header);
}

std::string_view name(Method method) {
    switch (method) {
        case Method::Get:
            return "GET";
        case Method::Head:
            return "HEAD";
        case Method::Post:
            return "POST";
        case Method::Put:
            return "PUT";
        case Method::Patch:
            return "PATCH";
        case Method::Delete:
            return "DELETE";
        case Method::Options:
            return "OPTIONS";
        case Method::Other:
            break;
    }
    return "";
}

std::string_view name(Access access) {
    switch (access) {
        case Access::Public:
            return "public";
        case Access::Source:
            return "source";
        case Access::Reader:
            return "reader";
        case Access::User:
            return "user";
        case Access::Owner:
            return "owner";
    }
    std::unreachable();
}

// What the caller can do nothing about.
bool is_ours(ErrorKind kind) { return kind == ErrorKind::Io || kind == ErrorKind::Corrupt; }

}  // namespace

struct Api::State {
    Platform& platform;
    V2Api v2;
    const Console console;

    // Who calls, by a key or by a session; whoever has neither is told so.
    std::variant<Caller, HttpAnswer> caller(const HttpRequest& request, Access access) const {
        if (access == Access::Public) return Caller{};
        if (const std::string_view token = key_token(request); !token.empty())
            return by_key(token, request, access);
        const std::string token = cookie(request, session_cookie);
        const auto session = platform.sessions().find(token);
        if (token.empty() || !session || access == Access::Source) {
            HttpAnswer refused = problem(401, "not_signed_in", "sign in, or send a key as a bearer token");
            refused.headers.emplace_back("WWW-Authenticate", "Bearer");
            return refused;
        }
        const bool changes = request.method != Method::Get && request.method != Method::Head;
        if (changes && !Sessions::is_csrf(token, request.header(csrf_header)))
            return problem(403, "csrf", "send the session's csrf_token as X-CSRF-Token");
        if (!is_allowed(session->user.role, access)) return problem(403, "role", "your role may not do this");
        (void)platform.sessions().touch(*session);  // it only keeps the session from going idle
        return Caller{.organisation = session->user.organisation,
                      .role = session->user.role,
                      .actor = {session->user.email, request.remote},
                      .source = "",
                      .token = token,
                      .user = session->user.id};
    }

    std::variant<Caller, HttpAnswer> by_key(std::string_view token, const HttpRequest& request,
                                            Access access) const {
        const auto key = platform.catalog().key_of_token(token);
        if (!key) {
            if (key.error().kind != ErrorKind::Denied) return problem(key.error());
            HttpAnswer refused = problem(401, "unknown_key", "no key in force has this token");
            refused.headers.emplace_back("WWW-Authenticate", "Bearer");
            return refused;
        }
        const bool is_source = key->kind == KeyKind::Source;
        if (is_source != (access == Access::Source) || (!is_source && !is_allowed(key->role, access)))
            return problem(403, "role", "this key may not do this");
        return Caller{.organisation = key->organisation,
                      .role = key->role,
                      .actor = {"key " + key->name, request.remote},
                      .source = key->id};
    }

    HttpAnswer run(const Route& route, const HttpRequest& request, std::vector<std::string> arguments) const {
        auto who = caller(request, route.access);
        if (auto* refused = std::get_if<HttpAnswer>(&who)) return std::move(*refused);
        Call call{platform, request, std::get<Caller>(std::move(who)), std::move(arguments)};
        auto done = route.handler(call);
        if (done) return std::move(*done);
        if (is_ours(done.error().kind))
            log(LogLevel::Error, "http", done.error().message, {{"request", request.id}});
        return problem(done.error());
    }
};

Api::Api(Platform& platform, Console console)
    : state_(new State{platform, V2Api(platform), std::move(console)}) {}
Api::~Api() = default;

namespace {

struct Found {
    const Route* route = nullptr;
    std::vector<std::string> arguments;
    bool is_path = false;  // another method has it
};

Found find_route(const HttpRequest& request) {
    const Method method = request.method == Method::Head ? Method::Get : request.method;
    Found found;
    for (const auto& table : route_tables) {
        for (const Route& route : table()) {
            auto arguments = path_arguments(route.path, request.segments);
            if (!arguments) continue;
            if (route.method == method) return {&route, std::move(*arguments), true};
            found.is_path = true;
        }
    }
    return found;
}

// What failed is an error of ours, what was refused is told, the rest is for whoever looks closely.
LogLevel level_of(unsigned status) {
    if (status >= 500) return LogLevel::Error;
    return status >= 400 ? LogLevel::Info : LogLevel::Debug;
}

// The path's pattern only: paths have ids, and queries have what people look for.
void tell(Platform& platform, const HttpRequest& request, std::string_view route, const HttpAnswer& answer,
          SteadyTime began) {
    const std::string pattern(route);
    const std::string method = request.method == Method::Other ? "OTHER" : request.method_text;
    const double seconds = seconds_since(began);
    platform.metrics().requests.with({method, pattern, fmt::format("{}xx", answer.status / 100)}).add();
    platform.metrics().request_time.with({pattern}).observe(seconds);
    log(level_of(answer.status), "http", "a request was answered",
        {{"request", request.id},
         {"method", method},
         {"route", pattern},
         {"status", answer.status},
         {"ms", seconds * 1000},
         {"remote", request.remote}});
}

std::string_view console_pattern(const HttpRequest& request) {
    return !request.segments.empty() && request.segments[0] == "assets" ? "/assets/{file}" : "console";
}

}  // namespace

HttpAnswer Api::handle(HttpRequest request) {
    const SteadyTime began = steady_now();
    if (V2Api::takes(request)) {
        HttpAnswer made = state_->v2.handle(request);
        tell(state_->platform, request, "none", made, began);
        return made;
    }
    if (auto page = state_->console.answer(request)) {
        tell(state_->platform, request, console_pattern(request), *page, began);
        return *std::move(page);
    }
    Found found = find_route(request);
    HttpAnswer made = found.route != nullptr ? state_->run(*found.route, request, std::move(found.arguments))
                      : found.is_path        ? problem(405, "method", "the path takes other methods")
                                             : problem(404, "not_found", "there is no such path");
    compress_json(request, made);
    tell(state_->platform, request, found.route == nullptr ? "none" : found.route->path, made, began);
    return made;
}

std::string print_routes() {
    std::vector<std::span<const Route>> tables = V2Api::routes();
    std::vector<std::span<const Route>> native;
    for (const auto& table : route_tables) native.push_back(table());
    tables.insert(tables.begin(), native.begin(), native.end());
    std::string text;
    for (const auto& table : tables) {
        for (const Route& route : table)
            text += fmt::format("{} {} {}\n", name(route.method), route.path, name(route.access));
    }
    return text;
}

}  // namespace vigia
