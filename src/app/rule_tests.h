#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "detect/detector.h"
#include "model/rule.h"

namespace vigia {

// What became of a test.
struct RuleTestRun {
    bool fires = false;
    std::string failure;  // why it did not pass; empty: it did
};

// One test of the rule at `rule`; the hits of the others are not asked about.
RuleTestRun run_test(const RuleTest& test, uint32_t rule, Detector& detector);

// Gives the events of the rule's tests the one spelling that their YAML reads back as: JSON without white
// space between tokens, numbers as they were written. BadInput for what is no JSON object.
Result<void> settle_tests(Rule& rule);

}  // namespace vigia
