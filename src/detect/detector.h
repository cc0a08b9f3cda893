#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "detect/rule_set.h"
#include "model/event.h"

namespace vigia {

enum class Verdict : uint8_t { Matched, Suppressed };

struct Hit {
    uint32_t rule = 0;  // index in RuleSet::rules()
    Verdict verdict = Verdict::Matched;
    bool operator==(const Hit&) const = default;
};

// Events × rules → hits. For each kind of event (type, source, name) the conditions on source and name are
// folded for all rules at once, the first time that such a kind is seen; most kinds keep no rule and their
// events cost one look-up. What is left of a rule runs only when one of its anchors holds. For one thread.
class Detector final : public Interest {
public:
    explicit Detector(std::shared_ptr<const RuleSet> rules);
    ~Detector() override;

    // What the rules that are left for the kind ask of its events.
    const Wanted& wanted(EventType type, std::string_view source, std::string_view name) override;

    // Every enabled rule whose filter holds of the event, in the order of the rule set: no rule shadows
    // another. For an event of values, whose `wanted` is what wanted() has just answered; nothing when only
    // its whole record can tell. After a hit, the event's values hold what its rule shows.
    std::optional<std::span<const Hit>> detect(const Event& event);

    // The same of an event with its record as a tree, by walking it: the slow twin.
    std::vector<Hit> walk(const Event& event);

    // What is left of the rules for a kind: the operands that are asked of each event, then each rule's
    // anchors, or that it has none, and its program.
    std::string print(EventType type, std::string_view source, std::string_view name);

    const RuleSet& rules() const { return *rules_; }

    // How often each rule's filter ran since the last call; most events run none.
    void take_evaluations(const std::function<void(uint32_t rule, uint64_t times)>& take);

private:
    struct Kind;
    struct Type;

    Kind& kind(EventType type, std::string_view source, std::string_view name);
    std::unique_ptr<Kind> fold(EventType type, std::string_view source, std::string_view name);
    Wanted want(EventType type, const std::vector<bool>& operands);

    // Stamps the predicates of the operand that hold of the event, and names them.
    std::span<const uint32_t> ask(Type& type, const FieldValues& values, uint32_t operand);
    uint32_t holding(Type& type, uint32_t operand, const Value& value);
    bool holds(Type& type, const FieldValues& values, const Program::Step& step);
    uint32_t run(Type& type, const FieldValues& values, const Program& program);

    std::shared_ptr<const RuleSet> rules_;
    struct HashOfKey {
        size_t operator()(const Hash128& key) const { return key.low; }
    };
    uint64_t seed_;
    std::unordered_map<Hash128, std::unique_ptr<Kind>, HashOfKey> kinds_;
    std::map<std::pair<EventType, std::vector<bool>>, std::unique_ptr<const PathTrie>> paths_;  // by slots
    std::vector<std::unique_ptr<Type>> types_;  // by EventType
    PatternScratch scratch_;
    std::vector<uint32_t> candidates_;
    std::vector<uint32_t> found_;
    std::vector<Hit> hits_;
    std::vector<uint64_t> evaluations_;  // by rule
};

// Kinds held at most; beyond, all are forgotten and learnt anew.
constexpr size_t kinds_max = 65'536;

}  // namespace vigia
