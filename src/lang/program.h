#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "lang/ast.h"
#include "lang/check.h"
#include "lang/value_list.h"
#include "lang/value_predicate.h"
#include "model/event.h"

namespace vigia {

// A compiled filter: steps with a target when true and a target when false, all of them further on, or one of
// the three verdicts.
struct Program {
    enum class Ask : uint8_t { Predicate, Relation };
    struct Step {
        Ask ask = Ask::Predicate;
        uint32_t what = 0;  // index in the tables' predicates or relations
        uint32_t on_true = 0;
        uint32_t on_false = 0;
        bool operator==(const Step&) const = default;
    };

    static constexpr uint32_t holds = UINT32_MAX;
    static constexpr uint32_t fails = UINT32_MAX - 1;
    // A quantified condition decides: only a walk over the whole record can tell.
    static constexpr uint32_t undecided = UINT32_MAX - 2;

    std::vector<Step> steps;
    uint32_t entry = holds;
};

// Where programs stop: `truth` is asked of one step at a time.
template <typename Truth>
uint32_t run(const Program& program, Truth&& truth) {
    uint32_t at = program.entry;
    while (at < Program::undecided) {
        const Program::Step& step = program.steps[at];
        at = truth(step) ? step.on_true : step.on_false;
    }
    return at;
}

// What programs share: filters that ask the same of the same path share the question. Everything in it is
// known by its index, which never changes.
class ProgramTables {
public:
    // A path of a record of this type; its values go to the slot of its index.
    struct Slot {
        FieldPath path;
        Capture capture = Capture::Values;
    };
    // What stands left of an operator: the values of the first source that has any, or of all.
    struct Operand {
        struct Source {
            uint32_t slot = 0;
            Reading reading = Reading::Whole;
        };
        ast::Function function = ast::Function::None;
        std::vector<Source> sources;
        Yield yield = Yield::First;
        std::string constant;     // when not empty, the one value
        bool few_values = false;  // as FieldSpec says
        std::string printed;
    };
    // Asked of each value of an operand; holds when it holds of any.
    struct Predicate {
        uint32_t operand = 0;
        ast::Op op = ast::Op::Exists;
        ast::Literal literal;             // unless op is Exists, or there is a list
        const ValueList* list = nullptr;  // for In and the text operators
        ValuePredicate test;
        std::string printed;
    };
    // Holds when it holds of any pair of values.
    struct Relation {
        uint32_t left = 0;
        ast::Op op = ast::Op::Eq;
        uint32_t right = 0;
        std::string printed;
    };

    // The lists must outlive the tables.
    ProgramTables(const FieldCatalogue& catalogue, const NamedLists& lists)
        : catalogue_(catalogue), lists_(lists) {}

    // The filter as a program; its questions are added to the tables. It must have passed check() with the
    // same catalogue and lists.
    Program compile(const ast::Filter& filter);

    // The same without adding: every condition of the filter stands in one that was compiled before.
    Program compiled(const ast::Filter& filter) const;

    // What stands left of an operator, added when it is not there yet.
    uint32_t add(const ast::Operand& operand);

    // Predicates of which one at least holds wherever the filter does, as few and as rare ones as can be told
    // from the filter alone; nothing when there are none. The filter was compiled before, as a whole or as a
    // part of another.
    std::optional<std::vector<uint32_t>> anchors(const ast::Filter& filter) const;

    // The slots whose values these operands are, and the paths of slots.
    std::vector<bool> slots_of(const std::vector<bool>& operands) const;
    PathTrie paths_of(const std::vector<bool>& slots) const;
    void take_operands(const Program& program, std::vector<bool>& operands) const;

    std::span<const Slot> slots() const { return slots_; }
    std::span<const Operand> operands() const { return operands_; }
    std::span<const Predicate> predicates() const { return predicates_; }
    std::span<const Relation> relations() const { return relations_; }

    // One line a step: "0: eventName = \"PutImage\" ? 1 : fails".
    std::string print(const Program& program) const;

private:
    template <typename Tables>
    struct Compiler;
    using Names = std::unordered_map<std::string, uint32_t>;

    const FieldCatalogue& catalogue_;
    const NamedLists& lists_;
    std::vector<Slot> slots_;
    std::vector<Operand> operands_;
    std::vector<Predicate> predicates_;
    std::vector<Relation> relations_;
    std::vector<std::unique_ptr<const ValueList>> inline_lists_;
    Names slot_names_, operand_names_, predicate_names_, relation_names_;
};

// Calls with each value that the operand has in an event of values, functions of a single value not yet
// applied, until a call answers true; whether one did.
template <typename Visit>
bool any_value(const FieldValues& values, const ProgramTables::Operand& operand, Visit visit) {
    if (!operand.constant.empty()) return visit(Value{operand.constant, ValueKind::Text});
    for (const ProgramTables::Operand::Source& source : operand.sources) {
        bool any = false;
        for (uint32_t at = values.first(source.slot); at != FieldValues::none; at = values.next(at)) {
            Value value = values.value(at);
            if (source.reading != Reading::Whole) {
                if (value.kind == ValueKind::Object) continue;
                const auto text = read(source.reading, value.text);
                if (!text) continue;
                value.text = *text;
            }
            any = true;
            if (visit(value)) return true;
        }
        if (any && operand.yield == Yield::First) break;
    }
    return false;
}

// A list of more texts than this in a filter is asked as one set, not text by text.
constexpr size_t inline_items_max = 32;

}  // namespace vigia
