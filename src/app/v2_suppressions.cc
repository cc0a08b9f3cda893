#include "app/v2_suppressions.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/sorted.h"

namespace vigia {

namespace {

constexpr std::string_view put_reason = "Set by a client of Threat Stack's API.";

bool has(const std::vector<std::string>& filters, const std::string& filter) {
    return std::ranges::find(filters, filter) != filters.end();
}

}  // namespace

V2Suppressions::V2Suppressions(const Rule& rule, std::vector<Stored<Suppression>> beside, Time now)
    : rule_(rule.id), in_rule_(rule.suppressions), beside_(std::move(beside)), filters_(rule.suppressions) {
    // What is over quiets nothing; it stays for the record.
    std::erase_if(beside_, [&](const auto& one) { return !is_in_force(one.body, now); });
    for (const auto& one : beside_) {
        if (!has(filters_, one.body.filter)) filters_.push_back(one.body.filter);
    }
}

Result<void> V2Suppressions::check(const std::vector<std::string>& wanted, bool managed) const {
    if (wanted.size() > rule_texts_max)
        return error(ErrorKind::BadInput, fmt::format("a rule has at most {} suppressions", rule_texts_max));
    std::vector<std::string> once = wanted;
    sort_unique(once);
    if (once.size() < wanted.size())
        return error(ErrorKind::BadInput, "each suppression stands in the list once");
    for (const std::string& one : in_rule_) {
        if (managed && !has(wanted, one))
            return error(ErrorKind::Denied,
                         fmt::format("the suppression '{}' is part of Vigia's rule and stays", one));
    }
    return {};
}

std::vector<std::string> V2Suppressions::kept_in_rule(const std::vector<std::string>& wanted) const {
    std::vector<std::string> kept = in_rule_;
    std::erase_if(kept, [&](const std::string& one) { return !has(wanted, one); });
    return kept;
}

Result<void> V2Suppressions::put(const Call& call, const std::vector<std::string>& wanted) const {
    RuleStore& store = call.platform.rules();
    for (const std::string& one : wanted) {
        if (has(filters_, one)) continue;
        TRY(store.add_suppression(call.caller.actor, call.caller.organisation,
                                  {.rule = rule_,
                                   .filter = one,
                                   .reason = std::string(put_reason),
                                   .owner = call.caller.actor.who,
                                   .expires_at = {}}));
    }
    for (const auto& one : beside_) {
        if (has(wanted, one.body.filter)) continue;
        TRY_VOID(store.remove_suppression(call.caller.actor, call.caller.organisation, one.id, one.version));
    }
    return {};
}

Result<V2Suppressions> v2_suppressions(const Call& call, const Rule& rule) {
    auto beside = TRY(call.platform.rules().suppressions(call.caller.organisation, rule.id));
    return V2Suppressions(rule, std::move(beside), call.platform.clock().now());
}

}  // namespace vigia
