#include "lang/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <ranges>
#include <type_traits>
#include <utility>

#include "base/assert.h"
#include "base/match.h"
#include "model/quote.h"

namespace vigia {

namespace {

using ast::Function;
using ast::Op;

bool is_null(const ast::Scalar& scalar) {
    const auto* literal = std::get_if<ast::Literal>(&scalar);
    return literal != nullptr && literal->kind == ast::Literal::Kind::Null;
}

bool is_text(const ast::Scalar& scalar) {
    const auto* literal = std::get_if<ast::Literal>(&scalar);
    return literal != nullptr && literal->kind == ast::Literal::Kind::String;
}

// Whether a condition is asked as membership in one set, not text by text.
bool asks_one_set(const ast::Condition& one) {
    const auto items = ast::scalars(one);
    return one.op == Op::In && items.size() > inline_items_max && std::ranges::all_of(items, is_text);
}

bool has_quantifier(const ast::Filter& filter) {
    const auto any_of = [](const std::vector<ast::Filter>& children) {
        return std::ranges::any_of(children, has_quantifier);
    };
    return std::visit(match{
                          [](const ast::Condition&) { return false; },
                          [&](const ast::And& all) { return any_of(all.children); },
                          [&](const ast::Or& any) { return any_of(any.children); },
                          [](const ast::Not& negation) { return has_quantifier(*negation.child); },
                          [](const ast::Quantified&) { return true; },
                      },
                      filter.node);
}

// The last to be asked first: what a program cannot decide comes after all that it can.
std::vector<const ast::Filter*> from_the_last(const std::vector<ast::Filter>& children) {
    std::vector<const ast::Filter*> order;
    for (const ast::Filter& child : children) order.push_back(&child);
    std::ranges::stable_partition(order, [](const ast::Filter* child) { return !has_quantifier(*child); });
    std::ranges::reverse(order);
    return order;
}

// How rarely an event is expected to satisfy a predicate: the lower, the better an anchor.
int commonness(const ProgramTables::Predicate& predicate, const ProgramTables::Operand& operand) {
    using Kind = ast::Literal::Kind;
    if (!operand.constant.empty()) return 1000;
    const ast::Literal& literal = predicate.literal;
    const bool boolean = literal.kind == Kind::True || literal.kind == Kind::False ||
                         literal.text == "true" || literal.text == "false";
    switch (predicate.op) {
        case Op::Eq:
        case Op::In:
            return boolean || operand.few_values ? 50 : 1;
        case Op::StartsWith:
        case Op::EndsWith:
            return 3;
        case Op::Like:
        case Op::Contains:
            return 4;
        case Op::Glob:
        case Op::Matches:
            return 60;  // rare, but dear to ask of every event
        case Op::Lt:
        case Op::Le:
        case Op::Gt:
        case Op::Ge:
        case Op::Ne:
            return 20;
        case Op::IsNull:
        case Op::Exists:
            return 100;
    }
    std::unreachable();
}

}  // namespace

// Compiles with tables that may grow, or with constant ones that hold everything already.
template <typename Tables>
struct ProgramTables::Compiler {
    static constexpr bool grows = !std::is_const_v<Tables>;
    Tables& tables;
    std::vector<Program::Step> backwards{};  // the last step first, so that targets are known

    template <typename Known, typename Make>
    uint32_t intern(Known& known, const std::string& name, Make make) {
        if (const auto at = known.find(name); at != known.end()) return at->second;
        if constexpr (grows) {
            const uint32_t made = make();
            known.emplace(name, made);
            return made;
        }
        VIGIA_ASSERT(grows);
        return 0;
    }

    uint32_t slot(const FieldPath& path, Capture capture) {
        const std::string name = (capture == Capture::JsonText ? "text " : "values ") + vigia::print(path);
        return intern(tables.slot_names_, name, [&] {
            if constexpr (grows) tables.slots_.push_back({path, capture});
            return static_cast<uint32_t>(tables.slots_.size() - 1);
        });
    }

    uint32_t operand(const ast::Operand& operand) {
        const std::string name = ast::print(operand);
        return intern(tables.operand_names_, name, [&] {
            Operand made{.function = operand.function, .printed = name};
            if (operand.function == Function::Text) {
                made.sources.push_back({slot(without_each(operand.path.segments), Capture::JsonText)});
            } else {
                const Field field = resolve(operand.path, tables.catalogue_);
                made.few_values = std::ranges::any_of(tables.catalogue_.fields, [&](const FieldSpec& one) {
                    return one.few_values && one.path == name;
                });
                made.constant = field.constant;
                made.yield = field.yield;
                for (const Field::Source& source : field.sources)
                    made.sources.push_back({slot(source.path, Capture::Values), source.reading});
            }
            if constexpr (grows) tables.operands_.push_back(std::move(made));
            return static_cast<uint32_t>(tables.operands_.size() - 1);
        });
    }

    uint32_t predicate(const std::string& name, const std::function<Predicate()>& make) {
        return intern(tables.predicate_names_, name, [&] {
            Predicate made = make();
            made.printed = name;
            if constexpr (grows) tables.predicates_.push_back(std::move(made));
            return static_cast<uint32_t>(tables.predicates_.size() - 1);
        });
    }

    static ValuePredicate made(Result<ValuePredicate> test) {
        VIGIA_ASSERT(test);
        return std::move(*test);
    }

    uint32_t literal(const ast::Operand& left, Op op, const ast::Literal& literal) {
        return predicate(
            fmt::format("{} {} {}", ast::print(left), word(op), ast::print(ast::Scalar{literal})), [&] {
                return Predicate{.operand = operand(left),
                                 .op = op,
                                 .literal = literal,
                                 .test = made(ValuePredicate::make(left.function, op, literal))};
            });
    }

    uint32_t list(const ast::Operand& left, Op op, const std::string& name, const ValueList* list) {
        return predicate(fmt::format("{} {} {}", ast::print(left), word(op), name), [&] {
            return Predicate{.operand = operand(left),
                             .op = op,
                             .list = list,
                             .test = made(ValuePredicate::make(left.function, op, *list))};
        });
    }

    // Of a condition with a list that is one set: named, or long.
    uint32_t set(const ast::Condition& one) {
        if (const auto* name = std::get_if<ast::ListName>(&one.right))
            return list(one.left, one.op, "$" + name->name, tables.lists_.find(name->name)->second.get());
        return inline_list(one.left, ast::scalars(one));
    }
    static bool is_set(const ast::Condition& one) {
        return std::holds_alternative<ast::ListName>(one.right) || asks_one_set(one);
    }

    uint32_t inline_list(const ast::Operand& left, std::span<const ast::Scalar> items) {
        std::string name;
        std::vector<std::string> texts;
        for (const ast::Scalar& item : items) {
            texts.push_back(std::get<ast::Literal>(item).text);
            name += (name.empty() ? "(" : ", ") + quote(texts.back());
        }
        name += ")";
        return predicate(fmt::format("{} in {}", ast::print(left), name), [&] {
            Predicate made_one{.operand = operand(left), .op = Op::In, .test = ValuePredicate::exists()};
            if constexpr (grows) {
                tables.inline_lists_.push_back(std::make_unique<const ValueList>(std::move(texts)));
                made_one.list = tables.inline_lists_.back().get();
                made_one.test = made(ValuePredicate::make(left.function, Op::In, *made_one.list));
            }
            return made_one;
        });
    }

    uint32_t exists(const ast::Operand& left) {
        return predicate(ast::print(left) + " exists", [&] {
            return Predicate{.operand = operand(left), .op = Op::Exists, .test = ValuePredicate::exists()};
        });
    }

    uint32_t relation(const ast::Operand& left, Op op, const ast::Path& right) {
        const ast::Operand other{Function::None, right};
        const std::string name = fmt::format("{} {} {}", ast::print(left), word(op), ast::print(other));
        return intern(tables.relation_names_, name, [&] {
            const uint32_t one = operand(left), two = operand(other);
            if constexpr (grows) tables.relations_.push_back({one, op, two, name});
            return static_cast<uint32_t>(tables.relations_.size() - 1);
        });
    }

    uint32_t step(Program::Ask ask, uint32_t what, uint32_t on_true, uint32_t on_false) {
        backwards.push_back({ask, what, on_true, on_false});
        return static_cast<uint32_t>(backwards.size() - 1);
    }

    uint32_t ask(uint32_t predicate, uint32_t on_true, uint32_t on_false) {
        return step(Program::Ask::Predicate, predicate, on_true, on_false);
    }

    // Each emit() answers with where to begin, so the filter's last part is emitted first.
    uint32_t emit(const ast::Filter& filter, uint32_t on_true, uint32_t on_false) {
        return std::visit(
            match{
                [&](const ast::Condition& one) { return emit(one, on_true, on_false); },
                [&](const ast::And& all) {
                    uint32_t entry = on_true;
                    for (const ast::Filter* child : from_the_last(all.children))
                        entry = emit(*child, entry, on_false);
                    return entry;
                },
                [&](const ast::Or& any) {
                    uint32_t entry = on_false;
                    for (const ast::Filter* child : from_the_last(any.children))
                        entry = emit(*child, on_true, entry);
                    return entry;
                },
                [&](const ast::Not& negation) { return emit(*negation.child, on_false, on_true); },
                [&](const ast::Quantified&) { return Program::undecided; },
            },
            filter.node);
    }

    uint32_t emit(const ast::Condition& one, uint32_t on_true, uint32_t on_false) {
        if (one.op == Op::IsNull) return ask(exists(one.left), on_false, on_true);
        if (one.op == Op::Exists) return ask(exists(one.left), on_true, on_false);
        if (is_set(one)) return ask(set(one), on_true, on_false);
        uint32_t entry = on_false;
        for (const ast::Scalar& item : std::views::reverse(ast::scalars(one)))
            entry = emit(one, item, on_true, entry);
        return entry;
    }

    uint32_t emit(const ast::Condition& one, const ast::Scalar& scalar, uint32_t on_true, uint32_t on_false) {
        if (one.op == Op::Ne) std::swap(on_true, on_false);
        const Op op = one.op == Op::Ne || one.op == Op::In ? Op::Eq : one.op;
        if (is_null(scalar)) return ask(exists(one.left), on_false, on_true);
        if (const auto* path = std::get_if<ast::Path>(&scalar))
            return step(Program::Ask::Relation, relation(one.left, op, *path), on_true, on_false);
        return ask(literal(one.left, op, std::get<ast::Literal>(scalar)), on_true, on_false);
    }

    Program program(const ast::Filter& filter) {
        const uint32_t entry = emit(filter, Program::holds, Program::fails);
        const auto count = static_cast<uint32_t>(backwards.size());
        const auto forwards = [&](uint32_t at) { return at < Program::undecided ? count - 1 - at : at; };
        Program made;
        made.entry = forwards(entry);
        made.steps.reserve(count);
        for (uint32_t i = count; i > 0; i--) {
            const Program::Step& one = backwards[i - 1];
            made.steps.push_back({one.ask, one.what, forwards(one.on_true), forwards(one.on_false)});
        }
        return made;
    }

    using Anchors = std::optional<std::vector<uint32_t>>;

    Anchors anchors(const ast::Filter& filter) {
        return std::visit(match{
                              [&](const ast::Condition& one) { return anchors(one); },
                              [&](const ast::And& all) {
                                  Anchors best;
                                  for (const ast::Filter& child : all.children) {
                                      Anchors found = anchors(child);
                                      if (found && (!best || cost(*found) < cost(*best)))
                                          best = std::move(found);
                                  }
                                  return best;
                              },
                              [&](const ast::Or& any) {
                                  Anchors together{std::in_place};
                                  for (const ast::Filter& child : any.children) {
                                      const Anchors found = anchors(child);
                                      if (!found) return Anchors{};
                                      together->insert(together->end(), found->begin(), found->end());
                                  }
                                  return together;
                              },
                              [](const ast::Not&) { return Anchors{}; },
                              [](const ast::Quantified&) { return Anchors{}; },
                          },
                          filter.node);
    }

    Anchors anchors(const ast::Condition& one) {
        const auto items = ast::scalars(one);
        const bool not_null = one.op == Op::Ne && std::ranges::all_of(items, is_null);
        if (one.op == Op::Exists || not_null) return std::vector{exists(one.left)};
        if (one.op == Op::IsNull || one.op == Op::Ne) return {};
        if (is_set(one)) return std::vector{set(one)};
        Anchors together{std::in_place};
        for (const ast::Scalar& item : items) {
            const auto* text = std::get_if<ast::Literal>(&item);
            if (text == nullptr || is_null(item)) return {};
            together->push_back(literal(one.left, one.op == Op::In ? Op::Eq : one.op, *text));
        }
        return together;
    }

    int cost(const std::vector<uint32_t>& found) const {
        int sum = 0;
        for (const uint32_t one : found) {
            const Predicate& predicate = tables.predicates_[one];
            sum += commonness(predicate, tables.operands_[predicate.operand]);
        }
        return sum;
    }
};

Program ProgramTables::compile(const ast::Filter& filter) {
    return Compiler<ProgramTables>{*this}.program(filter);
}

Program ProgramTables::compiled(const ast::Filter& filter) const {
    return Compiler<const ProgramTables>{*this}.program(filter);
}

uint32_t ProgramTables::add(const ast::Operand& operand) {
    return Compiler<ProgramTables>{*this}.operand(operand);
}

std::optional<std::vector<uint32_t>> ProgramTables::anchors(const ast::Filter& filter) const {
    return Compiler<const ProgramTables>{*this}.anchors(filter);
}

void ProgramTables::take_operands(const Program& program, std::vector<bool>& operands) const {
    for (const Program::Step& step : program.steps) {
        if (step.ask == Program::Ask::Predicate) {
            operands[predicates_[step.what].operand] = true;
        } else {
            operands[relations_[step.what].left] = true;
            operands[relations_[step.what].right] = true;
        }
    }
}

std::vector<bool> ProgramTables::slots_of(const std::vector<bool>& operands) const {
    std::vector<bool> slots(slots_.size());
    for (size_t i = 0; i < operands_.size(); i++) {
        if (!operands[i]) continue;
        for (const Operand::Source& source : operands_[i].sources) slots[source.slot] = true;
    }
    return slots;
}

PathTrie ProgramTables::paths_of(const std::vector<bool>& slots) const {
    PathTrie paths;
    for (uint32_t i = 0; i < slots_.size(); i++) {
        if (slots[i]) paths.add(slots_[i].path, slots_[i].capture, i);
    }
    paths.finish();
    return paths;
}

std::string ProgramTables::print(const Program& program) const {
    const auto target = [](uint32_t at) -> std::string {
        if (at == Program::holds) return "holds";
        if (at == Program::fails) return "fails";
        if (at == Program::undecided) return "undecided";
        return fmt::to_string(at);
    };
    std::string text;
    if (program.entry != 0) text = target(program.entry) + "\n";
    for (size_t i = 0; i < program.steps.size(); i++) {
        const Program::Step& step = program.steps[i];
        text += fmt::format("{}: {} ? {} : {}\n", i,
                            step.ask == Program::Ask::Predicate ? predicates_[step.what].printed
                                                                : relations_[step.what].printed,
                            target(step.on_true), target(step.on_false));
    }
    return text;
}

}  // namespace vigia
