#include <boost/json.hpp>
#include <map>

#include "app/api_call.h"
#include "app/api_json.h"

namespace vigia {

namespace json = boost::json;

namespace {

Answered post_events(Call& call) {
    Intake::Submission submission{call.caller.organisation, call.caller.source, call.request.body};
    const Receipt receipt = TRY(call.platform.intake().take(std::move(submission)));
    json::array problems;
    for (const Problem& one : receipt.problems) problems.push_back(json_of(one));
    return answer(json::object{{"accepted", receipt.accepted},
                               {"duplicates", receipt.duplicates},
                               {"refused", receipt.refused},
                               {"matched", receipt.matched},
                               {"problems", std::move(problems)}});
}

// What people call the sources of an organisation, by the names under which their health stands.
using SourceNames = std::map<std::string, std::string>;

Result<SourceNames> source_names(const Call& call) {
    SourceNames names;
    for (const ApiKey& key : TRY(call.platform.catalog().keys(call.caller.organisation)))
        names.emplace(key.id, key.name);
    for (const AwsConnection& one : TRY(call.platform.aws_connections().list(call.caller.organisation)))
        names.emplace(one.source(), one.name);
    return names;
}

// Of what was removed since, its kind is all that is known.
void tell_name(json::object& shown, const std::string& source, const SourceNames& names) {
    const auto found = names.find(source);
    shown["name"] = found == names.end() ? json::value() : json::value(found->second);
    if (source.starts_with(folder_source_prefix)) {
        shown["kind"] = "folder";
        shown["name"] = source.substr(folder_source_prefix.size());
    } else {
        shown["kind"] = source.starts_with(aws_source_prefix) ? "connection" : "key";
    }
}

Answered sources(Call& call) {
    const SourceNames names = TRY(source_names(call));
    json::array all;
    for (const SourceHealth& one : call.platform.intake().health(call.caller.organisation)) {
        json::object shown = json_of(one);
        tell_name(shown, one.state.source, names);
        all.push_back(std::move(shown));
    }
    return answer(json::object{{"sources", std::move(all)}});
}

constexpr auto routes = std::to_array<Route>({
    {Method::Post, "/api/v1/events", Access::Source, post_events},
    {Method::Get, "/api/v1/sources", Access::Reader, sources},
});

}  // namespace

std::span<const Route> source_routes() { return routes; }

}  // namespace vigia
