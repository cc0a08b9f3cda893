#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/record_judge.h"
#include "detect/rule_set.h"

namespace vigia {

// A filter over stored events, ready to be asked: as SQL, and as a rule set of one for what SQL cannot say.
class SearchFilter {
public:
    // Nothing when a diagnostic is an error. An empty text is the filter that holds of every event.
    struct Made;
    static Made make(std::string_view text, NamedLists lists);

    // What is asked of plain rows, then of the others.
    const std::string& plain() const { return plain_; }
    const std::string& many() const { return many_; }
    bool exact() const { return exact_; }
    // Whether it holds of every event.
    bool is_empty() const { return rules_->rules().empty(); }
    const std::vector<std::string>& parameters() const { return parameters_; }
    const std::shared_ptr<const RuleSet>& rules() const { return rules_; }
    // The SQL and what is asked again, for people.
    std::string print() const;

private:
    std::shared_ptr<const RuleSet> rules_;
    std::string plain_ = "many = 0";
    std::string many_ = "many <> 0";
    bool exact_ = true;
    std::vector<std::string> parameters_;
};

struct SearchFilter::Made {
    std::optional<SearchFilter> filter;
    std::vector<RuleDiagnostic> diagnostics;
};

// The program's verdict over records as they are stored. For one thread.
class Rechecker {
public:
    explicit Rechecker(const SearchFilter& filter) : judge_(filter.rules()) {}
    // By record.
    std::vector<bool> holds(std::span<const std::string_view> records);

private:
    RecordJudge judge_;
};

}  // namespace vigia
