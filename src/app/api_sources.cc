#include <boost/json.hpp>

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

Answered sources(Call& call) {
    json::array all;
    for (const SourceHealth& one : call.platform.intake().health(call.caller.organisation))
        all.push_back(json_of(one));
    return answer(json::object{{"sources", std::move(all)}});
}

constexpr auto routes = std::to_array<Route>({
    {Method::Post, "/api/v1/events", Access::Source, post_events},
    {Method::Get, "/api/v1/sources", Access::Reader, sources},
});

}  // namespace

std::span<const Route> source_routes() { return routes; }

}  // namespace vigia
