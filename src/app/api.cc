#include "app/api.h"

#include <fmt/format.h>

#include "app/api_call.h"
#include "app/api_json.h"

namespace vigia {

namespace {

constexpr std::string_view csrf_header = "X-CSRF-Token";

// Every call of the API, by what it is about.
constexpr auto route_tables = std::to_array({
    service_routes,
    people_routes,
    source_routes,
    event_routes,
    alert_routes,
    rule_routes,
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

std::string_view bearer(const HttpRequest& request) {
    const std::string_view given = request.header("Authorization");
    constexpr std::string_view scheme = "Bearer ";
    return given.starts_with(scheme) ? given.substr(scheme.size()) : std::string_view();
}

bool is_allowed(Role role, Access access) {
    switch (access) {
        case Access::Public:
        case Access::Reader:
            return true;
        case Access::User:
            return role == Role::Owner || role == Role::User;
        case Access::Owner:
            return role == Role::Owner;
        case Access::Source:
            return false;
    }
    std::unreachable();
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

// What stands for {…} in the path; nothing when the path is another.
std::optional<std::vector<std::string>> arguments_of(std::string_view pattern,
                                                     const std::vector<std::string>& segments) {
    std::vector<std::string> arguments;
    size_t at = 0;
    pattern.remove_prefix(1);
    while (true) {
        const std::string_view part = pattern.substr(0, pattern.find('/'));
        if (at == segments.size()) return std::nullopt;
        if (part.starts_with('{'))
            arguments.push_back(segments[at]);
        else if (part != segments[at])
            return std::nullopt;
        at++;
        if (part.size() == pattern.size()) break;
        pattern.remove_prefix(part.size() + 1);
    }
    if (at != segments.size()) return std::nullopt;
    return arguments;
}

}  // namespace

struct Api::State {
    Platform& platform;

    // Who calls, by a key or by a session; whoever has neither is told so.
    std::variant<Caller, HttpAnswer> caller(const HttpRequest& request, Access access) const {
        if (access == Access::Public) return Caller{};
        if (const std::string_view token = bearer(request); !token.empty())
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
        return Caller{
            session->user.organisation, session->user.role, {session->user.email, request.remote}, "", token};
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
        return Caller{key->organisation, key->role, {"key " + key->name, request.remote}, key->id, ""};
    }

    HttpAnswer run(const Route& route, const HttpRequest& request, std::vector<std::string> arguments) const {
        auto who = caller(request, route.access);
        if (auto* refused = std::get_if<HttpAnswer>(&who)) return std::move(*refused);
        Call call{platform, request, std::get<Caller>(std::move(who)), std::move(arguments)};
        auto done = route.handler(call);
        return done ? std::move(*done) : problem(done.error());
    }
};

Api::Api(Platform& platform) : state_(new State{platform}) {}
Api::~Api() = default;

HttpAnswer Api::handle(HttpRequest request) {
    const Method method = request.method == Method::Head ? Method::Get : request.method;
    bool known = false;
    for (const auto& table : route_tables) {
        for (const Route& route : table()) {
            auto arguments = arguments_of(route.path, request.segments);
            if (!arguments) continue;
            if (route.method == method) return state_->run(route, request, std::move(*arguments));
            known = true;
        }
    }
    if (known) return problem(405, "method", "the path takes other methods");
    return problem(404, "not_found", "there is no such path");
}

std::string print_routes() {
    std::string text;
    for (const auto& table : route_tables) {
        for (const Route& route : table())
            text += fmt::format("{} {} {}\n", name(route.method), route.path, name(route.access));
    }
    return text;
}

}  // namespace vigia
