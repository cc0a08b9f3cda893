// The JSON form of what organisations write about detection.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <limits>

#include "catalog/bodies.h"
#include "catalog/records.h"
#include "model/rule_type.h"

namespace vigia {

namespace {

namespace json = boost::json;

json::array array_of(const std::vector<std::string>& texts) {
    json::array array;
    for (const std::string& text : texts) array.emplace_back(text);
    return array;
}

json::array array_of(const std::vector<Tag>& tags) {
    json::array array;
    for (const Tag& tag : tags)
        array.emplace_back(json::object{{"source", tag.source}, {"key", tag.key}, {"value", tag.value}});
    return array;
}

json::array array_of(const std::vector<RuleTest>& tests) {
    json::array array;
    for (const RuleTest& test : tests) {
        json::object one{{"name", test.name}, {"fires", test.fires}};
        if (test.whole_alert)
            one["events"] = array_of(test.events);
        else
            one["event"] = test.events[0];
        array.emplace_back(std::move(one));
    }
    return array;
}

int64_t seconds(Duration duration) { return duration / std::chrono::seconds{1}; }

// Takes the members of one object, and remembers whether each that was there was of its type.
class Reader {
public:
    explicit Reader(const json::object& object) : object_(object) {}

    bool good() const { return wrong_.empty(); }
    // The first member that was of a wrong type or value.
    const std::string& wrong() const { return wrong_; }

    void take(std::string_view key, std::string& into) {
        const json::value* const value = find(key);
        if (value == nullptr) return;
        if (const auto* text = expect(value->if_string())) into.assign(text->data(), text->size());
    }
    void take(std::string_view key, bool& into) {
        const json::value* const value = find(key);
        if (value == nullptr) return;
        if (const auto* truth = expect(value->if_bool())) into = *truth;
    }
    template <std::integral Integer>
    void take(std::string_view key, Integer& into) {
        const json::value* const value = find(key);
        if (value == nullptr) return;
        const auto* const number = expect(value->if_int64());
        if (number == nullptr) return;
        hold(std::in_range<Integer>(*number));
        into = static_cast<Integer>(*number);
    }
    void take(std::string_view key, Duration& into) {
        constexpr int64_t seconds_max = std::numeric_limits<int64_t>::max() / std::nano::den;
        int64_t count = seconds(into);
        take(key, count);
        hold(count >= 0 && count <= seconds_max);
        if (good()) into = std::chrono::seconds{count};
    }
    void take(std::string_view key, Time& into) {
        int64_t count = nanoseconds(into);
        take(key, count);
        into = Time{Duration{count}};
    }
    template <typename T>
    void take(std::string_view key, std::optional<T>& into) {
        if (find(key) != nullptr) take(key, into.emplace());
    }
    void take(std::string_view key, std::vector<std::string>& into) {
        each(key, [&](const json::value& item) {
            if (const auto* text = expect(item.if_string())) into.emplace_back(text->data(), text->size());
        });
    }
    void take(std::string_view key, std::vector<Tag>& into) {
        each(key, [&](const json::value& item) {
            const auto* const object = expect(item.if_object());
            if (object == nullptr) return;
            Reader reader(*object);
            Tag& tag = into.emplace_back();
            reader.take("source", tag.source);
            reader.take("key", tag.key);
            reader.take("value", tag.value);
            hold(reader.good());
        });
    }
    void take(std::string_view key, std::vector<RuleTest>& into) {
        each(key, [&](const json::value& item) {
            const auto* const object = expect(item.if_object());
            if (object == nullptr) return;
            Reader reader(*object);
            RuleTest& test = into.emplace_back();
            reader.take("name", test.name);
            reader.take("fires", test.fires);
            reader.take("events", test.events);
            test.whole_alert = object->contains("events");
            if (object->contains("event")) reader.take("event", test.events.emplace_back());
            hold(reader.good() && object->contains("fires") && object->contains("event") != test.whole_alert);
        });
    }
    void take(std::string_view key, RuleType& into) {
        std::string text(name(into));
        take(key, text);
        const auto type = rule_type_of(text);
        hold(type.has_value());
        if (type) into = *type;
    }

private:
    void hold(bool condition) {
        if (!condition && wrong_.empty()) wrong_ = key_;
    }
    const json::value* find(std::string_view key) {
        key_ = key;
        return object_.if_contains(json::string_view(key.data(), key.size()));
    }
    template <typename T>
    const T* expect(const T* value) {
        hold(value != nullptr);
        return value;
    }
    template <typename Visit>
    void each(std::string_view key, Visit visit) {
        const json::value* const value = find(key);
        if (value == nullptr) return;
        const auto* const array = expect(value->if_array());
        if (array == nullptr) return;
        for (const json::value& item : *array) visit(item);
    }

    const json::object& object_;
    std::string key_;  // the member that was asked for last
    std::string wrong_;
};

template <typename Fill>
Result<void> read(std::string_view text, Fill fill) {
    json::error_code failure;
    const json::value value = json::parse(json::string_view(text.data(), text.size()), failure);
    if (failure || !value.is_object()) return error(ErrorKind::Corrupt, "a stored body is no JSON object");
    Reader reader(value.get_object());
    fill(reader);
    if (!reader.good())
        return error(ErrorKind::Corrupt, fmt::format("'{}' has a value of a wrong type", reader.wrong()));
    return {};
}

}  // namespace

std::string json_of(const Rule& rule) {
    return json::serialize(json::object{{"name", rule.name},
                                        {"title", rule.title},
                                        {"type", json::string_view(name(rule.type))},
                                        {"severity", rule.severity},
                                        {"description", rule.description},
                                        {"filter", rule.filter},
                                        {"suppressions", array_of(rule.suppressions)},
                                        {"aggregate_fields", array_of(rule.aggregate_fields)},
                                        {"window_s", seconds(rule.window)},
                                        {"threshold", int64_t{rule.threshold}},
                                        {"enabled", rule.enabled},
                                        {"attack", array_of(rule.attack)},
                                        {"references", array_of(rule.references)},
                                        {"ruleset", rule.ruleset},
                                        {"tests", array_of(rule.tests)}});
}

Result<void> read_body(std::string_view text, Rule& rule) {
    rule = {};
    return read(text, [&](Reader& reader) {
        reader.take("name", rule.name);
        reader.take("title", rule.title);
        reader.take("type", rule.type);
        reader.take("severity", rule.severity);
        reader.take("description", rule.description);
        reader.take("filter", rule.filter);
        reader.take("suppressions", rule.suppressions);
        reader.take("aggregate_fields", rule.aggregate_fields);
        reader.take("window_s", rule.window);
        reader.take("threshold", rule.threshold);
        reader.take("enabled", rule.enabled);
        reader.take("attack", rule.attack);
        reader.take("references", rule.references);
        reader.take("ruleset", rule.ruleset);
        reader.take("tests", rule.tests);
    });
}

std::string json_of(const ManagedSettings& settings) {
    json::object object;
    if (settings.severity) object["severity"] = *settings.severity;
    if (settings.enabled) object["enabled"] = *settings.enabled;
    if (settings.threshold) object["threshold"] = int64_t{*settings.threshold};
    if (settings.window) object["window_s"] = seconds(*settings.window);
    return json::serialize(object);
}

Result<void> read_body(std::string_view text, ManagedSettings& settings) {
    settings = {};
    return read(text, [&](Reader& reader) {
        reader.take("severity", settings.severity);
        reader.take("enabled", settings.enabled);
        reader.take("threshold", settings.threshold);
        reader.take("window_s", settings.window);
    });
}

std::string json_of(const Suppression& suppression) {
    json::object object{{"rule", suppression.rule},
                        {"filter", suppression.filter},
                        {"reason", suppression.reason},
                        {"owner", suppression.owner}};
    if (suppression.expires_at) object["expires_at_ns"] = nanoseconds(*suppression.expires_at);
    return json::serialize(object);
}

Result<void> read_body(std::string_view text, Suppression& suppression) {
    suppression = {};
    return read(text, [&](Reader& reader) {
        reader.take("rule", suppression.rule);
        reader.take("filter", suppression.filter);
        reader.take("reason", suppression.reason);
        reader.take("owner", suppression.owner);
        reader.take("expires_at_ns", suppression.expires_at);
    });
}

std::string json_of(const RuleTags& tags) {
    return json::serialize(
        json::object{{"inclusion", array_of(tags.inclusion)}, {"exclusion", array_of(tags.exclusion)}});
}

Result<void> read_body(std::string_view text, RuleTags& tags) {
    tags = {};
    return read(text, [&](Reader& reader) {
        reader.take("inclusion", tags.inclusion);
        reader.take("exclusion", tags.exclusion);
    });
}

std::string json_of(const Ruleset& ruleset) {
    return json::serialize(json::object{
        {"name", ruleset.name}, {"description", ruleset.description}, {"rules", array_of(ruleset.rules)}});
}

Result<void> read_body(std::string_view text, Ruleset& ruleset) {
    ruleset = {};
    return read(text, [&](Reader& reader) {
        reader.take("name", ruleset.name);
        reader.take("description", ruleset.description);
        reader.take("rules", ruleset.rules);
    });
}

std::string json_of(const NamedList& list) {
    return json::serialize(json::object{
        {"name", list.name}, {"description", list.description}, {"items", array_of(list.items)}});
}

Result<void> read_body(std::string_view text, NamedList& list) {
    list = {};
    return read(text, [&](Reader& reader) {
        reader.take("name", list.name);
        reader.take("description", list.description);
        reader.take("items", list.items);
    });
}

}  // namespace vigia
