#include "investigate/event_texts.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "investigate/record_json.h"
#include "store/columns.h"

namespace vigia {

namespace json = boost::json;

namespace {

// Of one path of one record.
constexpr size_t record_texts_max = 100;

void collect(const json::value& value, std::string_view path, std::vector<std::string>& texts) {
    if (texts.size() == record_texts_max) return;
    if (const json::array* const array = value.if_array()) {
        for (const json::value& one : *array) collect(one, path, texts);
        return;
    }
    if (path.empty()) {
        if (const json::string* const text = value.if_string())
            texts.emplace_back(*text);
        else if (value.is_primitive() && !value.is_null())
            texts.push_back(json::serialize(value));
        return;
    }
    const size_t end = std::min(path.find('.'), path.size());
    const json::object* const object = value.if_object();
    const json::value* const member = object == nullptr ? nullptr : object->if_contains(path.substr(0, end));
    if (member != nullptr) collect(*member, path.substr(std::min(end + 1, path.size())), texts);
}

}  // namespace

std::string_view EventTexts::operator[](std::string_view name) const {
    const auto found = std::ranges::find(texts_, name, [](const auto& one) { return one.first; });
    return found == texts_.end() ? std::string_view() : std::string_view(found->second);
}

void EventTexts::read_record(std::string_view record, std::span<const std::string_view> paths) {
    const json::value value = parsed_record(record);
    for (const std::string_view path : paths) {
        std::vector<std::string> texts;
        collect(value, path, texts);
        if (!texts.empty()) set(path, texts.front());
    }
}

std::vector<std::string> record_texts(std::string_view record, std::string_view path) {
    std::vector<std::string> texts;
    collect(parsed_record(record), path, texts);
    return texts;
}

std::string text_at(const DuckRows& rows, size_t column, size_t row) {
    return std::string(rows.text(column, row).value_or(""));
}

std::string all_columns() {
    std::string text;
    for (const EventColumn& one : event_columns())
        text += fmt::format("{}{}", text.empty() ? "" : ", ", one.name);
    return text;
}

EventTexts texts_at(const DuckRows& rows, size_t row, size_t first_column) {
    EventTexts texts;
    for (size_t i = 0; i < event_columns().size(); i++) {
        if (const auto text = rows.text(first_column + i, row)) texts.set(event_columns()[i].name, *text);
    }
    return texts;
}

std::string json_text_of(std::string_view text) { return json::serialize(json::string(text)); }

}  // namespace vigia
