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
    std::string user;    // of a session, the id of its user
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
std::span<const Route> console_routes();
std::span<const Route> people_routes();
std::span<const Route> source_routes();
std::span<const Route> event_routes();
std::span<const Route> event_stream_routes();
std::span<const Route> field_routes();
std::span<const Route> alert_routes();
std::span<const Route> alert_view_routes();
std::span<const Route> alert_work_routes();
std::span<const Route> channel_routes();
std::span<const Route> aws_routes();
std::span<const Route> aws_work_routes();
std::span<const Route> rule_routes();
std::span<const Route> explain_routes();
std::span<const Route> rule_test_routes();
std::span<const Route> rule_file_routes();
std::span<const Route> rule_part_routes();
std::span<const Route> ruleset_routes();
std::span<const Route> list_routes();
std::span<const Route> history_routes();
std::span<const Route> user_routes();
std::span<const Route> invitation_routes();
std::span<const Route> workspace_routes();
std::span<const Route> organisation_routes();

bool is_allowed(Role role, Access access);
// What stands for {…} in the path; nothing when the path is another.
std::optional<std::vector<std::string>> path_arguments(std::string_view pattern,
                                                       std::span<const std::string> segments);
std::span<const Route> investigate_routes();
std::span<const Route> inventory_routes();
std::span<const Route> completeness_routes();
std::span<const Route> backtest_routes();

constexpr std::string_view session_cookie = "vigia_session";
constexpr std::chrono::seconds query_time_max{30};
constexpr DuckBound api_bound{.time_max = query_time_max};

// A parameter of the query. BadInput for one that is none of its kind.
Result<std::optional<Time>> time_parameter(const HttpRequest& request, std::string_view name);
// As 5m, 1h or 1d; nothing when it is not there.
Result<std::optional<Duration>> duration_parameter(const HttpRequest& request, std::string_view name);
Result<size_t> limit_parameter(const HttpRequest& request, size_t otherwise, size_t most);
// Where a page goes on, as clients send it back. Nothing for a text that print() did not make.
std::string print(const EventCursor& cursor);
std::optional<EventCursor> parse_cursor(std::string_view text);
// The fields that `columns` names, with commas between them; nothing without it.
Result<std::optional<FieldReader>> columns_parameter(const HttpRequest& request);
// What stands between commas; those in quotes part nothing.
std::vector<std::string> split_list(std::string_view text);
// The version that the client saw, by If-Match; none when it sent none or "*". What no answer ever gave as an
// ETag is a version that nothing has.
RuleStore::Expected expected_version(const HttpRequest& request);
// The answer with the version as its ETag.
HttpAnswer with_etag(HttpAnswer answer, int64_t version);

// Which page of a list is asked for: so many, behind the key that the cursor has.
struct Paging {
    size_t limit = 0;
    std::string after;
};
constexpr size_t page_max = 1000;
Result<Paging> paging(const HttpRequest& request, size_t otherwise);
// One of a list. Keys are unique, and the list is in their order.
struct Listed {
    std::string key;
    boost::json::object body;
};
// Keys whose order is that of names first.
std::string list_key(std::string_view name, std::string_view id);
// The page as {"<name>": […], "next": …}.
HttpAnswer page_of(std::string_view name, std::vector<Listed> all, const Paging& paging);

// BadInput when the object has a member that is none of the known ones.
Result<void> check_members(const boost::json::object& object, std::span<const std::string_view> known);
// A member of true or false, or nothing.
Result<std::optional<bool>> truth_member(const boost::json::object& object, std::string_view name);
// A parameter of true or false, or nothing.
Result<std::optional<bool>> truth_parameter(const HttpRequest& request, std::string_view name);
// The role of the name. BadInput for what is none.
Result<Role> role_given(const std::string& name);
// Of a caller with a session, its user. Denied for a key, which is nobody's.
Result<std::string> user_of(const Call& call);

// The answer that signs somebody in.
HttpAnswer session_answer(const NewSession& session, const HttpRequest& request);

// The lists that the caller's filters may call.
Result<NamedLists> lists_of(const Call& call);

HttpAnswer bad_filter(const std::vector<RuleDiagnostic>& diagnostics);
// Runs `work` with the search that the query says.
Answered with_search(const Call& call, const std::function<Answered(EventSearch& search)>& work);
// An empty `next`: there is no other page. With `columns`, events have these fields and no record.
HttpAnswer event_page(const std::vector<FoundEvent>& events, const std::string& next,
                      std::span<const std::string> columns = {});

// Reads the body, which may have the known members only; the answer that refuses what is none.
template <typename Body>
std::optional<HttpAnswer> refuse_body(const Call& call, Body& body, std::string_view code,
                                      std::span<const std::string_view> known_members) {
    const auto object = read_object(call.request.body);
    if (!object) return problem(object.error());
    if (const auto known = check_members(*object, known_members); !known) return problem(known.error());
    if (const auto read = read_body(call.request.body, body); !read)
        return problem(400, code, read.error().message);
    return std::nullopt;
}

}  // namespace vigia
