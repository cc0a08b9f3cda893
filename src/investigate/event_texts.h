#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/event_rows.h"
#include "store/duck.h"

namespace vigia {

// What an event says, by the name of the store's column, or by the path of what only its record has.
class EventTexts {
public:
    void set(std::string_view name, std::string_view text) { texts_.emplace_back(name, text); }
    // Empty when the event does not say.
    std::string_view operator[](std::string_view name) const;
    // Adds what the record has under these paths ("responseStatus.code"), of several values the first.
    void read_record(std::string_view record, std::span<const std::string_view> paths);

private:
    std::vector<std::pair<std::string, std::string>> texts_;
};

// The text of an answer; empty for null.
std::string text_at(const DuckRows& rows, size_t column, size_t row);

// All texts that the record, which is JSON, has under the path; arrays are walked into.
std::vector<std::string> record_texts(std::string_view record, std::string_view path);

// The names of all columns, for a select.
std::string all_columns();
// Of an answer whose select ends with all_columns(), from this column on.
EventTexts texts_at(const DuckRows& rows, size_t row, size_t first_column);

// The text as JSON writes it, with quotes.
std::string json_text_of(std::string_view text);

}  // namespace vigia
