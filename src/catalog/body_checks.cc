// The bounds of what organisations write about detection.
#include <fmt/format.h>

#include <algorithm>

#include "base/sorted.h"
#include "catalog/bodies.h"
#include "catalog/records.h"
#include "lang/parser.h"

namespace vigia {

namespace {

Result<void> check_texts(std::string_view what, const std::vector<std::string>& texts, size_t most,
                         size_t bytes_max) {
    if (texts.size() > most)
        return error(ErrorKind::BadInput,
                     fmt::format("there are {} of '{}'; {} is the most", texts.size(), what, most));
    for (const std::string& text : texts) TRY_VOID(check_text(what, text, bytes_max));
    return {};
}

Result<void> check_filter(std::string_view what, const std::string& filter) {
    if (filter.empty()) return error(ErrorKind::BadInput, fmt::format("{} is empty", what));
    return check_text(what, filter, filter_bytes_max);
}

Result<void> check_severity(int severity) {
    if (severity < severity_highest || severity > severity_lowest)
        return error(ErrorKind::BadInput,
                     fmt::format("a severity is {} to {}", severity_highest, severity_lowest));
    return {};
}

Result<void> check_threshold(uint32_t threshold) {
    if (threshold < 1 || threshold > threshold_max)
        return error(ErrorKind::BadInput, fmt::format("a threshold is 1 to {}", threshold_max));
    return {};
}

Result<void> check_window(Duration window) {
    if (window < std::chrono::seconds{1} || window > window_max ||
        window % std::chrono::seconds{1} != Duration::zero())
        return error(ErrorKind::BadInput, fmt::format("a window is 1 second to {} days, in whole seconds",
                                                      window_max / std::chrono::hours{24}));
    return {};
}

Result<void> check_tags(const std::vector<Tag>& tags) {
    if (tags.size() > tags_max)
        return error(ErrorKind::BadInput,
                     fmt::format("there are {} tags; {} is the most", tags.size(), tags_max));
    for (const Tag& tag : tags) {
        if (tag.source.empty() || tag.key.empty())
            return error(ErrorKind::BadInput, "a tag has a source and a key");
        for (const std::string& text : {tag.source, tag.key, tag.value})
            TRY_VOID(check_text("a tag", text, tag_bytes_max));
    }
    return {};
}

// As the filter language spells what stands after '$'.
bool is_list_name(std::string_view name) {
    const auto letter = [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto part = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
    return !name.empty() && name.size() <= list_name_bytes_max && letter(name[0]) &&
           std::ranges::all_of(name, part);
}

Result<void> check_tests(const std::vector<RuleTest>& tests) {
    if (tests.size() > rule_tests_max)
        return error(ErrorKind::BadInput,
                     fmt::format("there are {} tests; {} is the most", tests.size(), rule_tests_max));
    size_t bytes = 0;
    for (const RuleTest& test : tests) {
        TRY_VOID(check_name("a test", test.name));
        if (test.events.empty() || (!test.whole_alert && test.events.size() > 1))
            return error(ErrorKind::BadInput,
                         fmt::format("the test '{}' must have an 'event' or 'events'", test.name));
        TRY_VOID(check_texts("events", test.events, rule_test_events_max, rule_tests_bytes_max));
        for (const std::string& event : test.events) bytes += event.size();
    }
    if (bytes > rule_tests_bytes_max)
        return error(ErrorKind::BadInput, fmt::format("the events of the tests have {} bytes; {} is the most",
                                                      bytes, rule_tests_bytes_max));
    return {};
}

}  // namespace

Result<void> check_body(const Rule& rule) {
    TRY_VOID(check_name("a rule", rule.name));
    TRY_VOID(check_text("the title", rule.title, title_bytes_max));
    TRY_VOID(check_text("the description", rule.description, description_bytes_max));
    TRY_VOID(check_filter("the filter", rule.filter));
    TRY_VOID(check_severity(rule.severity));
    TRY_VOID(check_threshold(rule.threshold));
    TRY_VOID(check_window(rule.window));
    TRY_VOID(check_texts("suppressions", rule.suppressions, rule_texts_max, filter_bytes_max));
    TRY_VOID(
        check_texts("aggregate_fields", rule.aggregate_fields, aggregate_fields_max, rule_text_bytes_max));
    TRY_VOID(check_texts("attack", rule.attack, rule_texts_max, rule_text_bytes_max));
    TRY_VOID(check_tests(rule.tests));
    TRY_VOID(check_texts("references", rule.references, rule_texts_max, rule_text_bytes_max));
    return check_text("the ruleset", rule.ruleset, rule_text_bytes_max);
}

Result<void> check_body(const ManagedSettings& settings) {
    if (settings.severity) TRY_VOID(check_severity(*settings.severity));
    if (settings.threshold) TRY_VOID(check_threshold(*settings.threshold));
    if (settings.window) TRY_VOID(check_window(*settings.window));
    return {};
}

Result<void> check_body(const Suppression& suppression) {
    TRY_VOID(check_text("the rule's id", suppression.rule, id_bytes_max));
    TRY_VOID(check_filter("the suppression", suppression.filter));
    TRY_VOID(check_text("the reason", suppression.reason, reason_bytes_max));
    return check_text("the owner", suppression.owner, owner_bytes_max);
}

Result<void> check_body(const RuleTags& tags) {
    TRY_VOID(check_tags(tags.inclusion));
    return check_tags(tags.exclusion);
}

Result<void> check_body(const Ruleset& ruleset) {
    TRY_VOID(check_name("a ruleset", ruleset.name));
    TRY_VOID(check_text("the description", ruleset.description, description_bytes_max));
    TRY_VOID(check_texts("rules", ruleset.rules, ruleset_rules_max, id_bytes_max));
    std::vector<std::string> ids = ruleset.rules;
    sort_unique(ids);
    if (ids.size() < ruleset.rules.size())
        return error(ErrorKind::BadInput, "a ruleset has each of its rules once");
    return {};
}

Result<void> check_body(const NamedList& list) {
    if (!is_list_name(list.name))
        return error(ErrorKind::BadInput,
                     fmt::format("a list's name is a letter or '_', then letters, digits and '_', at most {}",
                                 list_name_bytes_max));
    TRY_VOID(check_text("the description", list.description, description_bytes_max));
    TRY_VOID(check_texts("items", list.items, list_items_max, list_item_bytes_max));
    size_t bytes = 0;
    for (const std::string& item : list.items) bytes += item.size();
    if (bytes > list_bytes_max)
        return error(ErrorKind::BadInput, fmt::format("a list has at most {} bytes", list_bytes_max));
    return {};
}

}  // namespace vigia
