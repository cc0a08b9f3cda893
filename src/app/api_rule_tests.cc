// The tests of a rule, run as they stand in a body.
#include <boost/json.hpp>

#include "app/api_rule_view.h"
#include "app/rule_files.h"
#include "app/rule_tests.h"

namespace vigia {

namespace json = boost::json;

namespace {

json::object json_of(const RuleTest& test, const RuleTestRun& run) {
    return {{"name", test.name},
            {"expected", test.fires},
            {"fires", run.fires},
            {"passed", run.failure.empty()},
            {"failure", run.failure.empty() ? json::value() : json::value(run.failure)}};
}

// A rule that is off is tested as if it were on.
Answered run_tests(Call& call) {
    return with_rule(call, [&](const Rule& rule) -> Answered {
        CheckedRuleResult checked = TRY(check_own_rule(call, rule));
        checked.rule->rule.enabled = true;
        std::vector<CheckedRule> rules;
        rules.push_back(std::move(*checked.rule));
        NamedLists lists = TRY(lists_of(call));
        Detector detector(make_rule_set(std::move(rules), std::move(lists)));
        json::array tests;
        for (const RuleTest& test : rule.tests) tests.push_back(json_of(test, run_test(test, 0, detector)));
        return answer(json::object{{"tests", std::move(tests)}});
    });
}

constexpr auto routes = std::to_array<Route>({
    {Method::Post, "/api/v1/rules/test", Access::Reader, run_tests},
});

}  // namespace

std::span<const Route> rule_test_routes() { return routes; }

}  // namespace vigia
