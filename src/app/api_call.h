#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/api_json.h"
#include "app/platform.h"
#include "base/result.h"
#include "base/time.h"
#include "catalog/bodies.h"
#include "serve/http_server.h"

// What the calls of the native API share. Each table of routes is one file; `api.cc` asks them all.
namespace vigia {

// What a call asks of its caller.
enum class Access : uint8_t { Public, Source, Reader, User, Owner };

struct Caller {
    std::string organisation;
    Role role = Role::Reader;
    Actor actor;
    std::string source;  // of a source's key, its id
    std::string token;   // of a session
};

struct Call {
    Platform& platform;
    const HttpRequest& request;
    Caller caller;
    std::vector<std::string> arguments;  // what stands for {…} in the path
};

using Answered = Result<HttpAnswer>;
using Handler = Answered (*)(Call& call);

// One row, one call.
struct Route {
    Method method;
    std::string_view path;  // "/api/v1/alerts/{id}"
    Access access;
    Handler handler;
};

std::span<const Route> service_routes();
std::span<const Route> people_routes();
std::span<const Route> source_routes();
std::span<const Route> event_routes();
std::span<const Route> event_stream_routes();
std::span<const Route> alert_routes();
std::span<const Route> rule_routes();

constexpr std::string_view session_cookie = "vigia_session";
constexpr std::chrono::seconds query_time_max{30};
constexpr DuckBound api_bound{.time_max = query_time_max};

// A parameter of the query. BadInput for one that is none of its kind.
Result<std::optional<Time>> time_parameter(const HttpRequest& request, std::string_view name);
Result<size_t> limit_parameter(const HttpRequest& request, size_t otherwise, size_t most);
// Where a page goes on, as clients send it back. Nothing for a text that print() did not make.
std::string print(const EventCursor& cursor);
std::optional<EventCursor> parse_cursor(std::string_view text);
// The fields that `columns` names, with commas between them; nothing without it.
Result<std::optional<FieldReader>> columns_parameter(const HttpRequest& request);
// What stands between commas; those in quotes part nothing.
std::vector<std::string> split_list(std::string_view text);
// The version that the client saw, by If-Match.
RuleStore::Expected expected_version(const HttpRequest& request);

HttpAnswer bad_filter(const std::vector<RuleDiagnostic>& diagnostics);
// Runs `work` with the search that the query says.
Answered with_search(const Call& call, const std::function<Answered(EventSearch& search)>& work);
// An empty `next`: there is no other page. With `columns`, events have these fields and no record.
HttpAnswer event_page(const std::vector<FoundEvent>& events, const std::string& next,
                      std::span<const std::string> columns = {});

// Reads the body; the answer that refuses what is none.
template <typename Body>
std::optional<HttpAnswer> refuse_body(const Call& call, Body& body, std::string_view code) {
    if (const auto object = read_object(call.request.body); !object) return problem(object.error());
    if (const auto read = read_body(call.request.body, body); !read)
        return problem(400, code, read.error().message);
    return std::nullopt;
}

}  // namespace vigia
