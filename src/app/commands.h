#pragma once

#include <string>
#include <vector>

#include "app/report.h"

namespace vigia {

// The words of the command line, read.
struct DetectCommand {
    std::vector<std::string> inputs;
    std::vector<std::string> rules;  // beside the shipped ones
    bool only_own_rules = false;
    int severity = severity_lowest;  // alerts less severe than this are left out
    Range range;
    size_t threads = 1;
    ReportStyle style;
};

struct SearchCommand {
    std::string filter;
    std::vector<std::string> inputs;
    Range range;
    size_t threads = 1;
    ReportStyle style;
};

struct RulesCommand {
    std::vector<std::string> folders;  // none: the shipped rules
    ReportStyle style;
    std::string rule;   // for explain: an id or a name
    std::string input;  // for explain: a file of events; for import: an export
    std::string into;   // for import: the folder that the rules are written to
};

int detect(const DetectCommand& command);
int search(const SearchCommand& command);
int rules_check(const RulesCommand& command);
int rules_test(const RulesCommand& command);
int rules_list(const RulesCommand& command);
int rules_explain(const RulesCommand& command);
int rules_coverage(const RulesCommand& command);
int rules_fields();
int rules_import(const RulesCommand& command);
int rules_export(const RulesCommand& command);

}  // namespace vigia
