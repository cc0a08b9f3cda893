#include "app/file_integrity.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/quote.h"

namespace vigia {

namespace {

std::string text_of(const Json& json) {
    return json.kind == Json::Kind::Text ? std::string(json.text) : std::string();
}

// The texts joined by a word between them, in parentheses when there are several.
std::string joined_by(const std::vector<std::string>& conditions, std::string_view word) {
    if (conditions.size() == 1) return conditions[0];
    std::string all;
    for (const std::string& one : conditions) all += (all.empty() ? "(" : std::string(word)) + one;
    return all + ")";
}

bool stands_for_itself(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

// A shell pattern of file names as a regular expression of whole paths.
std::string as_regex(std::string_view pattern) {
    std::string regex = "/";
    for (const char c : pattern) {
        if (c == '*')
            regex += "[^/]*";
        else if (c == '?')
            regex += "[^/]";
        else
            regex += (stands_for_itself(c) ? "" : "\\") + std::string(1, c);
    }
    return regex + "$";
}

// `{"path":"/etc","recursive":true}`, or the path alone.
std::string watches(const Json& watched) {
    const Json* inside = member(watched, "path");
    std::string path = text_of(inside != nullptr ? *inside : watched);
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    if (path.empty()) return "";
    const Json* recursive = member(watched, "recursive");
    const std::string below = path == "/" ? path : path + "/";
    std::string condition =
        fmt::format("(filename = {} or filename starts_with {}", quote(path), quote(below));
    if (recursive != nullptr && recursive->kind == Json::Kind::False) {
        std::string direct = "^";
        for (const char c : below) direct += (stands_for_itself(c) ? "" : "\\") + std::string(1, c);
        condition += fmt::format(" and filename matches {}", quote(direct + "[^/]+$"));
    }
    return condition + ")";
}

// The conditions that the elements of the rule's list make; empty ones are left out.
template <typename Make>
std::vector<std::string> of_each(const Json& rule, std::string_view key, Make make) {
    std::vector<std::string> made;
    const Json* list = member(rule, key);
    if (list == nullptr) return made;
    for (const Json& element : list->elements) {
        if (std::string one = make(element); !one.empty()) made.push_back(std::move(one));
    }
    return made;
}

}  // namespace

std::string filter_of_file_rule(std::string_view filter, const Json& rule) {
    std::vector<std::string> conditions;
    if (const auto paths = of_each(rule, "fileIntegrityPaths", watches); !paths.empty())
        conditions.push_back(joined_by(paths, "\n  or "));
    const auto quoted = [](const Json& one) { return quote(text_of(one)); };
    const auto events = of_each(rule, "eventsToMonitor", quoted);
    const bool all = std::ranges::any_of(
        events, [](const std::string& one) { return one == quote("all") || one == quote("ALL"); });
    if (!events.empty() && !all) conditions.push_back(fmt::format("type in ({})", fmt::join(events, ", ")));
    const auto ignored = of_each(rule, "ignoreFiles", [](const Json& pattern) {
        return fmt::format("not filename matches {}", quote(as_regex(text_of(pattern))));
    });
    conditions.insert(conditions.end(), ignored.begin(), ignored.end());
    if (conditions.empty()) return std::string(filter);
    if (!filter.empty()) conditions.insert(conditions.begin(), fmt::format("({})", filter));
    std::string text;
    for (const std::string& one : conditions) text += (text.empty() ? "" : "\nand ") + one;
    return text;
}

}  // namespace vigia
