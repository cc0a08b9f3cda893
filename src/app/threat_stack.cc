#include "app/threat_stack.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/file_integrity.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "lang/value_predicate.h"
#include "model/quote.h"
#include "normalise/catalogue.h"
#include "normalise/json_document.h"

namespace vigia {

namespace {

// The first of the keys that the object has, nulls left out: v2 and v1 spell some differently.
const Json* first_of(const Json& object, std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys) {
        const Json* found = member(object, key);
        if (found != nullptr && found->kind != Json::Kind::Null) return found;
    }
    return nullptr;
}

std::string text(const Json* json) {
    return json != nullptr && json->kind == Json::Kind::Text ? std::string(json->text) : "";
}

std::vector<std::string> texts(const Json* json) {
    std::vector<std::string> list;
    if (json == nullptr) return list;
    for (const Json& item : json->elements) list.push_back(text(&item));
    return list;
}

std::optional<int64_t> whole_number(const Json* json) {
    if (json == nullptr) return std::nullopt;
    const auto number = parse_number(json->text);
    if (!number || number->kind != Number::Kind::Signed) return std::nullopt;
    return number->integer;
}

// What a title says before its first field: v1 gives rules no name.
std::string name_of_title(std::string_view title) {
    std::string_view name = title.substr(0, title.find("{{"));
    while (!name.empty() && (name.back() == ' ' || name.back() == ':' || name.back() == '-'))
        name.remove_suffix(1);
    return std::string(name.empty() ? title : name);
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (size_t i = 0; i < text.size(); i++) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const bool digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
        if (dash ? text[i] != '-' : !digit) return false;
    }
    return true;
}

Result<Rule> read_rule(const Json& json, const std::string& ruleset) {
    Rule rule;
    rule.title = text(member(json, "title"));
    rule.name = text(member(json, "name"));
    if (rule.name.empty()) rule.name = name_of_title(rule.title);
    if (rule.name.empty()) return error(ErrorKind::BadInput, "it has neither a name nor a title");
    if (rule.title.empty()) rule.title = rule.name;
    const std::string id = text(member(json, "id"));
    rule.id = is_uuid(id) ? id : id_of_name(ruleset + "/" + rule.name);
    rule.ruleset = ruleset;

    const std::string type = text(member(json, "type"));
    const auto known = rule_type_of(type);
    if (!known)
        return error(ErrorKind::BadInput,
                     fmt::format("rules of type '{}' are about events that Vigia does not read yet", type));
    rule.type = *known;
    rule.filter = text(member(json, "filter"));
    if (rule.type == RuleType::File) rule.filter = filter_of_file_rule(rule.filter, json);
    if (rule.filter.empty()) return error(ErrorKind::BadInput, "it has no filter");
    rule.description = text(first_of(json, {"alertDescription", "description"}));
    if (rule.description.empty()) rule.description = rule.name;
    rule.suppressions = texts(first_of(json, {"suppressions", "exclusions"}));
    if (const std::string one = text(member(json, "exclusion_filter")); !one.empty())
        rule.suppressions.push_back(one);
    rule.aggregate_fields = texts(first_of(json, {"aggregateFields", "aggregate_fields"}));

    const auto severity =
        whole_number(first_of(json, {"severityOfAlerts", "severity"})).value_or(severity_lowest);
    if (severity < severity_highest || severity > severity_lowest)
        return error(ErrorKind::BadInput, fmt::format("severity {} is none of 1, 2 and 3", severity));
    rule.severity = static_cast<int>(severity);
    const auto window = whole_number(first_of(json, {"window", "window_seconds"})).value_or(86400);
    const auto duration = parse_duration(fmt::format("{}s", window));
    if (!duration)
        return error(ErrorKind::BadInput,
                     fmt::format("a window of {} seconds is not from 1 s to 366 days", window));
    rule.window = *duration;
    const auto threshold = whole_number(member(json, "threshold")).value_or(1);
    if (threshold < 1 || threshold > threshold_max)
        return error(ErrorKind::BadInput,
                     fmt::format("a threshold of {} is not from 1 to {}", threshold, threshold_max));
    rule.threshold = static_cast<uint32_t>(threshold);
    const Json* enabled = member(json, "enabled");
    rule.enabled = enabled == nullptr || enabled->kind != Json::Kind::False;
    return rule;
}

// Looks for rules in whatever holds them.
class Importer {
public:
    ImportedRules found;

    void open(const Json& json, const std::string& ruleset) {
        for (const Json& element : json.elements) open(element, ruleset);
        if (json.kind != Json::Kind::Object) return;
        if (member(json, "filter") != nullptr || member(json, "fileIntegrityPaths") != nullptr)
            return take(json, ruleset);
        const std::string name = text(member(json, "name"));
        for (const std::string_view key : {"rules", "rulesets", "policy", "policies", "alert_policy"}) {
            if (const Json* inside = member(json, key)) open(*inside, name.empty() ? ruleset : name);
        }
        if (const Json* files = member(json, "file_integrity_rules"); files != nullptr) {
            for (const Json& rule : files->elements)
                found.refused.push_back(
                    {name_of_title(text(first_of(rule, {"name", "title"}))),
                     "file integrity rules of the v1 API do not say all; export them with the v2 API"});
        }
    }

private:
    void take(const Json& json, const std::string& ruleset) {
        auto rule = read_rule(json, ruleset);
        if (rule)
            found.rules.push_back(std::move(*rule));
        else
            found.refused.push_back({text(first_of(json, {"name", "title", "id"})), rule.error().message});
    }
};

}  // namespace

std::string id_of_name(std::string_view name) {
    const Hash128 hash = hash128(name, 0);
    return fmt::format("{:08x}-{:04x}-8{:03x}-a{:03x}-{:012x}", hash.low >> 32, hash.low >> 16 & 0xffff,
                       hash.low & 0xfff, hash.high >> 52, hash.high & 0xffffffffffff);
}

Result<ImportedRules> read_threat_stack(std::string_view json) {
    JsonReader reader;
    const Json* root = TRY(reader.read(json));
    Importer importer;
    importer.open(*root, "");
    if (importer.found.rules.empty() && importer.found.refused.empty())
        return error(
            ErrorKind::BadInput,
            "no rules in it: expected a rule with a filter, a list of them, a ruleset with its rules, or "
            "a policy with its alert_policy");
    return std::move(importer.found);
}

std::string print_threat_stack(const Rule& rule) {
    return fmt::format(
        R"({{"id":{},"name":{},"title":{},"type":{},"severityOfAlerts":{},"alertDescription":{},"aggregateFields":{},"filter":{},"window":{},"threshold":{},"suppressions":{},"enabled":{}}})",
        quote(rule.id), quote(rule.name), quote(rule.title), quote(name(rule.type)), rule.severity,
        quote(cut(rule.description, alert_description_max)), quote_list(rule.aggregate_fields),
        quote(rule.filter), std::chrono::duration_cast<std::chrono::seconds>(rule.window).count(),
        rule.threshold, quote_list(rule.suppressions), rule.enabled);
}

}  // namespace vigia
