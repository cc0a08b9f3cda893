#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "lang/program.h"

namespace vigia {

// Working memory of a thread for the pattern matchers of any number of indexes.
class PatternScratch {
public:
    PatternScratch();
    ~PatternScratch();
    PatternScratch(PatternScratch&&) noexcept;
    PatternScratch& operator=(PatternScratch&&) noexcept;

    struct State;
    State& state() { return *state_; }

private:
    std::unique_ptr<State> state_;
};

// All predicates over one operand, asked of a value at once: texts by hash, beginnings and ends by hash for
// each length, substrings by one Vectorscan database, globs and regular expressions by one RE2 set, blocks of
// addresses by hash for each prefix length. What is in none of these is asked one by one. Immutable.
class OperandIndex {
public:
    OperandIndex(const ProgramTables& tables, uint32_t operand, const std::vector<uint32_t>& predicates);
    ~OperandIndex();
    OperandIndex(OperandIndex&&) noexcept;
    OperandIndex& operator=(OperandIndex&&) noexcept;

    // Appends the predicates that hold of the value, in any order, each once.
    void ask(const Value& value, PatternScratch& scratch, std::vector<uint32_t>& holds) const;

    // "12 texts, 3 substrings, 1 other": how its predicates are asked.
    std::string print() const;

private:
    struct Tables;
    std::unique_ptr<Tables> tables_;
};

}  // namespace vigia
