#include "detect/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/hash.h"
#include "base/random.h"
#include "base/sorted.h"

namespace vigia {

namespace {

constexpr size_t cached_values = 1024;  // of each operand, a power of two
constexpr size_t held_lists_max = 16'384;

}  // namespace

// What is left of the rules for one kind of event. As Wanted, it is what must be known of every event of the
// kind: what the anchors ask, and the rules without any.
struct Detector::Kind : Wanted {
    struct Residual {
        uint32_t rule = 0;
        Program program;
        std::optional<ast::Filter> filter;  // none: the rule holds of every event of the kind
    };
    struct Anchor {
        uint32_t predicate = 0;
        uint32_t residual = 0;
        auto operator<=>(const Anchor&) const = default;
    };
    std::vector<Residual> residuals;
    std::vector<uint32_t> unanchored;  // residuals that always run
    // An operand of anchors, and the one slot that its values come from, when there is but one: most events
    // have nothing there, and nothing to ask.
    struct Asked {
        uint32_t operand = 0;
        uint32_t slot = RuleSet::none;
        auto operator<=>(const Asked&) const = default;
    };
    std::vector<Asked> operands;
    std::vector<Anchor> anchors;  // sorted
    Wanted all;                   // what all its rules ask; few events need it
};

// What a thread knows of the rules of one event type: the answers for the event at hand, and those for values
// that came before.
struct Detector::Type {
    struct Cached {
        Hash128 value;
        uint32_t held = 0;  // in held_lists
        bool used = false;
    };
    struct Operand {
        uint32_t asked = 0;  // the epoch in which `holding` was found
        std::vector<uint32_t> holding;
        std::vector<Cached> cache;
    };

    explicit Type(const RuleSet::Compiled& rules)
        : compiled(rules),
          operands(rules.tables.operands().size()),
          held_in(rules.tables.predicates().size()) {}

    const RuleSet::Compiled& compiled;
    uint32_t epoch = 0;
    std::vector<Operand> operands;
    std::vector<uint32_t> held_in;  // by predicate: the last epoch in which it held
    std::vector<std::vector<uint32_t>> held_lists{
        1};                 // predicates that held of a value; the first list is empty
    EvaluationCache cache;  // of the filters in kinds_ and in the rule set, which do not move

    void next_event() {
        if (++epoch != 0) return;
        std::ranges::fill(held_in, 0);
        for (Operand& one : operands) one.asked = 0;
        epoch = 1;
    }

    // As any_value(), of what conditions ask: of count(), the number alone.
    template <typename Visit>
    bool any_asked(const FieldValues& values, uint32_t at, Visit visit) const {
        const ProgramTables::Operand& operand = compiled.tables.operands()[at];
        if (operand.function != ast::Function::Count) return any_value(values, operand, visit);
        uint64_t count = 0;
        any_value(values, operand, [&](const Value&) { return count++, false; });
        std::array<char, 24> digits{};
        const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), count).ptr;
        return visit(Value{{digits.data(), end}, ValueKind::Number});
    }
};

Detector::Detector(std::shared_ptr<const RuleSet> rules)
    : rules_(std::move(rules)), seed_(random_seed()), evaluations_(rules_->rules().size()) {
    for (size_t type = 0; type < event_types; type++)
        types_.push_back(std::make_unique<Type>(rules_->compiled(static_cast<EventType>(type))));
}

Detector::~Detector() = default;

void Detector::take_evaluations(const std::function<void(uint32_t rule, uint64_t times)>& take) {
    for (uint32_t rule = 0; rule < evaluations_.size(); rule++) {
        if (evaluations_[rule] == 0) continue;
        take(rule, evaluations_[rule]);
        evaluations_[rule] = 0;
    }
}

const Wanted& Detector::wanted(EventType type, std::string_view source, std::string_view name) {
    return kind(type, source, name);
}

std::optional<std::span<const Hit>> Detector::detect(const Event& event) {
    hits_.clear();
    const auto& kind = static_cast<const Kind&>(*event.wanted);
    if (kind.residuals.empty()) return hits_;
    Type& type = *types_[static_cast<size_t>(event.type)];
    type.next_event();
    candidates_.clear();
    for (const uint32_t one : kind.unanchored) {
        evaluations_[kind.residuals[one].rule]++;
        if (run(type, *event.values, kind.residuals[one].program) != Program::fails)
            candidates_.push_back(one);
    }
    for (const auto& [operand, slot] : kind.operands) {
        if (slot != RuleSet::none && event.values->first(slot) == FieldValues::none) continue;
        for (const uint32_t predicate : ask(type, *event.values, operand)) {
            auto anchor = std::ranges::lower_bound(kind.anchors, Kind::Anchor{predicate, 0});
            for (; anchor != kind.anchors.end() && anchor->predicate == predicate; ++anchor)
                candidates_.push_back(anchor->residual);
        }
    }
    if (candidates_.empty()) return hits_;
    sort_unique(candidates_);
    // What was asked already stays asked; the rest is asked of the new values.
    if (!event.more->retake(kind.all)) return std::nullopt;
    for (const uint32_t candidate : candidates_) {
        const Kind::Residual& residual = kind.residuals[candidate];
        if (!rules_->is_enabled(event.organisation, residual.rule)) continue;
        evaluations_[residual.rule]++;
        const uint32_t verdict = run(type, *event.values, residual.program);
        if (verdict == Program::fails) continue;
        bool decided = verdict == Program::holds;
        const bool suppressed = rules_->any_suppression(
            event.type, event.organisation, residual.rule, [&](const Program& suppression) {
                const uint32_t one = run(type, *event.values, suppression);
                decided = decided && one != Program::undecided;
                return one == Program::holds;
            });
        if (!decided) return std::nullopt;
        const Verdict outcome = suppressed ? Verdict::Suppressed : Verdict::Matched;
        hits_.push_back({residual.rule, outcome});
    }
    return hits_;
}

uint32_t Detector::run(Type& type, const FieldValues& values, const Program& program) {
    return vigia::run(program, [&](const Program::Step& step) { return holds(type, values, step); });
}

bool Detector::holds(Type& type, const FieldValues& values, const Program::Step& step) {
    const ProgramTables& tables = type.compiled.tables;
    if (step.ask == Program::Ask::Predicate) {
        ask(type, values, tables.predicates()[step.what].operand);
        return type.held_in[step.what] == type.epoch;
    }
    const ProgramTables::Relation& relation = tables.relations()[step.what];
    return type.any_asked(values, relation.left, [&](const Value& left) {
        return type.any_asked(values, relation.right,
                              [&](const Value& right) { return holds_between(left, relation.op, right); });
    });
}

std::span<const uint32_t> Detector::ask(Type& type, const FieldValues& values, uint32_t operand) {
    Type::Operand& state = type.operands[operand];
    if (state.asked == type.epoch) return state.holding;
    state.asked = type.epoch;
    state.holding.clear();
    type.any_asked(values, operand, [&](const Value& value) {
        for (const uint32_t predicate : type.held_lists[holding(type, operand, value)]) {
            if (type.held_in[predicate] == type.epoch) continue;
            type.held_in[predicate] = type.epoch;
            state.holding.push_back(predicate);
        }
        return false;
    });
    return state.holding;
}

// The list of predicates that hold of one value.
uint32_t Detector::holding(Type& type, uint32_t operand, const Value& value) {
    std::vector<Type::Cached>& cache = type.operands[operand].cache;
    if (cache.empty()) cache.resize(cached_values);
    const Hash128 hash = hash128(value.text, seed_ + static_cast<uint64_t>(value.kind));
    Type::Cached& cached = cache[hash.low & (cached_values - 1)];
    if (cached.used && cached.value == hash) return cached.held;
    if (type.held_lists.size() >= held_lists_max) {
        type.held_lists.resize(1);
        for (Type::Operand& one : type.operands) std::ranges::fill(one.cache, Type::Cached{});
    }
    found_.clear();
    type.compiled.indexes[operand].ask(value, scratch_, found_);
    uint32_t held = 0;
    if (!found_.empty()) {
        held = static_cast<uint32_t>(type.held_lists.size());
        type.held_lists.push_back(found_);
    }
    cached = {hash, held, true};
    return held;
}

Detector::Kind& Detector::kind(EventType type, std::string_view source, std::string_view name) {
    const Hash128 of_source = hash128(source, seed_ + static_cast<uint64_t>(type));
    const Hash128 key = hash128(name, of_source.low ^ of_source.high);
    if (const auto known = kinds_.find(key); known != kinds_.end()) return *known->second;
    if (kinds_.size() >= kinds_max) {
        kinds_.clear();
        paths_.clear();
        for (const auto& one : types_) one->cache = {};
    }
    return *kinds_.emplace(key, fold(type, source, name)).first->second;
}

std::unique_ptr<Detector::Kind> Detector::fold(EventType type, std::string_view source,
                                               std::string_view name) {
    auto kind = std::make_unique<Kind>();
    const RuleSet::Compiled& compiled = rules_->compiled(type);
    const TreeContext context{rules_->catalogue(type), rules_->lists()};
    for (const uint32_t rule : compiled.by_kind.of(source, name)) {
        auto folded = vigia::fold(rules_->rules()[rule].filter, source, name, context);
        const bool* const verdict = std::get_if<bool>(&folded);
        if (verdict != nullptr && !*verdict) continue;
        const auto at = static_cast<uint32_t>(kind->residuals.size());
        if (verdict != nullptr) {
            kind->residuals.push_back({rule, {}, std::nullopt});
            kind->unanchored.push_back(at);
            continue;
        }
        ast::Filter& filter = std::get<ast::Filter>(folded);
        Program program = compiled.tables.compiled(filter);
        if (const auto anchors = compiled.tables.anchors(filter)) {
            for (const uint32_t one : *anchors) {
                kind->anchors.push_back({one, at});
                const uint32_t operand = compiled.tables.predicates()[one].operand;
                const ProgramTables::Operand& asked = compiled.tables.operands()[operand];
                const bool plain = asked.function != ast::Function::Count && asked.constant.empty() &&
                                   asked.sources.size() == 1 && asked.sources[0].reading == Reading::Whole;
                kind->operands.push_back({operand, plain ? asked.sources[0].slot : RuleSet::none});
            }
        } else {
            kind->unanchored.push_back(at);
        }
        kind->residuals.push_back({rule, std::move(program), std::move(filter)});
    }
    sort_unique(kind->anchors);
    sort_unique(kind->operands);

    std::vector<bool> always(compiled.tables.operands().size());
    for (const Kind::Asked& one : kind->operands) always[one.operand] = true;
    for (const uint32_t one : kind->unanchored)
        compiled.tables.take_operands(kind->residuals[one].program, always);
    std::vector<bool> all = always;
    for (const Kind::Residual& residual : kind->residuals) {
        compiled.tables.take_operands(residual.program, all);
        rules_->mark_consequences(type, residual.rule, all);
    }
    static_cast<Wanted&>(*kind) = want(type, always);
    kind->all = want(type, all);
    kind->all.object_texts = true;
    return kind;
}

// Many kinds want the same few fields: they share the paths, which stay in the processor's cache.
Wanted Detector::want(EventType type, const std::vector<bool>& operands) {
    const ProgramTables& tables = rules_->compiled(type).tables;
    std::vector<bool> slots = tables.slots_of(operands);
    auto known = paths_.find({type, slots});
    if (known == paths_.end()) {
        auto made = std::make_unique<const PathTrie>(tables.paths_of(slots));
        known = paths_.emplace(std::pair(type, std::move(slots)), std::move(made)).first;
    }
    return {known->second.get(), tables.slots().size(), false};
}

std::string Detector::print(EventType type, std::string_view source, std::string_view name) {
    const Kind& one = kind(type, source, name);
    const ProgramTables& tables = rules_->compiled(type).tables;
    std::string text;
    for (const auto& [operand, slot] : one.operands)
        text += fmt::format("asks {}: {}\n", tables.operands()[operand].printed,
                            rules_->compiled(type).indexes[operand].print());
    for (uint32_t i = 0; i < one.residuals.size(); i++) {
        text += fmt::format("rule {}\n", rules_->rules()[one.residuals[i].rule].rule.id);
        for (const Kind::Anchor& anchor : one.anchors) {
            if (anchor.residual == i)
                text += fmt::format("anchor {}\n", tables.predicates()[anchor.predicate].printed);
        }
        if (std::ranges::find(one.unanchored, i) != one.unanchored.end()) text += "no anchors\n";
        text += tables.print(one.residuals[i].program);
    }
    return text;
}

std::vector<Hit> Detector::walk(const Event& event) {
    std::vector<Hit> hits;
    const TreeContext context{rules_->catalogue(event.type), rules_->lists(),
                              &types_[static_cast<size_t>(event.type)]->cache};
    const auto holds_of_event = [&](const ast::Filter& filter) {
        return vigia::holds(filter, *event.record, context);
    };
    const OrganisationRules& organisation = rules_->organisations()[event.organisation];
    const auto ask = [&](uint32_t rule, const ast::Filter* filter) {
        if (!organisation.enabled[rule]) return;
        evaluations_[rule]++;
        if (filter != nullptr && !holds_of_event(*filter)) return;
        bool suppressed = std::ranges::any_of(rules_->rules()[rule].suppressions, holds_of_event);
        const auto own = organisation.suppressions.find(rule);
        if (own != organisation.suppressions.end())
            suppressed = suppressed || std::ranges::any_of(own->second, holds_of_event);
        hits.push_back({rule, suppressed ? Verdict::Suppressed : Verdict::Matched});
    };
    if (!event.plain_kind) {
        for (const uint32_t rule : rules_->compiled(event.type).by_kind.all())
            ask(rule, &rules_->rules()[rule].filter);
        return hits;
    }
    for (const Kind::Residual& residual : kind(event.type, event.source, event.name).residuals)
        ask(residual.rule, residual.filter ? &*residual.filter : nullptr);
    return hits;
}

}  // namespace vigia
